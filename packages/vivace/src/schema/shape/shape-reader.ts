import { definitionName } from "../document/json-schema.ts";
import {
	changeKey,
	coercesKey,
	defaultedKey,
	keysKey,
	type MarkedSchema,
	markKey,
	mediaTypesKey,
	namesKey,
	optionalKey,
	patternsKey,
	preprocessedKey,
	type ShapeMark,
	shapeKey,
	valuesKey,
} from "./marks.ts";
import {
	anyShape,
	coreShape,
	type Shape,
	type ShapeChange,
	type ShapeKind,
	tagValues,
} from "./shape.ts";

/**
 * Reads the shape of a JSON Schema; references are looked up in `$defs` of the schema itself.
 *
 * @param hasEnums whether `enum` may stand for an enumeration; a library without any means a choice of literals
 */
export function shapeFromJsonSchema(
	root: MarkedSchema,
	hasEnums: boolean,
): Shape {
	return new ShapeReader(root, hasEnums).read(root);
}

type Draft = { -readonly [Key in keyof Shape]: Shape[Key] };

const constraintKeys = [
	"minimum",
	"maximum",
	"exclusiveMinimum",
	"exclusiveMaximum",
	"multipleOf",
	"minLength",
	"maxLength",
	"pattern",
];

class ShapeReader {
	readonly #root: MarkedSchema;
	readonly #hasEnums: boolean;
	// an entry stands before its children are read, so that a schema may refer to itself
	readonly #shapes = new Map<MarkedSchema, Draft>();

	constructor(root: MarkedSchema, hasEnums: boolean) {
		this.#root = root;
		this.#hasEnums = hasEnums;
	}

	read(node: unknown): Shape {
		if (typeof node !== "object" || node === null) {
			return anyShape;
		}
		const schema = node as MarkedSchema;
		const known = this.#shapes.get(schema);
		if (known !== undefined) {
			return known;
		}
		const draft: Draft = { ...anyShape };
		this.#shapes.set(schema, draft);
		this.#fill(draft, schema);
		return draft;
	}

	#fill(draft: Draft, marked: MarkedSchema): void {
		const schema = (marked[shapeKey] as MarkedSchema | undefined) ?? marked;
		if (typeof schema.$ref === "string") {
			this.#fillReference(draft, schema, schema.$ref);
			return;
		}
		if (Array.isArray(schema.allOf)) {
			this.#fill(draft, mergeSchemas(schema, schema.allOf, this.#resolve));
			return;
		}
		fillCommon(draft, schema);
		const mark = schema[markKey] as ShapeMark | undefined;
		const members = schema.anyOf ?? schema.oneOf;
		// ArkType's formats are unions of patterns: one kind of text
		const isText = typeof schema.format === "string";
		if (isText && Array.isArray(members)) {
			draft.kind = "string";
		} else if (Array.isArray(members)) {
			this.#fillUnion(draft, members);
			// a union that is merely tried in order is `anyOf`, even if its members happen to have different literals
			if (schema.oneOf !== undefined) {
				draft.discriminator = findDiscriminator(draft.members);
			}
		} else if ("const" in schema || Array.isArray(schema.enum)) {
			fillChoice(draft, schema);
			draft.isLiteral =
				!this.#hasEnums || "const" in schema || mark === "literal";
		} else {
			this.#fillType(draft, schema, mark);
		}
	}

	#fillReference(draft: Draft, schema: MarkedSchema, reference: string): void {
		const target = this.read(this.#resolve(reference)) as Draft;
		// the key of a definition is the model's name
		if (reference !== "#") {
			target.name ??= definitionName(reference) ?? reference.split("/").at(-1);
		}
		draft.kind = "union";
		draft.members = [target];
		fillCommon(draft, schema);
	}

	readonly #resolve = (reference: string): MarkedSchema | undefined => {
		let node: unknown = this.#root;
		for (const step of reference.split("/").slice(1)) {
			const key = decodeURIComponent(step)
				.replaceAll("~1", "/")
				.replaceAll("~0", "~");
			node = (node as MarkedSchema | undefined)?.[key];
		}
		return node as MarkedSchema | undefined;
	};

	#fillUnion(draft: Draft, nodes: readonly MarkedSchema[]): void {
		const present = nodes.filter((node) => node[markKey] !== "absent");
		const members = present.filter((node) => node.type !== "null");
		draft.kind = "union";
		draft.isNullable = members.length < present.length;
		draft.members = members.map((node) => this.read(node));
	}

	#fillType(
		draft: Draft,
		schema: MarkedSchema,
		mark: ShapeMark | undefined,
	): void {
		const types = Array.isArray(schema.type)
			? (schema.type as string[])
			: [schema.type as string | undefined];
		const others = types.filter((type) => type !== "null");
		draft.isNullable = others.length < types.length && others.length > 0;
		if (others.length > 1) {
			this.#fillUnion(
				draft,
				types.map((type) => ({ ...schema, type })),
			);
			return;
		}
		const type = others[0] ?? (types.includes("null") ? "null" : undefined);
		if (mark !== undefined && markedKinds.has(mark)) {
			draft.kind = mark as ShapeKind; // they are kinds
		} else if (mark === "set") {
			this.#fillList(draft, schema, "set");
		} else if (mark === "map") {
			this.#fillRecord(draft, schema, "map");
		} else if (type === "array") {
			this.#fillList(draft, schema, "list");
		} else if (type === "object") {
			this.#fillObject(draft, schema);
		} else {
			draft.kind = scalarKinds[type ?? ""] ?? "any";
			draft.isAnything = mark === "anything";
		}
	}

	#fillList(draft: Draft, schema: MarkedSchema, kind: "list" | "set"): void {
		draft.kind = kind;
		draft.items = this.read(schema.items);
		if (!Array.isArray(schema.prefixItems)) {
			return;
		}
		draft.kind = "tuple";
		draft.positions = schema.prefixItems.map((node) => this.read(node));
	}

	#fillObject(draft: Draft, schema: MarkedSchema): void {
		if (schema.properties === undefined) {
			// an object of which no field is named is a mapping of anything
			if (schema.additionalProperties === false) {
				draft.kind = "object";
			} else {
				this.#fillRecord(draft, schema, "record");
			}
			return;
		}
		draft.kind = "object";
		const fields = new Map<string, Shape>();
		draft.fields = fields;
		draft.required = new Set((schema.required as string[] | undefined) ?? []);
		for (const [name, node] of Object.entries(schema.properties as object)) {
			fields.set(name, this.read(node));
		}
		if (typeof schema.additionalProperties === "object") {
			draft.items = this.read(schema.additionalProperties);
		}
	}

	#fillRecord(
		draft: Draft,
		schema: MarkedSchema,
		kind: "record" | "map",
	): void {
		draft.kind = kind;
		draft.items = this.read(schema.additionalProperties);
		draft.keys = this.read(schema[keysKey] ?? schema.propertyNames);
	}
}

