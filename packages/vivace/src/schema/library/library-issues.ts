import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Problem } from "../words/problem.ts";
import { problemsFromArkType } from "./arktype/arktype-issues.ts";
import { problemsFromBuiltIn } from "./built-in/built-in-schema.ts";
import { problemsFromValibot } from "./valibot/valibot-issues.ts";
import { problemsFromZod } from "./zod/zod-issues.ts";

type IssueReader = (issues: readonly StandardSchemaV1.Issue[]) => Problem[];

const readers: Readonly<Record<string, IssueReader>> = {
	vivace: problemsFromBuiltIn,
	zod: problemsFromZod,
	valibot: problemsFromValibot,
	arktype: problemsFromArkType,
};

/** The reader of a library's issues; those of an unknown library keep their own message. */
export function issueReader(schema: StandardSchemaV1): IssueReader {
	return readers[schema["~standard"].vendor] ?? problemsFromAnyLibrary;
}

/** Reads what every Standard Schema says of an issue: its path and a message. */
function problemsFromAnyLibrary(
	issues: readonly StandardSchemaV1.Issue[],
): Problem[] {
	return issues.map((issue) => ({
		path: (issue.path ?? []).map(stepOfSegment),
		about: "other",
		message: issue.message,
	}));
}

function stepOfSegment(
	segment: PropertyKey | StandardSchemaV1.PathSegment,
): string | number {
	const key = typeof segment === "object" ? segment.key : segment;
	return typeof key === "symbol" ? String(key) : key;
}
