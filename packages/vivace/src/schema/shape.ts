/** What a shape asks for; `choice` is an enum or a literal, `any` says nothing. */
export type ShapeKind =
	| "any"
	| "null"
	| "boolean"
	| "integer"
	| "number"
	| "bigint"
	| "string"
	| "date"
	| "choice"
	| "list"
	| "tuple"
	| "set"
	| "record"
	| "map"
	| "object"
	| "union";

/**
 * What a schema asks of a value, read once from its JSON Schema: the conversion of texts and the wording of errors go by it.
 * A recursive schema gives a circular shape.
 */
export interface Shape {
	readonly kind: ShapeKind;
	readonly isNullable: boolean;
	/** A value that must not be repeated in an answer or a log: `format: password` or `writeOnly`. */
	readonly isSecret: boolean;
	/** The name of the model, if it has one. */
	readonly name: string | undefined;
	readonly description: string | undefined;
	readonly format: string | undefined;
	readonly contentEncoding: string | undefined;
	readonly pattern: string | undefined;
	/** Bounds on the length of a text, in UTF-16 code units. */
	readonly minLength: number;
	readonly maxLength: number;
	/** Has a bound, a pattern or the like: a part of the name that Pydantic gives it in a union. */
	readonly isConstrained: boolean;
	/** The values of a `choice`. */
	readonly values: readonly unknown[];
	/** A `choice` that was declared as a literal, not as an enumeration. */
	readonly isLiteral: boolean;
	/** The fields of an `object`, in order. */
	readonly fields: ReadonlyMap<string, Shape>;
	readonly required: ReadonlySet<string>;
	/** The default in JSON, that the schema itself fills in; `undefined` for none. */
	readonly default: unknown;
	/** What a list, a set or the rest of a tuple holds; the values of a record or map, and of an object's other fields. */
	readonly items: Shape | undefined;
	/** The keys of a record or map. */
	readonly keys: Shape | undefined;
	/** The positions of a `tuple`. */
	readonly positions: readonly Shape[];
	/** The members of a `union`, without null; one member only where it merely adds null. */
	readonly members: readonly Shape[];
	/** The field by which the members of a `union` are told apart. */
	readonly discriminator: string | undefined;
	readonly change: ShapeChange | undefined;
}

/** The key under which a library's reader says what JSON Schema has no word for. */
export const markKey = "x-vivace";

/** What a reader may say under {@link markKey}. */
export type ShapeMark =
	| "date"
	| "bigint"
	| "set"
	| "map"
	| "literal"
	| "absent";

/** The key under which a reader says that input and output differ: by a {@link ShapeChange}. */
export const changeKey = "x-vivace-change";

/** The key under which a reader describes the keys of a record or map, which JSON Schema knows as texts only. */
export const keysKey = "x-vivace-keys";

/** How input and output differ: `codec`, both ways; `transform`, one way only. */
export type ShapeChange = "codec" | "transform";

/** A JSON Schema (draft 2020-12) as a library gives it, marks included. */
export type MarkedSchema = Readonly<Record<string, unknown>>;

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

/** The shape behind a union that only adds null. */
export function coreShape(shape: Shape): Shape {
	let core = shape;
	while (core.kind === "union" && core.members.length === 1)
		core = core.members[0] as Shape;
	return core;
}

/** Tells whether null will do, also where the shape merely refers to another. */
export function acceptsNull(shape: Shape): boolean {
	if (shape.isNullable || shape.kind === "null") return true;
	const only = shape.members.length === 1 ? shape.members[0] : undefined;
	return only !== undefined && acceptsNull(only);
}

/** The shapes within a shape, one level down. */
export function childShapes(shape: Shape): Shape[] {
	const children = [
		...shape.members,
		...shape.positions,
		...shape.fields.values(),
	];
	if (shape.items !== undefined) children.push(shape.items);
	return children;
}

/** Tells whether a claim holds of a shape or of one anywhere within it. */
export function someShape(
	shape: Shape,
	holds: (shape: Shape) => boolean,
	seen: Set<Shape> = new Set(),
): boolean {
	if (seen.has(shape)) return false;
	seen.add(shape);
	return (
		holds(shape) ||
		childShapes(shape).some((child) => someShape(child, holds, seen))
	);
}

