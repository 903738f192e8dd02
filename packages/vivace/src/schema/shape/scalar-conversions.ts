import { jsonBigInt } from "../../json/big-integer.ts";
import { modelCompatible } from "../../json/compatible.ts";
import { zuluText } from "../../json/date-text.ts";
import { dateFromTimestamp, readDate } from "./iso-date.ts";
import {
	readBigInt,
	readBoolean,
	readInteger,
	readNumber,
} from "./scalar-text.ts";
import type { Shape, ShapeKind } from "./shape.ts";

/** Gives the value in the form that the shape asks for, or the value itself, unchanged, where it can't or need not. */
export type Conversion = (value: unknown) => unknown;

/**
 * Which way the values go. `text`: path, query, headers, cookies and forms, where a lone value may stand for a list and a
 * number for a literal; `json`: a JSON body; `canonical`: the same before it is validated, only texts of formats that have several right
 * forms; `result`: what a handler returned, before it is validated; `wire`: what a handler
 * returned, after it was validated, on its way to JSON; `bare-wire`: the same, and without the fields that the shape does not name,
 * for a library that keeps them.
 */
export type ConversionWay =
	| "text"
	| "json"
	| "canonical"
	| "result"
	| "wire"
	| "bare-wire";

/** The conversion of a value that needs none. */
export const unchanged: Conversion = (value) => value;

const toInteger: Conversion = (value) => {
	if (typeof value === "string") {
		return readInteger(value) ?? value;
	}
	return isOtherNumber(value) ? Number(value) : value;
};

/** A body with bigints somewhere has bigints for all long integers. */
function isOtherNumber(value: unknown): value is boolean | bigint {
	return typeof value === "boolean" || typeof value === "bigint";
}

const toNumber: Conversion = (value) => {
	if (typeof value === "string") {
		return readNumber(value) ?? value;
	}
	return isOtherNumber(value) ? Number(value) : value;
};

const toBoolean: Conversion = (value) => {
	if (typeof value === "string") {
		return readBoolean(value) ?? value;
	}
	return value === 1 ? true : value === 0 ? false : value;
};

const toBigInt: Conversion = (value) => {
	if (typeof value === "string") {
		return readBigInt(value) ?? value;
	}
	return Number.isInteger(value) ? BigInt(value as number) : value;
};

const toDate: Conversion = (value) => {
	if (typeof value === "string") {
		return readDate(value) ?? value;
	}
	return typeof value === "number"
		? (dateFromTimestamp(value) ?? value)
		: value;
};

const fromDate: Conversion = (value) =>
	value instanceof Date && !Number.isNaN(value.getTime())
		? zuluText(value)
		: value;

export const fromBigInt: Conversion = (value) =>
	typeof value === "bigint" ? jsonBigInt(value) : value;

type ScalarConversions = Readonly<Partial<Record<ShapeKind, Conversion>>>;

const laxConversions: ScalarConversions = {
	integer: toInteger,
	number: toNumber,
	boolean: toBoolean,
	bigint: toBigInt,
	date: toDate,
};

/** The kinds that JSON has no form for. */
const wireForms: ScalarConversions = {
	any: modelCompatible,
	date: fromDate,
	bigint: fromBigInt,
	set: unchanged,
	map: unchanged,
};

export const scalarConversions: Readonly<
	Record<ConversionWay, ScalarConversions>
> = {
	text: laxConversions,
	json: laxConversions,
	canonical: {},
	result: { ...laxConversions, string: fromDate },
	wire: wireForms,
	"bare-wire": wireForms,
};

/** The numbers of an enumeration may come in every form of a number, as Python's `IntEnum`. */
export function toNumberChoice(values: readonly unknown[]): Conversion {
	const isInteger = values.every(Number.isInteger);
	const convert = isInteger ? toInteger : toNumber;
	return (value) => {
		const converted = convert(value);
		return values.includes(converted) ? converted : value;
	};
}

export function toChoice(values: readonly unknown[]): Conversion {
	const byText = new Map(
		values
			.filter((value) => value !== null && typeof value !== "string")
			.map((value) => [String(value), value]),
	);
	if (byText.size === 0) {
		return unchanged;
	}
	return (value) =>
		typeof value === "string" && !values.includes(value)
			? (byText.get(value) ?? value)
			: value;
}

/** JSON has one kind of number: 5 is what is sent for 5n. */
export function toBigChoice(values: readonly unknown[]): Conversion {
	return holdsBigInt(values)
		? (value) =>
				typeof value === "number" && !values.includes(value)
					? (values.find((each) => each === toBigInt(value)) ?? value)
					: value
		: unchanged;
}

export function holdsBigInt(values: readonly unknown[]): boolean {
	return values.some((value) => typeof value === "bigint");
}

export function hasWireForm({ kind, values }: Shape): boolean {
	return kind in wireForms || holdsBigInt(values);
}
