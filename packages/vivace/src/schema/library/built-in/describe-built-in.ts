import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	definitionReference,
	type JsonSchema,
	type MutableJsonSchema,
} from "../../document/json-schema.ts";
import { withFieldTitle } from "../../document/normalise-schema.ts";
import {
	type BuiltInOptions,
	type BuiltInParts,
	hasDefault,
} from "./built-in-schema.ts";

/** The form of `DescribedSchema`, which this describes a part of. */
interface Described {
	readonly schema: JsonSchema;
	readonly definitions: Readonly<Record<string, JsonSchema>>;
	readonly undocumented: readonly string[];
}

/**
 * Describes a schema of ours, in the shape in which Pydantic documents the same model; `describe` describes the parts, so that a model in
 * a list stays a reference.
 */
export function describeBuiltIn(
	parts: BuiltInParts,
	describe: (schema: StandardSchemaV1) => Described,
): Described {
	const whole = describePlain(parts, describe);
	const schema = withOptions(whole.schema, parts.options);
	const format = parts.kind === "text" ? parts.options.format : undefined;
	return { ...whole, schema: format ? { ...schema, format } : schema };
}

function describePlain(
	parts: BuiltInParts,
	describe: (schema: StandardSchemaV1) => Described,
): Described {
	switch (parts.kind) {
		case "integer":
		case "number": {
			const { minimum, maximum } = parts.options;
			return plain({
				type: parts.kind,
				...(minimum !== undefined && { minimum }),
				...(maximum !== undefined && { maximum }),
			});
		}
		case "text": {
			const { pattern } = parts.options;
			return plain({
				type: "string",
				...(pattern !== undefined && { pattern }),
			});
		}
		case "file":
		case "bytes":
			return plain({
				type: "string",
				contentMediaType: "application/octet-stream",
			});
		case "list": {
			const items = describe(parts.items);
			return {
				schema: { type: "array", items: items.schema },
				definitions: items.definitions,
				undocumented: items.undocumented.map(
					(place) => `[]${place && "."}${place}`,
				),
			};
		}
		case "object":
			return describeObject(parts, describe);
	}
}

function describeObject(
	{ fields, options }: Extract<BuiltInParts, { readonly kind: "object" }>,
	describe: (schema: StandardSchemaV1) => Described,
): Described {
	const properties: Record<string, JsonSchema> = {};
	const definitions: Record<string, JsonSchema> = {};
	const undocumented: string[] = [];
	const required: string[] = [];
	for (const [name, schema] of Object.entries(fields)) {
		const field = describe(schema);
		properties[name] = withFieldTitle(field.schema, name);
		Object.assign(definitions, field.definitions);
		undocumented.push(...field.undocumented.map((place) => name + place));
		if (!hasDefault(schema)) {
			required.push(name);
		}
	}
	const name = options.name?.();
	const model: JsonSchema = {
		properties,
		type: "object",
		...(required.length > 0 && { required }),
		...(name !== undefined && { title: name }),
	};
	if (name === undefined) {
		return { schema: model, definitions, undocumented };
	}
	definitions[name] = model;
	const schema = { $ref: definitionReference(name) };
	return { schema, definitions, undocumented };
}

function withOptions(
	schema: JsonSchema,
	{ description, isNullable, ...options }: BuiltInOptions,
): JsonSchema {
	const described: MutableJsonSchema = isNullable
		? { anyOf: [schema, { type: "null" }] }
		: { ...schema };
	if (description !== undefined) {
		described.description = description;
	}
	// as Pydantic's None, a default of null goes without saying
	if (options.default !== undefined && options.default !== null) {
		described.default = options.default;
	}
	return described;
}

function plain(schema: JsonSchema): Described {
	return { schema, definitions: {}, undocumented: [] };
}