const markedKinds: ReadonlySet<ShapeMark> = new Set([
	"date",
	"bigint",
	"file",
	"bytes",
]);

const scalarKinds: Readonly<Record<string, ShapeKind>> = {
	string: "string",
	integer: "integer",
	number: "number",
	boolean: "boolean",
	null: "null",
};

function fillCommon(draft: Draft, schema: MarkedSchema): void {
	draft.isSecret = schema.format === "password" || schema.writeOnly === true;
	draft.name = (schema.title as string | undefined) ?? draft.name;
	draft.description = schema.description as string | undefined;
	draft.format = formatOf(schema);
	draft.mediaTypes = schema[mediaTypesKey] as readonly string[] | undefined;
	draft.contentEncoding = schema.contentEncoding as string | undefined;
	draft.patterns = patternsOf(schema);
	draft.minLength = (schema.minLength as number | undefined) ?? 0;
	draft.maxLength =
		(schema.maxLength as number | undefined) ?? Number.POSITIVE_INFINITY;
	draft.isConstrained = constraintKeys.some(
		(key) => key in schema && !isSafeBound(schema[key]),
	);
	draft.default = schema.default;
	draft.isDefaulted =
		schema.default !== undefined || schema[defaultedKey] === true;
	draft.isOptional = schema[optionalKey] as boolean | undefined;
	draft.coerces = schema[coercesKey] === true;
	draft.change = schema[changeKey] as ShapeChange | undefined;
	draft.isPreprocessed = schema[preprocessedKey] === true;
	draft.ownNames = schema[namesKey] as ReadonlyMap<string, string> | undefined;
}

function patternsOf(schema: MarkedSchema): readonly RegExp[] {
	const marked = schema[patternsKey] as readonly RegExp[] | undefined;
	if (marked !== undefined) {
		return marked;
	}
	const pattern =
		typeof schema.pattern === "string"
			? compilePattern(schema.pattern)
			: undefined;
	return pattern === undefined ? [] : [pattern];
}

/** JSON Schema has a pattern without its flags: one that needs them can't be tried. */
function compilePattern(source: string): RegExp | undefined {
	for (const flags of ["u", ""]) {
		try {
			return new RegExp(source, flags);
		} catch {
			// the next flags, or none
		}
	}
	return undefined;
}

function formatOf(schema: MarkedSchema): string | undefined {
	switch (schema[markKey]) {
		case "date":
			// it goes without saying
			return schema.format === "date-time"
				? undefined
				: (schema.format as string | undefined);
		default:
			return schema.format as string | undefined;
	}
}

/** The bounds that an integer has in JavaScript anyway. */
function isSafeBound(limit: unknown): boolean {
	return limit === Number.MAX_SAFE_INTEGER || limit === Number.MIN_SAFE_INTEGER;
}

function fillChoice(draft: Draft, schema: MarkedSchema): void {
	draft.kind = "choice";
	draft.values =
		(schema[valuesKey] as unknown[] | undefined) ??
		("const" in schema ? [schema.const] : (schema.enum as unknown[]));
	draft.isNullable = draft.values.includes(null);
}

/** The first field that is a literal in every member, with a value of its own in each. */
function findDiscriminator(members: readonly Shape[]): string | undefined {
	const objects = members.map(coreShape);
	if (objects.length < 2 || objects.some((shape) => shape.kind !== "object")) {
		return undefined;
	}
	for (const name of objects[0]?.fields.keys() ?? []) {
		const tags = objects.flatMap((shape) => tagValues(shape, name));
		if (tags.length >= objects.length && new Set(tags).size === tags.length) {
			if (objects.every((shape) => tagValues(shape, name).length > 0)) {
				return name;
			}
		}
	}
	return undefined;
}

function mergeSchemas(
	schema: MarkedSchema,
	parts: readonly MarkedSchema[],
	resolve: (reference: string) => MarkedSchema | undefined,
): MarkedSchema {
	const { allOf: _, ...own } = schema;
	let merged: Record<string, unknown> = own;
	for (const part of parts) {
		const whole =
			typeof part.$ref === "string" ? (resolve(part.$ref) ?? part) : part;
		merged = {
			...merged,
			...whole,
			properties: { ...(merged.properties ?? {}), ...(whole.properties ?? {}) },
			required: [
				...((merged.required as string[] | undefined) ?? []),
				...((whole.required as string[] | undefined) ?? []),
			],
		};
	}
	if (Object.keys(merged.properties as object).length === 0) {
		delete merged.properties;
	}
	return merged;
}
