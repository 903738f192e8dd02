import {
	BindError,
	type DatePrecision,
	type EncodedValue,
	encode,
} from "../values/encode.ts";

/**
 * The parameters of a statement as SQLite takes them.
 *
 * @throws BindError as {@link encode}, and for a bigint of more than 64 bits
 */
export function encodeForSqlite(
	parameters: readonly unknown[],
	sql: string,
	precision: DatePrecision,
): EncodedValue[] {
	const values = encode(parameters, sql, precision);
	for (let index = 0; index < values.length; index++) {
		const value = values[index];
		if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
			throw new BindError(
				index + 1,
				sql,
				`${value}, which does not fit into the 64 bits of an integer: bind a text`,
			);
		}
	}
	return values;
}
