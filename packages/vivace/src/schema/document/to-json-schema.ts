import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertArgument } from "../../errors/options.ts";
import { assertSchema } from "../standard-schema.ts";
import { describeSchema } from "./describe-schema.ts";
import {
	definitionName,
	type JsonSchema,
	type SchemaDirection,
} from "./json-schema.ts";

/**
 * A schema as JSON Schema (draft 2020-12) that stands for itself, in the words of the OpenAPI document: for `openapiExtra`, for a file.
 * Models that it refers to are in `$defs`.
 *
 * @param direction what the schema accepts, or what it gives (`"output"`). Default: `"input"`
 * @example
 * ```ts
 * import { toJsonSchema } from "vivace/schemas";
 * import { z } from "zod";
 *
 * const Item = z.object({ name: z.string() }).meta({ id: "Item" });
 * console.log(toJsonSchema(Item).required); // [ "name" ]
 * ```
 * @see FastAPI, "Path Operation Advanced Configuration": custom OpenAPI content type
 */
export function toJsonSchema(
	schema: StandardSchemaV1,
	direction: SchemaDirection = "input",
): JsonSchema {
	assertSchema("toJsonSchema()", schema);
	assertArgument("toJsonSchema()", "direction", direction, ["input", "output"]);
	const described = describeSchema(schema, direction);
	const { $ref } = described.schema;
	const id = definitionName($ref ?? "") ?? "";
	const { [id]: model, ...others } = described.definitions;
	// a model that contains itself must keep its place among the definitions
	const isNested = model !== undefined && refersTo(described.definitions, $ref);
	const [root, $defs] =
		model === undefined || isNested
			? [described.schema, described.definitions]
			: [model, others];
	return Object.keys($defs).length === 0 ? root : { ...root, $defs };
}

function refersTo(value: unknown, $ref: unknown): boolean {
	if (value === null || typeof value !== "object") {
		return false;
	}
	return Object.entries(value).some(
		([key, inner]) =>
			(key === "$ref" && inner === $ref) || refersTo(inner, $ref),
	);
}
