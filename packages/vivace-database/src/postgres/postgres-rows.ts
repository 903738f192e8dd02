import type { PgField, PgRow } from "./pg-port.ts";
import type { PostgresTypes } from "./postgres-types.ts";

/** Rows as the program gets them. */
export type PostgresRows = Record<string, unknown>[];

/** Makes rows of their texts; of two columns with one name the last stays. */
export function decodeRows(
	rows: readonly PgRow[],
	fields: readonly PgField[],
	types: PostgresTypes,
): PostgresRows {
	const columns = fields.map(({ name, dataTypeID }) => ({
		name,
		decode: types.decoderOf(dataTypeID),
	}));
	return rows.map((texts) => {
		const row: Record<string, unknown> = {};
		for (let index = 0; index < columns.length; index++) {
			const { name, decode } = columns[index] as (typeof columns)[number];
			const text = texts[index] ?? null;
			row[name] = text === null || decode === undefined ? text : decode(text);
		}
		return row;
	});
}
