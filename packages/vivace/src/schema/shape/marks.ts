/**
 * Marks by which a library's reader says more than JSON Schema has words for. The keys are symbols: whatever makes a document of the
 * schema does not see them.
 */

/** The kind of a value that JSON Schema has no type for. */
export const markKey: unique symbol = Symbol("mark");

export type ShapeMark =
	| "anything"
	| "date"
	| "bigint"
	| "set"
	| "map"
	| "file"
	| "bytes"
	| "literal"
	| "absent";

/** The media types that a file may have, by its own word. */
export const mediaTypesKey: unique symbol = Symbol("media types");

/** How input and output differ: a `ShapeChange`. */
export const changeKey: unique symbol = Symbol("change");

/** The keys of a record or map, which JSON Schema knows as texts only. */
export const keysKey: unique symbol = Symbol("keys");

/** The schema that the shape is read from, where that is not the one to document: a codec's output, which goes on the wire as its input. */
export const shapeKey: unique symbol = Symbol("shape");

/** The values of a choice where JSON has others: big integers. */
export const valuesKey: unique symbol = Symbol("values");

/** All patterns that a text must match, with their flags; also those that only implement a format. */
export const patternsKey: unique symbol = Symbol("patterns");

/** Set where a pattern is left out, because JSON Schema has no flags. */
export const lostPatternKey: unique symbol = Symbol("lost pattern");

/** Set where the library converts by itself, as `z.coerce` does. */
export const coercesKey: unique symbol = Symbol("coerces");

/** True where an absent value will do, false where not. */
export const optionalKey: unique symbol = Symbol("optional");

/** Set where the schema itself fills in what is absent, also with what is no constant. */
export const defaultedKey: unique symbol = Symbol("defaulted");

/** Set where a function of the program's stands before the schema: what that gives is converted, not what it is given. */
export const preprocessedKey: unique symbol = Symbol("preprocessed");

/** The own names of an object's fields by their names on the wire, where a codec renames them. */
export const namesKey: unique symbol = Symbol("names");

/** A JSON Schema (draft 2020-12) as a library gives it, marks included. */
export type MarkedSchema = Readonly<Record<string | symbol, unknown>>;

/** A schema with more keywords and marks: in the one to document, and in the one that the shape is read from. */
export function extended(
	schema: MarkedSchema,
	more: MarkedSchema,
): MarkedSchema {
	const inner = schema[shapeKey] as MarkedSchema | undefined;
	return inner === undefined
		? { ...schema, ...more }
		: { ...schema, ...more, [shapeKey]: { ...inner, ...more } };
}

/** A description that its author has put in place of the whole one; the shape is still read from that. */
export function replaced(
	schema: MarkedSchema,
	replacement: object,
): MarkedSchema {
	return { ...replacement, [shapeKey]: schema[shapeKey] ?? schema };
}
