import type { FieldPacket } from "mysql2";
import { isSameName } from "../values/column-name.ts";
import { type ColumnNotes, noteExactText } from "../values/exact-values.ts";
import type { MysqlRows } from "./raw-connection.ts";

/** Types of columns, as the protocol numbers them. */
const floatType = 4;
const timestampType = 7;
const longlongType = 8;
const dateType = 10;
const timeType = 11;
const datetimeType = 12;
const jsonType = 245;
const enumFlag = 256;
const setFlag = 2048;
/** Digits of a `FLOAT` that are certain, and that a server writes as text. */
const floatDigits = 6;

/**
 * Makes of a row's values what they are everywhere, whichever protocol they came by: a bigint of what a double can't hold, which mysql2
 * gives as text; a `FLOAT` as it was written, without the digits that its double has by chance; a `TIME` with all digits of its fraction; a
 * `Date` of any year, and none (an invalid one) of a day that there is not.
 */
export function decodeRows(
	rows: MysqlRows,
	fields: readonly FieldPacket[],
): void {
	if (!Array.isArray(fields)) {
		return;
	}
	for (const field of fields) {
		const decode = decoderOf(field);
		if (decode !== undefined) {
			decodeColumn(rows, field.name, decode);
		}
	}
}

/** The properties of its columns that make them unfit for the order of a list with cursors. */
export function notesOf(fields: readonly FieldPacket[]): ColumnNotes {
	return (column) => {
		const field = fields.find(({ name }) => isSameName(name, column));
		if (field === undefined) {
			return undefined;
		}
		const flags = Number(field.flags ?? 0);
		if ((flags & (enumFlag | setFlag)) !== 0) {
			return "an ENUM or a SET, which is sorted by the numbers of its members and compared by their names; give it a column with a number to sort by";
		}
		if (field.columnType === floatType) {
			return "a FLOAT, which is not the number that it shows; make it a DOUBLE or a DECIMAL";
		}
		return field.columnType === jsonType || field.extendedFormat === "json"
			? "JSON, which the driver gives as a value; sort by a column made of it"
			: undefined;
	};
}

function decoderOf({
	columnType,
	decimals,
}: FieldPacket): ((value: unknown) => unknown) | undefined {
	switch (columnType) {
		case longlongType:
			return (value) => (typeof value === "string" ? BigInt(value) : value);
		case floatType:
			return (value) =>
				typeof value === "number"
					? Number(value.toPrecision(floatDigits))
					: value;
		case timeType:
			return decimals > 0
				? (value) =>
						typeof value === "string" ? withFraction(value, decimals) : value
				: undefined;
		case dateType:
		case datetimeType:
		case timestampType:
			return (value) =>
				typeof value === "string" ? toDate(value, decimals) : value;
		default:
			return undefined;
	}
}

/** `0050-06-01 12:00:00.123456` in UTC. mysql2's own dates lose the century of the years before 100, and all digits behind milliseconds. */
function toDate(text: string, decimals: number): Date {
	const [year, month, day, hours, minutes, seconds] = [
		text.slice(0, 4),
		text.slice(5, 7),
		text.slice(8, 10),
		text.slice(11, 13),
		text.slice(14, 16),
		text.slice(17, 19),
	].map(Number) as [number, number, number, number, number, number];
	if (month === 0 || day === 0) {
		return new Date(Number.NaN);
	}
	const fraction = text.slice(20);
	const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
	const date = new Date(
		Date.UTC(year, month - 1, day, hours, minutes, seconds, ms),
	);
	if (year < 100) {
		date.setUTCFullYear(year, month - 1, day);
	}
	if (decimals > 0 && Number(fraction) > 0) {
		noteExactText(date, text);
	}
	return date;
}

function withFraction(time: string, digits: number): string {
	const [seconds, fraction = ""] = time.split(".");
	return `${seconds}.${fraction.padEnd(digits, "0")}`;
}

function decodeColumn(
	rows: MysqlRows,
	name: string,
	decode: (value: unknown) => unknown,
): void {
	for (const row of rows) {
		row[name] = decode(row[name]);
	}
}
