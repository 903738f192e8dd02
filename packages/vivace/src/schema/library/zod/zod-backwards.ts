import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ZodPayload, ZodSchema } from "./zod-internals.ts";

type Result = StandardSchemaV1.Result<unknown>;

/** Runs a schema from its output to its input, as `z.encode` does, which Zod mini's schemas have no method for. */
export function runZodBackwards(
	schema: ZodSchema,
	value: unknown,
): Result | Promise<Result> {
	const context = { direction: "backward" };
	let ran: ZodPayload | Promise<ZodPayload>;
	try {
		ran = schema._zod.run({ value, issues: [] }, { ...context, async: false });
	} catch (error) {
		// Zod throws where something is asynchronous
		if ((error as Error).constructor.name !== "$ZodAsyncError") {
			throw error;
		}
		ran = schema._zod.run({ value, issues: [] }, { ...context, async: true });
	}
	return ran instanceof Promise ? ran.then(resultOf) : resultOf(ran);
}

function resultOf({ value, issues }: ZodPayload): Result {
	return issues.length === 0
		? { value }
		: { issues: issues.map((issue) => finished(issue as RawIssue)) };
}

interface RawIssue {
	readonly message?: string;
	readonly path?: readonly PropertyKey[];
	readonly inst?: Partial<ZodSchema>;
}

/** An issue as Zod's `finalizeIssue` hands it out: with a message and a path. */
function finished(issue: RawIssue): StandardSchemaV1.Issue {
	const own = issue.inst?._zod?.def.error?.(issue);
	const ownMessage = typeof own === "string" ? own : own?.message;
	const message = issue.message ?? ownMessage ?? "Invalid input";
	return { ...issue, message, path: issue.path ?? [] };
}