/** Nothing known: every value will do. */
export const anyShape: Shape = {
	kind: "any",
	isNullable: false,
	isSecret: false,
	name: undefined,
	description: undefined,
	format: undefined,
	contentEncoding: undefined,
	pattern: undefined,
	minLength: 0,
	maxLength: Number.POSITIVE_INFINITY,
	isConstrained: false,
	values: [],
	isLiteral: false,
	fields: new Map(),
	required: new Set(),
	default: undefined,
	items: undefined,
	keys: undefined,
	positions: [],
	members: [],
	discriminator: undefined,
	change: undefined,
};

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
		if (typeof node !== "object" || node === null) return anyShape;
		const schema = node as MarkedSchema;
		const known = this.#shapes.get(schema);
		if (known !== undefined) return known;
		const draft: Draft = { ...anyShape };
		this.#shapes.set(schema, draft);
		this.#fill(draft, schema);
		return draft;
	}

	#fill(draft: Draft, schema: MarkedSchema): void {
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
			if (schema.oneOf !== undefined)
				draft.discriminator = findDiscriminator(draft.members);
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
		if (reference !== "#") target.name ??= reference.split("/").at(-1);
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
		if (mark === "date" || mark === "bigint") draft.kind = mark;
		else if (mark === "set") this.#fillList(draft, schema, "set");
		else if (mark === "map") this.#fillRecord(draft, schema, "map");
		else if (type === "array") this.#fillList(draft, schema, "list");
		else if (type === "object") this.#fillObject(draft, schema);
		else draft.kind = scalarKinds[type ?? ""] ?? "any";
	}

	#fillList(draft: Draft, schema: MarkedSchema, kind: "list" | "set"): void {
		draft.kind = kind;
		draft.items = this.read(schema.items);
		if (!Array.isArray(schema.prefixItems)) return;
		draft.kind = "tuple";
		draft.positions = schema.prefixItems.map((node) => this.read(node));
	}

	#fillObject(draft: Draft, schema: MarkedSchema): void {
		if (schema.properties === undefined) {
			const isRecord = typeof schema.additionalProperties === "object";
			if (isRecord) this.#fillRecord(draft, schema, "record");
			else draft.kind = "object";
			return;
		}
		draft.kind = "object";
		const fields = new Map<string, Shape>();
		draft.fields = fields;
		draft.required = new Set((schema.required as string[] | undefined) ?? []);
		for (const [name, node] of Object.entries(schema.properties as object))
			fields.set(name, this.read(node));
		if (typeof schema.additionalProperties === "object")
			draft.items = this.read(schema.additionalProperties);
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
	draft.format = schema.format as string | undefined;
	draft.contentEncoding = schema.contentEncoding as string | undefined;
	draft.pattern = schema.pattern as string | undefined;
	draft.minLength = (schema.minLength as number | undefined) ?? 0;
	draft.maxLength =
		(schema.maxLength as number | undefined) ?? Number.POSITIVE_INFINITY;
	draft.isConstrained = constraintKeys.some(
		(key) => key in schema && !isSafeBound(schema[key]),
	);
	draft.default = schema.default;
	draft.change = schema[changeKey] as ShapeChange | undefined;
}

/** The bounds that an integer has in JavaScript anyway. */
function isSafeBound(limit: unknown): boolean {
	return limit === Number.MAX_SAFE_INTEGER || limit === Number.MIN_SAFE_INTEGER;
}

function fillChoice(draft: Draft, schema: MarkedSchema): void {
	draft.kind = "choice";
	draft.values =
		"const" in schema ? [schema.const] : (schema.enum as unknown[]);
	draft.isNullable = draft.values.includes(null);
}

/** The first field that is a literal in every member, with a value of its own in each. */
function findDiscriminator(members: readonly Shape[]): string | undefined {
	const objects = members.map(coreShape);
	if (objects.length < 2 || objects.some((shape) => shape.kind !== "object"))
		return undefined;
	for (const name of objects[0]?.fields.keys() ?? []) {
		const tags = objects.flatMap((shape) => tagValues(shape, name));
		if (tags.length >= objects.length && new Set(tags).size === tags.length)
			if (objects.every((shape) => tagValues(shape, name).length > 0))
				return name;
	}
	return undefined;
}

/** The values by which a member of a discriminated union is known. */
export function tagValues(member: Shape, field: string): readonly unknown[] {
	const shape = coreShape(member).fields.get(field);
	return shape === undefined ? [] : coreShape(shape).values;
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
	if (Object.keys(merged.properties as object).length === 0)
		delete merged.properties;
	return merged;
}
