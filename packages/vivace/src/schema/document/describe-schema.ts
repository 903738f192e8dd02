import type { StandardSchemaV1 } from "@standard-schema/spec";
import { readSchema } from "../read-schema.ts";
import type { DescribedSchema } from "./described-schema.ts";
import type { SchemaDirection } from "./json-schema.ts";

/**
 * Describes what a schema accepts (`input`) or gives (`output`), both as they are on the wire. What its library can't describe is
 * documented as "anything" and named in `undocumented`. Made once for each schema and direction.
 */
export function describeSchema(
	schema: StandardSchemaV1,
	direction: SchemaDirection,
): DescribedSchema {
	return readSchema(schema, direction).document;
}
