import type { FieldPacket } from "mysql2";
import type { MysqlRows } from "./raw-connection.ts";

const FLOAT = 4;
const LONGLONG = 8;
const TIME = 11;
/** Digits of a `FLOAT` that are certain, and that a server writes as text. */
const FLOAT_DIGITS = 6;

/**
 * Makes of a row's values what they are everywhere, whichever protocol they came by: a bigint of what a double can't hold, which mysql2
 * gives as text; a `FLOAT` as it was written, without the digits that its double has by chance; a `TIME` with all digits of its fraction.
 */
export function decodeRows(
	rows: MysqlRows,
	fields: readonly FieldPacket[],
): void {
	if (!Array.isArray(fields)) {
		return;
	}
	for (const { columnType, name, decimals } of fields) {
		if (columnType === LONGLONG) {
			decodeColumn(rows, name, (value) =>
				typeof value === "string" ? BigInt(value) : value,
			);
		} else if (columnType === FLOAT) {
			decodeColumn(rows, name, (value) =>
				typeof value === "number"
					? Number(value.toPrecision(FLOAT_DIGITS))
					: value,
			);
		} else if (columnType === TIME && decimals > 0) {
			decodeColumn(rows, name, (value) =>
				typeof value === "string" ? withFraction(value, decimals) : value,
			);
		}
	}
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
