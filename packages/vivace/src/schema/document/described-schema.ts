import type { JsonSchema } from "./json-schema.ts";

/** A schema as JSON Schema, in the shape in which Pydantic documents the same model. */
export interface DescribedSchema {
	/** A model (a schema with an id) is a `$ref` to `#/$defs/` and its id; `{}` is "anything". */
	readonly schema: JsonSchema;
	/** The models that {@link DescribedSchema.schema} and they themselves refer to, by id. */
	readonly definitions: Readonly<Record<string, JsonSchema>>;
	/** The places that have no JSON Schema and are documented as "anything": `""` is the whole, `"items[].owner"` a field. */
	readonly undocumented: readonly string[];
	/** The places with a regular expression whose flags JSON Schema can't say, so that it is left out. */
	readonly lostPatterns?: readonly string[];
}

/** Nothing known: documented as anything. */
export const undescribed: DescribedSchema = {
	schema: {},
	definitions: {},
	undocumented: [""],
};
