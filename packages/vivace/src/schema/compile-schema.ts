import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Location } from "../errors/validation-error.ts";
import { builtInEncoder } from "./library/built-in/built-in-encoder.ts";
import { builtInParts } from "./library/built-in/built-in-schema.ts";
import { issueReader } from "./library/library-issues.ts";
import { type ResultEncoder, resultEncoder } from "./result-encoder.ts";
import {
	fieldsOfShape,
	kindOfShape,
	type SchemaField,
	type SchemaKind,
} from "./schema-field.ts";
import { compileAbsentValue } from "./shape/absent-value.ts";
import {
	type Conversion,
	compileConversion,
	unchanged,
} from "./shape/conversion.ts";
import { compileNullFields } from "./shape/null-fields.ts";
import type { Parsed, Refuse, Settle } from "./shape/parsed.ts";
import { shapeOfSchema } from "./shape/schema-shape.ts";
import { coreShape, type Shape } from "./shape/shape.ts";
import { errorDetails } from "./words/error-details.ts";

/** A schema, ready to read the values of requests and to write those of responses. Made once, when the app is built. */
export interface CompiledSchema {
	readonly schema: StandardSchemaV1;
	/** `scalar`: text, number, boolean, null, enum, date and unions of these; `list`: array, set, tuple; `object`; `any`. */
	readonly kind: SchemaKind;
	/** An absent value is refused. */
	readonly isRequired: boolean;
	/** The fields of an object schema, in order; empty for any other. */
	readonly fields: readonly SchemaField[];
	/**
	 * Reads a path, query, header or cookie parameter or a form field.
	 *
	 * @param text as it was received; a list for a repeated name; `undefined` if it is absent
	 */
	parseText(
		text: string | readonly string[] | undefined,
		loc: Location,
	): Parsed | Promise<Parsed>;
	/**
	 * Reads a parameter model: an object schema from all parameters of one source.
	 *
	 * @param texts by field name, only those that are present; uploaded files stand for themselves
	 */
	parseTexts(
		texts: Readonly<Record<string, unknown>>,
		loc: Location,
	): Parsed | Promise<Parsed>;
	/**
	 * Reads a JSON body or a part of it; `undefined` stands for an absent one.
	 *
	 * @param options `strict`: whether a string that reads as a number, a boolean or a date is refused. Default: false
	 */
	parseJson(
		value: unknown,
		loc: Location,
		options?: ParseJsonOptions,
	): Parsed | Promise<Parsed>;
	/** Gives what a handler returned as it goes on the wire: validated, without unknown fields, dates and codecs encoded. */
	encode(value: unknown, loc: Location): Parsed | Promise<Parsed>;
}

export interface ParseJsonOptions {
	readonly strict?: boolean;
}

type Validate = StandardSchemaV1["~standard"]["validate"];
type Validated = Awaited<ReturnType<Validate>>;

const compiledSchemas = new WeakMap<StandardSchemaV1, CompiledSchema>();

/** Compiles a schema; the same schema gives the same compiled one. */
export function compileSchema(schema: StandardSchemaV1): CompiledSchema {
	let compiled = compiledSchemas.get(schema);
	if (compiled === undefined) {
		compiled = compile(schema);
		compiledSchemas.set(schema, compiled);
	}
	return compiled;
}

function compile(schema: StandardSchemaV1): CompiledSchema {
	const shape = shapeOfSchema(schema, "input");
	const validate = schema["~standard"].validate;
	const fields = fieldsOfShape(shape);
	const fromText = compileConversion(shape, "text");
	const kind = kindOfShape(shape);
	const refuse = refusalOf(schema, shape);
	const settle = settlement(refuse);
	const absent = compileAbsentValue(schema, validate, shape, settle);
	const complete = completion(shapeOfSchema(schema, "output"));
	const parseModel = modelParser(fromText, validate, settle, shape);
	const parsePresentJson = jsonParser(shape, validate, refuse);
	return {
		schema,
		kind,
		isRequired: absent.isRequired,
		fields,
		parseText(text, loc) {
			if (text === undefined) {
				return absent.parse(loc);
			}
			// a lone value of a list is a list of one, also in errors
			const received =
				kind === "list" && typeof text === "string" ? [text] : text;
			return settle(validate(fromText(received)), received, loc);
		},
		parseTexts: (texts, loc) => complete(parseModel(texts, loc)),
		parseJson(value, loc, options) {
			return value === undefined
				? absent.parse(loc)
				: complete(parsePresentJson(value, loc, options?.strict === true));
		},
		encode: encoderOf(schema, shape, refuse),
	};
}

