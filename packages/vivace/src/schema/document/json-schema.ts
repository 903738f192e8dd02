import { isJsonObject } from "../../json/json-object.ts";
/** A JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1) in its object form. */
export interface JsonSchema {
	readonly $ref?: string;
	readonly title?: string;
	readonly description?: string;
	readonly type?: string | readonly string[];
	readonly format?: string;
	readonly default?: unknown;
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly JsonSchema[];
	readonly oneOf?: readonly JsonSchema[];
	readonly allOf?: readonly JsonSchema[];
	readonly not?: JsonSchema;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: boolean | JsonSchema;
	readonly propertyNames?: JsonSchema;
	readonly items?: boolean | JsonSchema;
	readonly prefixItems?: readonly JsonSchema[];
	readonly $defs?: Readonly<Record<string, JsonSchema>>;
	readonly [keyword: string]: unknown;
}

/** The side of a schema that is described: what a client may send, or what it is answered. */
export type SchemaDirection = "input" | "output";

/** A schema that is still being written. */
export type MutableJsonSchema = {
	-readonly [Keyword in keyof JsonSchema]: JsonSchema[Keyword];
};

/** Where definitions stand in what `describeSchema` returns. */
export const definitionPrefix = "#/$defs/";

/** The reference to a definition: a JSON Pointer (RFC 6901), in which `/` and `~` of a name are escaped. */
export function definitionReference(name: string): string {
	return definitionPrefix + name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The name of the definition that a reference leads to; `undefined` if it leads elsewhere. */
export function definitionName(reference: string): string | undefined {
	return reference.startsWith(definitionPrefix)
		? reference
				.slice(definitionPrefix.length)
				.replaceAll("~1", "/")
				.replaceAll("~0", "~")
		: undefined;
}

/** Keywords that say something about a value and forbid none (JSON Schema Validation §9, and what Pydantic adds). */
export const annotationKeywords: ReadonlySet<string> = new Set([
	"$ref",
	"title",
	"description",
	"default",
	"deprecated",
	"example",
	"examples",
	"readOnly",
	"writeOnly",
	"id",
	"$id",
	"$schema",
	"$defs",
	"$comment",
]);

/** True when a value is a schema in object form (not `true`, `false` or a list). */
export function isJsonSchema(value: unknown): value is JsonSchema {
	return isJsonObject(value);
}

const schemaKeywords = new Set([
	"not",
	"if",
	"then",
	"else",
	"items",
	"contains",
	"additionalProperties",
	"unevaluatedProperties",
	"unevaluatedItems",
	"propertyNames",
	"contentSchema",
	"itemSchema",
]);
const listKeywords = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const recordKeywords = new Set([
	"properties",
	"patternProperties",
	"dependentSchemas",
	"$defs",
]);

/** A copy of the schema with each of its direct subschemas replaced; what only looks like a schema (examples, defaults) stays. */
export function mapSubschemas(
	schema: JsonSchema,
	replace: (subschema: JsonSchema, keyword: string, key: string) => unknown,
): MutableJsonSchema {
	const result: Record<string, unknown> = {};
	for (const [keyword, value] of Object.entries(schema)) {
		if (value === undefined) {
			continue;
		}
		const apply = (item: unknown, key = "") =>
			isJsonSchema(item) ? replace(item, keyword, key) : item;
		if (schemaKeywords.has(keyword)) {
			result[keyword] = apply(value);
		} else if (listKeywords.has(keyword) && Array.isArray(value)) {
			result[keyword] = value.map((item) => apply(item));
		} else if (recordKeywords.has(keyword) && isJsonSchema(value)) {
			result[keyword] = Object.fromEntries(
				Object.entries(value).map(([key, item]) => [key, apply(item, key)]),
			);
		} else {
			result[keyword] = value;
		}
	}
	return result;
}

/**
 * A schema whose references to the document's root (`#`) are references to a definition, so that it can become a part of another
 * document. Without such references: the schema itself.
 */
export function nameRoot(schema: JsonSchema, name: string): JsonSchema {
	if (!JSON.stringify(schema).includes('"$ref":"#"')) {
		return schema;
	}
	const { $defs, ...root } = schema;
	const named = { ...$defs, [name]: root };
	return {
		$ref: definitionPrefix + name,
		$defs: Object.fromEntries(
			Object.entries(named).map(([key, value]) => [
				key,
				pointRoot(value, definitionPrefix + name),
			]),
		),
	};
}

function pointRoot(schema: JsonSchema, reference: string): JsonSchema {
	const pointed = mapSubschemas(schema, (subschema) =>
		pointRoot(subschema, reference),
	);
	return pointed.$ref === "#" ? { ...pointed, $ref: reference } : pointed;
}
