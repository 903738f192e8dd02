import { assertArgument } from "../errors/options.ts";

/** How finely a bound `Date` is written: to the second, as `TIMESTAMP` and `DATETIME` store it by default, or with milliseconds. */
export type DatePrecision = "seconds" | "milliseconds";

/** A value for a driver: the same values mean the same on every engine. */
export type EncodedValue = null | number | bigint | string | Uint8Array;

/**
 * A parameter that no engine can store as it is. Drivers turn such values into NULL or text without a word; here they are refused.
 */
export class BindError extends TypeError {
	override readonly name = "BindError";
	readonly code = "BIND_VALUE";
	/** Which parameter of the statement, counted from 1. */
	readonly position: number;

	constructor(position: number, sql: string, problem: string) {
		super(
			`BIND_VALUE: parameter ${position} of "${excerpt(sql)}" is ${problem}`,
		);
		this.position = position;
	}
}

/**
 * The parameters of a statement as every engine takes them: a `Date` becomes `YYYY-MM-DD HH:MM:SS` in UTC, a boolean 1 or 0; text,
 * finite numbers, bigints, bytes and null stay.
 *
 * @throws BindError For undefined, NaN, infinities, invalid dates, arrays, plain objects, functions and symbols.
 */
export function encode(
	parameters: readonly unknown[],
	sql: string,
	precision: DatePrecision = "seconds",
): EncodedValue[] {
	const encoded = new Array<EncodedValue>(parameters.length);
	for (let index = 0; index < parameters.length; index++) {
		const value = parameters[index];
		encoded[index] =
			typeof value === "string"
				? value
				: encodeValue(value, index + 1, sql, precision);
	}
	return encoded;
}

/** One parameter of {@link encode}, counted from 1. */
export function encodeValue(
	value: unknown,
	position: number,
	sql: string,
	precision: DatePrecision,
): EncodedValue {
	switch (typeof value) {
		case "string":
		case "bigint":
			return value;
		case "number":
			if (Number.isFinite(value)) {
				return value;
			}
			throw new BindError(position, sql, `${value}: bind a finite number`);
		case "boolean":
			return value ? 1 : 0;
		case "undefined":
			throw new BindError(position, sql, "undefined: bind null to store NULL");
		case "object":
			return encodeObject(value, position, sql, precision);
		default:
			throw new BindError(position, sql, `a ${typeof value}`);
	}
}

function encodeObject(
	value: object | null,
	position: number,
	sql: string,
	precision: DatePrecision,
): EncodedValue {
	if (value === null || Buffer.isBuffer(value)) {
		return value;
	}
	// mysql2 knows bytes only as a Buffer; this one shares them.
	if (value instanceof Uint8Array) {
		return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
	}
	if (value instanceof Date) {
		const year = value.getUTCFullYear();
		if (!(year >= 0 && year <= 9999)) {
			throw new BindError(
				position,
				sql,
				"a Date that is invalid or outside the years 0 to 9999",
			);
		}
		return encodeDate(value, precision);
	}
	throw new BindError(
		position,
		sql,
		Array.isArray(value)
			? 'an array: bind its members one by one ("in" of the query builder does), or JSON.stringify it'
			: `an object (${value.constructor?.name ?? "no prototype"}): bind its fields, or JSON.stringify it`,
	);
}

/** `YYYY-MM-DD HH:MM:SS` (with `.mmm` for milliseconds) in UTC; what is finer is cut off, not rounded. */
export function encodeDate(
	date: Date,
	precision: DatePrecision = "seconds",
): string {
	if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
		assertArgument("encodeDate()", "date", date, () => "a valid Date");
	}
	if (precision !== "seconds") {
		assertArgument("encodeDate()", "precision", precision, ["milliseconds"]);
	}
	const iso = date.toISOString(); // 2026-01-02T03:04:05.678Z
	return `${iso.slice(0, 10)} ${iso.slice(11, precision === "seconds" ? 19 : 23)}`;
}

/**
 * The `Date` that a timestamp column holds, whichever engine gave it. Columns declared `timestamp`, `datetime` or `date` are decoded
 * already; this is for expressions (`max(entry_time)`), which SQLite gives as text. A text without a zone is in UTC.
 */
export function decodeDate(value: string | Date): Date {
	if (value instanceof Date) {
		return value;
	}
	if (typeof value !== "string") {
		assertArgument("decodeDate()", "value", value, () => "a text or a Date");
	}
	if (value.length === 10) {
		return new Date(`${value}T00:00:00Z`);
	}
	const zone = /(?:Z|[-+]\d\d(?::?\d\d)?)$/i.test(value.slice(16)) ? "" : "Z";
	return new Date(`${value.slice(0, 10)}T${value.slice(11)}${zone}`);
}

/** A number where it is exact (up to 2^53), a bigint beyond. */
export function decodeInteger(value: bigint): number | bigint {
	return value >= minSafe && value <= maxSafe ? Number(value) : value;
}

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const minSafe = BigInt(Number.MIN_SAFE_INTEGER);

function excerpt(sql: string): string {
	return sql.length > 120 ? `${sql.slice(0, 120)}…` : sql;
}
