import { zuluText } from "../../json/date-text.ts";
import { readNumber } from "../shape/scalar-text.ts";
import type { Shape } from "../shape/shape.ts";
import type { ErrorWords } from "./error-words.ts";
import type { ExpectedType, ProblemKind } from "./problem.ts";
import { pythonAlternatives, pythonTypeName } from "./python-text.ts";
import { dateTimeNumberError, dateTimeTextError } from "./temporal-errors.ts";
import { textTypeError, valueError } from "./text-errors.ts";

/** The error for a value that is not of the kind that was expected. */
export function typeError(
	expected: ExpectedType,
	value: unknown,
	shape: Shape,
): ErrorWords {
	switch (expected) {
		case "integer":
		case "bigint":
			return integerError(value);
		case "number":
			return shape.kind === "integer"
				? integerError(value)
				: numberError(value, shape);
		case "boolean":
			return booleanError(value);
		case "string":
			return textTypeError(shape, value);
		case "date":
			return dateError(value);
		case "file":
			return fileError(value);
		case "bytes":
			return { type: "bytes_type", msg: "Input should be a valid bytes" };
		case "object":
			return plainTypes[shape.kind === "record" ? "record" : "object"];
		case "list":
			return plainTypes[shape.kind === "tuple" ? "tuple" : "list"];
		case "unknown":
			return shape.kind === "choice"
				? valuesError([], shape)
				: { type: "value_error", msg: "Value error, Invalid input" };
		default:
			return plainTypes[expected];
	}
}

const plainTypes: Readonly<
	Record<
		"null" | "list" | "tuple" | "set" | "record" | "map" | "object" | "never",
		ErrorWords
	>
> = {
	null: { type: "none_required", msg: "Input should be None" },
	list: { type: "list_type", msg: "Input should be a valid list" },
	tuple: { type: "tuple_type", msg: "Input should be a valid tuple" },
	set: { type: "set_type", msg: "Input should be a valid set" },
	record: { type: "dict_type", msg: "Input should be a valid dictionary" },
	map: { type: "dict_type", msg: "Input should be a valid dictionary" },
	object: {
		type: "model_attributes_type",
		msg: "Input should be a valid dictionary or object to extract fields from",
	},
	never: { type: "extra_forbidden", msg: "Extra inputs are not permitted" },
};

const notFinite: ErrorWords = {
	type: "finite_number",
	msg: "Input should be a finite number",
};

/** Python reads no longer one. */
function isTooLong(text: string): boolean {
	return text.length > 4300 && /^[+-]?\d+(?:_\d+)*$/.test(text.trim());
}

const tooManyDigits: ErrorWords = {
	type: "int_parsing_size",
	msg: "Unable to parse input string as an integer, exceeded maximum size",
};

function integerError(value: unknown): ErrorWords {
	if (typeof value === "string") {
		return isTooLong(value)
			? tooManyDigits
			: {
					type: "int_parsing",
					msg: "Input should be a valid integer, unable to parse string as an integer",
				};
	}
	if (typeof value !== "number") {
		return { type: "int_type", msg: "Input should be a valid integer" };
	}
	if (!Number.isFinite(value)) {
		return notFinite;
	}
	return {
		type: "int_from_float",
		msg: "Input should be a valid integer, got a number with a fractional part",
	};
}

function numberError(value: unknown, shape: Shape): ErrorWords {
	if (shape.format === "decimal") {
		return decimalError(value);
	}
	if (typeof value === "string") {
		const number = readNumber(value);
		if (number !== undefined && !Number.isFinite(number)) {
			return notFinite;
		}
		return {
			type: "float_parsing",
			msg: "Input should be a valid number, unable to parse string as a number",
		};
	}
	if (typeof value === "number") {
		return notFinite;
	}
	return { type: "float_type", msg: "Input should be a valid number" };
}

/** JSON Schema's `format: decimal` on a number stands for Python's `Decimal`. */
function decimalError(value: unknown): ErrorWords {
	if (typeof value === "string") {
		return {
			type: "decimal_parsing",
			msg: "Input should be a valid decimal",
		};
	}
	return {
		type: "decimal_type",
		msg: "Decimal input should be an integer, float, string or Decimal object",
	};
}

function booleanError(value: unknown): ErrorWords {
	return typeof value === "string" || Number.isInteger(value)
		? {
				type: "bool_parsing",
				msg: "Input should be a valid boolean, unable to interpret input",
			}
		: { type: "bool_type", msg: "Input should be a valid boolean" };
}

function dateError(value: unknown): ErrorWords {
	if (typeof value === "number") {
		return dateTimeNumberError(value);
	}
	if (typeof value !== "string") {
		return { type: "datetime_type", msg: "Input should be a valid datetime" };
	}
	return dateTimeTextError(value);
}

/** Where an upload should be, in FastAPI's words. */
function fileError(value: unknown): ErrorWords {
	return valueError(
		`Expected UploadFile, received: <class '${pythonTypeName(value)}'>`,
	);
}

