import type { StandardSchemaV1 } from "@standard-schema/spec";
import { undescribed } from "../document/described-schema.ts";
import type { JsonSchema, SchemaDirection } from "../document/json-schema.ts";
import { normaliseSchema } from "../document/normalise-schema.ts";
import type { MarkedSchema } from "../shape/marks.ts";
import { unreadShape } from "../shape/shape.ts";
import { shapeFromJsonSchema } from "../shape/shape-reader.ts";
import { jsonSchemaConverter } from "../standard-schema.ts";
import { checkProblem } from "../words/custom-error.ts";
import type { Problem } from "../words/problem.ts";
import {
	lazyReading,
	type SchemaLibrary,
	type SchemaReading,
} from "./schema-library.ts";

/** Any library with Standard Schema: what its JSON Schema says, if it has one, and its own words for what is wrong. */
export const anyLibrary: SchemaLibrary = {
	vendor: "",
	dropsUnknown: false,
	nullsFirst: false,
	read(schema, direction) {
		const raw = jsonSchemaOf(schema, direction);
		return raw === undefined ? unread : readingOf(raw, true);
	},
	problems: (issues) => issues.map(problemOf),
	takesInfinity: () => true,
};

/** The reading of a schema that its library can't describe. */
export const unread: SchemaReading = {
	isSymmetric: true,
	shape: unreadShape,
	document: undescribed,
};

/**
 * The reading of a schema of which a library gave the JSON Schema (draft 2020-12), with marks where JSON Schema has no word.
 *
 * @param undocumented the places that have no JSON Schema, read when the document is made
 * @param lostPatterns those with a pattern that is left out
 */
export function readingOf(
	raw: JsonSchema,
	hasEnums: boolean,
	undocumented: Iterable<string> = [],
	lostPatterns: Iterable<string> = [],
): SchemaReading {
	return lazyReading(
		() => shapeFromJsonSchema(raw as MarkedSchema, hasEnums),
		() => ({
			...normaliseSchema(raw),
			undocumented: [...undocumented],
			lostPatterns: [...lostPatterns],
		}),
	);
}

/** The Standard JSON Schema of a schema; `undefined` where it has none or its library refuses. */
export function jsonSchemaOf(
	schema: StandardSchemaV1,
	direction: SchemaDirection,
	libraryOptions: Readonly<Record<string, unknown>> = {},
): JsonSchema | undefined {
	try {
		return jsonSchemaConverter(schema)?.[direction]({
			target: "draft-2020-12",
			libraryOptions,
		});
	} catch {
		// the library has no JSON Schema for some part: the schema still validates, and the place is named in a warning
		return undefined;
	}
}

function problemOf(issue: StandardSchemaV1.Issue): Problem {
	return {
		path: (issue.path ?? []).map(stepOfSegment),
		...checkProblem(issue.message, (issue as { params?: unknown }).params),
	};
}

function stepOfSegment(
	segment: PropertyKey | StandardSchemaV1.PathSegment,
): string | number {
	const key = typeof segment === "object" ? segment.key : segment;
	return typeof key === "symbol" ? String(key) : key;
}