function encoderOf(
	schema: StandardSchemaV1,
	shape: Shape,
	refuse: Refuse,
): ResultEncoder {
	const parts = builtInParts(schema);
	const composed =
		parts && builtInEncoder(parts, (part) => compileSchema(part).encode);
	return composed ?? resultEncoder(schema, shape, refuse);
}

function refusalOf(schema: StandardSchemaV1, shape: Shape): Refuse {
	const readIssues = issueReader(schema);
	return (issues, value, loc, isStrict = false) => ({
		errors: errorDetails(readIssues(issues), { shape, value, loc, isStrict }),
	});
}

function settlement(refuse: Refuse): Settle {
	const settleNow = (result: Validated, received: unknown, loc: Location) =>
		// a success has the form of `Parsed` already: nothing is copied
		result.issues === undefined
			? (result as Parsed)
			: refuse(result.issues, received, loc);
	return (result, received, loc) =>
		result instanceof Promise
			? result.then((settled) => settleNow(settled, received, loc))
			: settleNow(result, received, loc);
}

/** What may be null and has no default is null where it is absent, in a model as for a single parameter. */
function completion(
	shape: Shape,
): (parsed: Parsed | Promise<Parsed>) => Parsed | Promise<Parsed> {
	const fill = compileNullFields(shape);
	if (fill === unchanged) {
		return (parsed) => parsed;
	}
	const complete = (parsed: Parsed): Parsed => {
		if (parsed.errors !== undefined) {
			return parsed;
		}
		const value = fill(parsed.value);
		return value === parsed.value ? parsed : { value };
	};
	return (parsed) =>
		parsed instanceof Promise ? parsed.then(complete) : complete(parsed);
}

function modelParser(
	fromText: Conversion,
	validate: Validate,
	settle: Settle,
	shape: Shape,
): CompiledSchema["parseTexts"] {
	const { fields } = coreShape(shape);
	const defaults = Object.fromEntries(
		Array.from(fields, ([name, field]) => [name, field.default]).filter(
			([, value]) => value !== undefined && value !== null,
		),
	);
	return (texts, loc) => {
		const result = validate(fromText(texts));
		const isRight = !(result instanceof Promise) && result.issues === undefined;
		// FastAPI shows what it received with the defaults of what it did not
		return settle(result, isRight ? texts : { ...defaults, ...texts }, loc);
	};
}

/** A right body is validated once and costs nothing more; only a wrong one is converted and tried again. */
function jsonParser(
	shape: Shape,
	validate: Validate,
	refuse: Refuse,
): (
	value: unknown,
	loc: Location,
	isStrict: boolean,
) => Parsed | Promise<Parsed> {
	const settle = settlement(refuse);
	const convert = compileConversion(shape, "json");
	const retry = (
		result: Validated,
		value: unknown,
		loc: Location,
		isStrict: boolean,
	) => {
		if (result.issues === undefined) {
			return result as Parsed;
		}
		const converted = isStrict ? value : convert(value);
		return Object.is(converted, value)
			? refuse(result.issues, value, loc, isStrict)
			: settle(validate(converted), value, loc);
	};
	return (value, loc, isStrict) => {
		const result = validate(value);
		return result instanceof Promise
			? result.then((settled) => retry(settled, value, loc, isStrict))
			: retry(result, value, loc, isStrict);
	};
}
