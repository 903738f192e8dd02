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

type ReplaceSubschema = (
	subschema: JsonSchema,
	keyword: string,
	key: string,
) => unknown;

/** A copy of the schema with each of its direct subschemas replaced; what only looks like a schema (examples, defaults) stays. */
export function mapSubschemas(
	schema: JsonSchema,
	replace: ReplaceSubschema,
): MutableJsonSchema {
	const result: Record<string, unknown> = {};
	for (const keyword of Object.keys(schema)) {
		const value = schema[keyword];
		if (value === undefined) {
			continue;
		}
		result[keyword] =
			typeof value === "object" ? mapMember(value, keyword, replace) : value;
	}
	return result;
}

function mapMember(
	value: object | null,
	keyword: string,
	replace: ReplaceSubschema,
): unknown {
	if (schemaKeywords.has(keyword)) {
		return isJsonSchema(value) ? replace(value, keyword, "") : value;
	}
	if (listKeywords.has(keyword) && Array.isArray(value)) {
		return value.map((item) =>
			isJsonSchema(item) ? replace(item, keyword, "") : item,
		);
	}
	if (recordKeywords.has(keyword) && isJsonSchema(value)) {
		return mapRecord(value, (item, key) =>
			isJsonSchema(item) ? replace(item, keyword, key) : item,
		);
	}
	return value;
}

/** The members replaced; `__proto__` too is a name here. */
export function mapRecord(
	record: Readonly<Record<string, unknown>>,
	replace: (item: unknown, key: string) => unknown,
): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	for (const key of Object.keys(record)) {
		if (key === "__proto__") {
			return Object.fromEntries(
				Object.entries(record).map(([name, item]) => [
					name,
					replace(item, name),
				]),
			);
		}
		result[key] = replace(record[key], key);
	}
	return result;
}

/**
 * A schema whose references to the document's root (`#`) are references to a definition, so that it can become a part of another
 * document. Without such references: the schema itself.
 */
export function nameRoot(schema: JsonSchema, name: string): JsonSchema {
	if (!refersToRoot(schema)) {
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

function refersToRoot(value: unknown): boolean {
	if (typeof value !== "object" || value === null) {
		return false;
	}
	if (Array.isArray(value)) {
		return value.some(refersToRoot);
	}
	for (const key of Object.keys(value)) {
		const member = (value as Record<string, unknown>)[key];
		if (key === "$ref" ? member === "#" : refersToRoot(member)) {
			return true;
		}
	}
	return false;
}

function pointRoot(schema: JsonSchema, reference: string): JsonSchema {
	const pointed = mapSubschemas(schema, (subschema) =>
		pointRoot(subschema, reference),
	);
	return pointed.$ref === "#" ? { ...pointed, $ref: reference } : pointed;
}
