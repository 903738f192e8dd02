/** The kind of value that a shape asks for; `choice` is an enum or a literal, `bytes` a `Uint8Array`, `any` says nothing. */
export type ShapeKind =
	| "any"
	| "null"
	| "boolean"
	| "integer"
	| "number"
	| "bigint"
	| "string"
	| "date"
	| "file"
	| "bytes"
	| "choice"
	| "list"
	| "tuple"
	| "set"
	| "record"
	| "map"
	| "object"
	| "union";

/**
 * The demands of a schema on a value, read once from its JSON Schema: the conversion of texts and the wording of errors go by it.
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
	/** The media types that a `file` may have, by its own word; `undefined` for any. */
	readonly mediaTypes: readonly string[] | undefined;
	/** All of them must match. */
	readonly patterns: readonly RegExp[];
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
	/** The shape of the members of a list, a set or the rest of a tuple; of the values of a record or map, and of an object's other fields. */
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
	/** A function sees the value first, as it was received; what that gives the library's validator converts. */
	readonly isPreprocessed: boolean;
	/** The own names of the fields by those on the wire, where a codec renames them. */
	readonly ownNames: ReadonlyMap<string, string> | undefined;
	/** The schema fills in what is absent, also with what is no constant. */
	readonly isDefaulted: boolean;
	/** Of a whole schema: an absent value will do; `undefined` where its library does not say. */
	readonly isOptional: boolean | undefined;
	/** The library converts by itself: our conversion goes first. */
	readonly coerces: boolean;
	/** Declared as anything, unlike an `any` of which nothing is known. */
	readonly isAnything: boolean;
	/** False for a schema that can't be read. */
	readonly isKnown: boolean;
}

/** How input and output differ: `codec`, both ways; `transform`, one way only; `pipe`: they may. */
export type ShapeChange = "codec" | "transform" | "pipe";

/** The shape behind a union that only adds null. */
export function coreShape(shape: Shape): Shape {
	let core = shape;
	while (core.kind === "union" && core.members.length === 1) {
		core = core.members[0] as Shape;
	}
	return core;
}

/** Tells whether null will do, also where the shape merely refers to another. */
export function acceptsNull(shape: Shape): boolean {
	if (shape.isNullable || shape.kind === "null") {
		return true;
	}
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
	if (shape.items !== undefined) {
		children.push(shape.items);
	}
	return children;
}

/** Tells whether a claim holds of a shape or of one anywhere within it. */
export function someShape(
	shape: Shape,
	holds: (shape: Shape) => boolean,
	seen: Set<Shape> = new Set(),
): boolean {
	if (seen.has(shape)) {
		return false;
	}
	seen.add(shape);
	const within = (child: Shape): boolean => someShape(child, holds, seen);
	// asked of each schema several times at the start: nothing is made for it
	return (
		holds(shape) ||
		shape.members.some(within) ||
		shape.positions.some(within) ||
		(shape.fields.size > 0 && shape.fields.values().some(within)) ||
		(shape.items !== undefined && within(shape.items))
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
	mediaTypes: undefined,
	patterns: [],
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
	isPreprocessed: false,
	ownNames: undefined,
	isDefaulted: false,
	isOptional: undefined,
	coerces: false,
	isAnything: false,
	isKnown: true,
};

/** The shape of a schema that can't be read: its library has no JSON Schema for it. */
export const unreadShape: Shape = { ...anyShape, isKnown: false };

/** The values by which a member of a discriminated union is known. */
export function tagValues(member: Shape, field: string): readonly unknown[] {
	const shape = coreShape(member).fields.get(field);
	return shape === undefined ? [] : coreShape(shape).values;
}
