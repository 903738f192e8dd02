import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Location } from "../errors/validation-error.ts";
import type { SchemaField, SchemaKind } from "./schema-field.ts";
import type { Parsed, ParseOptions, ResultEncoder } from "./shape/parsed.ts";
import type { Shape } from "./shape/shape.ts";

/**
 * A schema, ready to read the values of requests and to write those of responses. Each of its readers is made when it is first asked for
 * and then kept: ask once, when the app is built.
 */
export interface CompiledSchema {
	readonly schema: StandardSchemaV1;
	/** The shape of the value, as it is received. */
	readonly shape: Shape;
	/** The shape of the result, by its fields' own names. */
	readonly outputShape: Shape;
	/** Answers go on the wire as {@link CompiledSchema.shape} says: codecs are run backwards. */
	readonly isEncodedBackwards: boolean;
	/** A value may hold bigints: JSON is to be read with the digits of long integers. */
	readonly holdsBigInts: boolean;
	/** `scalar`: text, number, boolean, null, enum, date and unions of these; `list`: array, set, tuple; `object`; `any`. */
	readonly kind: SchemaKind;
	/** An absent value is refused. */
	readonly isRequired: boolean;
	/** The fields of an object schema, in order; empty for any other. */
	readonly fields: readonly SchemaField[];
	/** Gives what stands for a value that is not there: a default, null, or the error that it is missing. */
	readonly parseAbsent: (loc: Location) => Parsed | Promise<Parsed>;
	/**
	 * Reads a path, query, header or cookie parameter or a form field: a text as it was received, a file or its bytes; a list for a repeated
	 * name; `undefined` if it is absent.
	 */
	readonly parseText: (
		received: unknown,
		loc: Location,
		options?: ParseOptions,
	) => Parsed | Promise<Parsed>;
	/**
	 * Reads a parameter model, an object schema from all parameters of one source: texts by field name, only those that are present;
	 * uploaded files stand for themselves.
	 */
	readonly parseTexts: (
		texts: Readonly<Record<string, unknown>>,
		loc: Location,
		options?: ParseOptions,
	) => Parsed | Promise<Parsed>;
	/** Reads a JSON body or a part of it; `undefined` stands for an absent one. */
	readonly parseJson: (
		value: unknown,
		loc: Location,
		options?: ParseOptions,
	) => Parsed | Promise<Parsed>;
	/** Gives what a handler returned as it goes on the wire: validated, without unknown fields, dates and codecs encoded. */
	readonly encode: ResultEncoder;
}
