import { BindError } from "../values/encode.ts";
import type { PgValue } from "./pg-port.ts";

/** Makes texts of a value's text, as `pg` hands it to objects that have `toPostgres`. */
type Prepare = (value: unknown) => PgValue;

/**
 * The values of a statement as `pg` sends them, for libraries that are written for it: lists are arrays, objects are JSON, undefined is null,
 * `toPostgres` is asked. A `Date` is sent in UTC.
 *
 * @throws BindError for what PostgreSQL can't hold: a text with a NUL character, an invalid date
 */
export function pgValues(values: readonly unknown[], sql: string): PgValue[] {
	return values.map((value, index) => pgValue(value, index + 1, sql));
}

function pgValue(value: unknown, position: number, sql: string): PgValue {
	const prepare: Prepare = (each) => pgValue(each, position, sql);
	if (value === null || value === undefined) {
		return null;
	}
	if (typeof value !== "object") {
		return withoutNul(String(value), position, sql);
	}
	if (ArrayBuffer.isView(value)) {
		return bytesOf(value);
	}
	if (value instanceof Date) {
		return dateText(value, position, sql);
	}
	if (Array.isArray(value)) {
		return withoutNul(arrayText(value, prepare), position, sql);
	}
	const { toPostgres } = value as {
		readonly toPostgres?: (prepare: Prepare) => unknown;
	};
	return typeof toPostgres === "function"
		? prepare(toPostgres.call(value, prepare))
		: JSON.stringify(value);
}

function withoutNul(text: string, position: number, sql: string): string {
	if (text.includes("\0")) {
		throw new BindError(
			position,
			sql,
			"a text with a NUL character, which PostgreSQL can't hold",
		);
	}
	return text;
}

function bytesOf(view: ArrayBufferView): Buffer {
	return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

/** `0044-03-15T00:00:00.000Z BC`; the year of a `Date` before it is zero or less. */
function dateText(date: Date, position: number, sql: string): string {
	if (Number.isNaN(date.getTime())) {
		throw new BindError(position, sql, "an invalid Date");
	}
	const year = date.getUTCFullYear();
	const shown = year < 1 ? 1 - year : year;
	const rest = date.toISOString().replace(/^[+-]?\d+/, "");
	return `${String(shown).padStart(4, "0")}${rest}${year < 1 ? " BC" : ""}`;
}

function arrayText(values: readonly unknown[], prepare: Prepare): string {
	const members = values.map((value) => {
		if (value === null || value === undefined) {
			return "NULL";
		}
		if (Array.isArray(value)) {
			return arrayText(value, prepare);
		}
		if (ArrayBuffer.isView(value)) {
			return `"\\\\x${bytesOf(value).toString("hex")}"`;
		}
		const text = String(prepare(value));
		return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
	});
	return `{${members.join(",")}}`;
}
