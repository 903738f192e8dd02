import { CompiledQuery, type QueryResult } from "kysely";
import type { PgField, PgRow, PgValue } from "./pg-port.ts";

/** A statement of a library that makes its own values and rows: what is sent is as it is, what comes back too. */
export interface RawQuery extends CompiledQuery {
	readonly parameters: readonly PgValue[];
	readonly raw: { readonly isPrepared: boolean };
}

/** The server's answer, nothing of it made into values. */
export interface RawAnswer {
	readonly fields: readonly PgField[];
	readonly rows: readonly PgRow[];
	/** The command's own word for it: `SELECT 3`, `INSERT 0 1`. */
	readonly tag: string;
}

export function rawQuery(
	sql: string,
	values: readonly PgValue[],
	isPrepared: boolean,
): RawQuery {
	const { query, queryId } = CompiledQuery.raw(sql);
	return { query, queryId, sql, parameters: values, raw: { isPrepared } };
}

/** True for a query that {@link rawQuery} has made. */
export function isRaw(query: CompiledQuery): query is RawQuery {
	return "raw" in query;
}

/** The answer as what runs statements passes it on, whose rows nobody but {@link answerOf} reads. */
export function resultOf<Row>(answer: RawAnswer): QueryResult<Row> {
	return { rows: [answer] as unknown as Row[] };
}

/** The answer to a {@link RawQuery}. */
export function answerOf({ rows }: QueryResult<unknown>): RawAnswer {
	return rows[0] as RawAnswer;
}
