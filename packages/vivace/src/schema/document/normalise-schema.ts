import {
	annotationKeywords,
	isJsonSchema,
	type JsonSchema,
	type MutableJsonSchema,
	mapRecord,
	mapSubschemas,
	nameRoot,
} from "./json-schema.ts";
import { titleCase } from "./title-case.ts";

/** A schema and the definitions that it refers to, both in the shape in which Pydantic writes them. */
export interface NormalisedSchema {
	readonly schema: JsonSchema;
	readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/**
 * Brings what a schema library wrote into the shape in which Pydantic documents the same model: titles for fields and models,
 * `anyOf` with null, integer bounds without the machine's, `required` without what has a default, one flat table of definitions.
 */
export function normaliseSchema(
	raw: JsonSchema,
	{ isFlat = false }: NormaliseOptions = {},
): NormalisedSchema {
	const { schema, definitions } = isFlat ? divided(raw) : flattened(raw);
	const own: Record<string, JsonSchema> = {};
	for (const [name, definition] of Object.entries(definitions)) {
		own[name] = { title: modelTitle(name), ...normalise(definition) };
	}
	return { schema: normalise(schema), definitions: own };
}

export interface NormaliseOptions {
	/** Nothing in it but the whole has definitions, and nothing refers to the whole: half of the work need not be done. Default: false. */
	readonly isFlat?: boolean;
}

function divided({ $defs = {}, ...schema }: JsonSchema): NormalisedSchema {
	return { schema, definitions: $defs };
}

function flattened(raw: JsonSchema): NormalisedSchema {
	const definitions: Record<string, JsonSchema> = {};
	const rootName = typeof raw.title === "string" ? raw.title : "__schema";
	const schema = hoistDefinitions(nameRoot(raw, rootName), definitions);
	return { schema, definitions };
}

/** The id that a model was given; a recursive schema without one, which can't stand inline, gets a name of ours. */
function modelTitle(definitionName: string): string {
	return definitionName.startsWith("__schema")
		? "Recursive"
		: definitionName.replace(/__\d+$/, "");
}

/** Takes every `$defs`, at whatever depth, into one table; drops what names a document (`$schema`, `id`). */
function hoistDefinitions(
	schema: JsonSchema,
	definitions: Record<string, JsonSchema>,
): JsonSchema {
	const { $defs, $schema: _schema, id: _id, $id: _$id, ...rest } = schema;
	for (const [name, definition] of Object.entries($defs ?? {})) {
		if (name in definitions) {
			continue;
		}
		definitions[name] = {};
		definitions[name] = hoistDefinitions(definition, definitions);
	}
	return mapSubschemas(rest, (subschema) =>
		hoistDefinitions(subschema, definitions),
	);
}

function normalise(schema: JsonSchema): JsonSchema {
	let result = mapSubschemas(schema, normalise);
	if (result.required) {
		result.required = withoutDefaults(schema);
	}
	result = splitTypes(result);
	flattenUnion(result);
	liftAnnotations(result);
	inlineSingleReference(result);
	normaliseLiteral(result);
	normaliseInteger(result);
	normaliseArray(result);
	if (result.type === "object") {
		normaliseObject(result);
	}
	if (result.default === null) {
		delete result.default;
	}
	return result;
}

/**
 * `type: ["number", "null"]` as `anyOf`; what constrains a value moves into the branches, what describes it stays. So does a format: Zod
 * writes a list of types only where the branches have none of their own, so that it was given to the whole.
 */
function splitTypes(schema: MutableJsonSchema): MutableJsonSchema {
	const { type, ...rest } = schema;
	if (!Array.isArray(type)) {
		return schema;
	}
	if (type.length === 1) {
		return { ...rest, type: String(type[0]) };
	}
	const outer: Record<string, unknown> = {};
	const constraints: Record<string, unknown> = {};
	for (const [keyword, value] of Object.entries(rest)) {
		const isOuter = annotationKeywords.has(keyword) || keyword === "format";
		(isOuter ? outer : constraints)[keyword] = value;
	}
	const anyOf = type.map((name) =>
		name === "null"
			? { type: "null" }
			: normalise({ type: String(name), ...constraints }),
	);
	return { ...outer, anyOf };
}

/** A union in a union is one union, as Python's `X | Y | None` is. */
function flattenUnion(schema: MutableJsonSchema): void {
	if (!schema.anyOf) {
		return;
	}
	schema.anyOf = schema.anyOf.flatMap((option) =>
		option.anyOf && Object.keys(option).length === 1 ? option.anyOf : [option],
	);
}

/** Lifts the annotations of a value that may be null beside the union, where a reader of the field looks for them. */
function liftAnnotations(schema: MutableJsonSchema): void {
	const { anyOf = [] } = schema;
	const [value, ...more] = anyOf.filter(({ type }) => type !== "null");
	if (!value || more.length > 0 || value.$ref !== undefined) {
		return;
	}
	const lifted = Object.entries(value).filter(([keyword]) =>
		liftedKeywords.has(keyword),
	);
	if (lifted.length === 0) {
		return;
	}
	const rest = Object.entries(value).filter(
		([keyword]) => !liftedKeywords.has(keyword),
	);
	Object.assign(schema, { ...Object.fromEntries(lifted), ...schema });
	schema.anyOf = anyOf.map((option) =>
		option === value ? Object.fromEntries(rest) : option,
	);
}

const liftedKeywords = new Set([
	"title",
	"description",
	"deprecated",
	"examples",
	"example",
]);

/** `allOf` around one reference is the reference: draft 2020-12 allows other keywords beside `$ref`. */
function inlineSingleReference(schema: MutableJsonSchema): void {
	const [only, ...more] = schema.allOf ?? [];
	if (only?.$ref === undefined || more.length > 0 || schema.$ref) {
		return;
	}
	if (Object.keys(only).length > 1) {
		return;
	}
	schema.$ref = only.$ref;
	delete schema.allOf;
}

function normaliseLiteral(schema: MutableJsonSchema): void {
	if (schema.const === null) {
		delete schema.const;
		schema.type = "null";
		return;
	}
	const values = "const" in schema ? [schema.const] : schema.enum;
	if (!values) {
		return;
	}
	const types = new Set(values.map(typeOfValue));
	const [type] = types;
	if (types.size === 2 && types.has("integer") && types.has("number")) {
		schema.type = "number";
	} else if (types.size === 1 && type !== undefined) {
		schema.type = type;
	} else {
		delete schema.type;
	}
}

function typeOfValue(value: unknown): string | undefined {
	if (value === null) {
		return "null";
	}
	if (typeof value === "number") {
		return Number.isInteger(value) ? "integer" : "number";
	}
	return typeof value === "string" || typeof value === "boolean"
		? typeof value
		: undefined;
}

/** The range of a safe integer is a fact about JavaScript, not about the API. */
function normaliseInteger(schema: MutableJsonSchema): void {
	if (schema.type !== "integer") {
		return;
	}
	if (schema.minimum === Number.MIN_SAFE_INTEGER) {
		delete schema.minimum;
	}
	if (schema.maximum === Number.MAX_SAFE_INTEGER) {
		delete schema.maximum;
	}
}

function normaliseArray(schema: MutableJsonSchema): void {
	if (schema.prefixItems && schema.items === false) {
		delete schema.items;
	}
}

function normaliseObject(schema: MutableJsonSchema): void {
	const { additionalProperties, propertyNames, properties } = schema;
	if (
		isJsonSchema(additionalProperties) &&
		Object.keys(additionalProperties).length === 0
	) {
		schema.additionalProperties = true;
	}
	if (isPlainKey(propertyNames)) {
		delete schema.propertyNames;
	}
	if (!properties) {
		// the keys that a mapping must have, as one by an enumeration, stay
		if (propertyNames === undefined) {
			delete schema.required;
		}
		return;
	}
	if (schema.required?.length === 0) {
		delete schema.required;
	}
	schema.properties = mapRecord(properties, (field, name) =>
		withFieldTitle(field as JsonSchema, name),
	) as Record<string, JsonSchema>;
}

function isPlainKey(propertyNames: JsonSchema | undefined): boolean {
	return (
		propertyNames !== undefined &&
		Object.keys(propertyNames).every((keyword) => keyword === "type")
	);
}

/** The required fields without those that have a default, in both directions; asked before a default of null is dropped. */
function withoutDefaults({
	required = [],
	properties = {},
}: JsonSchema): readonly string[] {
	return required.filter((name) => !("default" in (properties[name] ?? {})));
}

/** A model's field has a title, a reference to a model (also one that may be null) has none. */
export function withFieldTitle(field: JsonSchema, name: string): JsonSchema {
	if (field.title !== undefined || refersToModel(field)) {
		return field;
	}
	return { ...field, title: titleCase(name).trim() };
}

function refersToModel(field: JsonSchema): boolean {
	if (field.$ref !== undefined) {
		return true;
	}
	const { anyOf } = field;
	return (
		anyOf?.length === 2 &&
		anyOf.some((option) => option.$ref !== undefined) &&
		anyOf.some((option) => option.type === "null")
	);
}
