import type { SchemaDirection } from "../../document/json-schema.ts";
import { wireValue } from "../../document/wire-value.ts";
import type { MarkedSchema } from "../../shape/marks.ts";
import {
	isTransforming,
	type ZodMetadata,
	type ZodSchema,
} from "./zod-internals.ts";
import type { ZodReading } from "./zod-reading.ts";

/** The keywords that a schema's author gave by `.meta()`. A value that is no JSON is left out and its place told. */
export function describeMetadata(
	schema: ZodSchema,
	meta: ZodMetadata,
	direction: SchemaDirection,
	reading: ZodReading,
): MarkedSchema {
	const keywords: Record<string, unknown> = {};
	for (const [keyword, value] of Object.entries(meta)) {
		if (keyword === "id") {
			continue;
		}
		const written = jsonOf(value);
		if (written === undefined && value !== undefined) {
			reading.report(true);
		}
		if (written !== undefined) {
			keywords[keyword] = written;
			reading.hasForeign ||=
				typeof written === "object" || keyword.startsWith("$");
		}
	}
	const isOfOutput = "examples" in keywords || "default" in keywords;
	if (isOfOutput && direction === "input" && isTransforming(schema)) {
		delete keywords.examples;
		delete keywords.default;
	}
	return keywords;
}

function jsonOf(value: unknown): unknown {
	try {
		return wireValue(value);
	} catch {
		// it contains itself
		return undefined;
	}
}