/** The error for a value that is none of those allowed. */
export function valuesError(
	values: readonly unknown[],
	shape: Shape,
): ErrorWords {
	// the schema's own values are all of them, where an issue may name only some
	const expected = pythonAlternatives(
		shape.kind === "choice" ? shape.values : values,
	);
	const isEnum = shape.kind === "choice" && !shape.isLiteral;
	return {
		type: isEnum ? "enum" : "literal_error",
		msg: `Input should be ${expected}`,
		ctx: { expected },
	};
}

/** The error for a number that is not a multiple of another. */
export function multipleError(divisor: number | bigint): ErrorWords {
	return {
		type: "multiple_of",
		msg: `Input should be a multiple of ${decimalText(divisor)}`,
		ctx: { multiple_of: plainNumber(divisor) },
	};
}

type Bound = Extract<ProblemKind, { readonly about: "bound" }>;

/** The error for a value, a text or a collection that is too small or too big. */
export function boundError(
	bound: Bound,
	value: unknown,
	shape: Shape,
): ErrorWords {
	if (bound.of === "value") {
		return rangeError(bound);
	}
	if (bound.of === "file") {
		return lengthError(bound, ofBytes);
	}
	if (shape.format === "uri" && bound.side === "max") {
		return {
			type: "url_too_long",
			msg: `URL should have at most ${bound.limit} characters`,
			ctx: { max_length: bound.limit },
		};
	}
	return bound.of === "text"
		? lengthError(bound, ofText)
		: sizeError(bound, value, shape);
}

const rangeTypes = {
	min: ["greater_than_equal", "greater than or equal to", "ge"],
	max: ["less_than_equal", "less than or equal to", "le"],
	minExclusive: ["greater_than", "greater than", "gt"],
	maxExclusive: ["less_than", "less than", "lt"],
} as const;

function rangeError({ side, isExclusive, limit }: Bound): ErrorWords {
	const [type, words, key] =
		rangeTypes[isExclusive ? (`${side}Exclusive` as const) : side];
	if (limit instanceof Date) {
		const text = zuluText(limit);
		return {
			type,
			msg: `Input should be ${words} ${text}`,
			ctx: { [key]: text },
		};
	}
	return {
		type,
		msg: `Input should be ${words} ${decimalText(limit)}`,
		ctx: { [key]: plainNumber(limit) },
	};
}

/** Pydantic's words for the length of a text, or of bytes. */
function lengthError(
	{ side, limit }: Bound,
	[type, subject, unit]: readonly [type: string, subject: string, unit: string],
): ErrorWords {
	const length = `${limit} ${unit}${limit === 1 ? "" : "s"}`;
	return side === "min"
		? {
				type: `${type}_too_short`,
				msg: `${subject} should have at least ${length}`,
				ctx: { min_length: limit },
			}
		: {
				type: `${type}_too_long`,
				msg: `${subject} should have at most ${length}`,
				ctx: { max_length: limit },
			};
}

const ofText = ["string", "String", "character"] as const;
const ofBytes = ["bytes", "Data", "byte"] as const;

const collectionNames: Readonly<Record<string, string>> = {
	set: "Set",
	tuple: "Tuple",
	record: "Dictionary",
	map: "Dictionary",
};

function sizeError(
	{ side, limit, of }: Bound,
	value: unknown,
	shape: Shape,
): ErrorWords {
	const name = collectionNames[shape.kind] ?? (of === "set" ? "Set" : "List");
	// Pydantic stops to count a set that is too big
	const isUncounted = name === "Set" && side === "max";
	const actual = isUncounted
		? null
		: shape.kind === "set" && Array.isArray(value)
			? new Set(value).size // a value that is given twice is one
			: sizeOf(value);
	const items = `${limit} item${limit === 1 ? "" : "s"}`;
	const words = side === "min" ? "at least" : "at most";
	return {
		type: side === "min" ? "too_short" : "too_long",
		msg: `${name} should have ${words} ${items} after validation, not ${actual ?? "more"}`,
		ctx: {
			field_type: name,
			[side === "min" ? "min_length" : "max_length"]: limit,
			actual_length: actual,
		},
	};
}

function sizeOf(value: unknown): number {
	if (Array.isArray(value)) {
		return value.length;
	}
	if (value instanceof Set || value instanceof Map) {
		return value.size;
	}
	return typeof value === "object" && value !== null
		? Object.keys(value).length
		: 0;
}

function plainNumber(value: number | bigint | Date): number {
	return Number(value);
}

/** Digits without an exponent, as Pydantic writes a bound. */
function decimalText(value: number | bigint): string {
	const text = String(value);
	if (!text.includes("e")) {
		return text;
	}
	const number = Number(value);
	return Math.abs(number) >= 1
		? String(BigInt(number))
		: number.toFixed(20).replace(/0+$/, "");
}
