import type { PgTypeParsers } from "./pg-port.ts";
import { pgValues } from "./pg-values.ts";
import { type RawAnswer, type RawQuery, rawQuery } from "./raw-query.ts";

/** A statement as a library gives it to `pg`: `client.query(text, values)` or `client.query({ text, values, rowMode, types })`. */
export interface PgRequest {
	readonly query: RawQuery;
	/** Makes what `pg` would give of the server's answer. */
	readonly read: (answer: RawAnswer) => PgResult;
}

/** A result as `pg` has it. */
export interface PgResult {
	readonly command: string;
	/** Rows that were read or changed; null where that is no answer to the question. */
	readonly rowCount: number | null;
	readonly oid: number | null;
	readonly rows: unknown[];
	readonly fields: RawAnswer["fields"];
}

interface Config {
	readonly text?: unknown;
	readonly values?: readonly unknown[];
	readonly name?: string;
	readonly rowMode?: string;
	readonly types?: PgTypeParsers;
}

/**
 * Reads the arguments of `query()`.
 *
 * @throws TypeError for what a session can't do: a cursor, a callback
 */
export function pgRequest(
	given: readonly unknown[],
	types: PgTypeParsers,
): PgRequest {
	const [first, second] = given;
	if (given.some((each) => typeof each === "function")) {
		throw new TypeError(
			"query() of pgPool() gives a promise and calls nothing back: leave the callback out and await it.",
		);
	}
	const config: Config =
		typeof first === "string" ? { text: first } : Object(first);
	if (typeof config.text !== "string") {
		throw new TypeError(
			"submit" in config
				? "a cursor or a stream of pg can't be read through pgPool(): stream the rows by the database's own db (Kysely's stream())."
				: `query() of pgPool() takes a text or { text, values }, not ${first === null ? "null" : typeof first}.`,
		);
	}
	const values = Array.isArray(second) ? second : (config.values ?? []);
	const sql = config.text;
	const isArray = config.rowMode === "array";
	return {
		query: rawQuery(sql, pgValues(values, sql), Boolean(config.name)),
		read: (answer) => pgResult(answer, isArray, config.types ?? types),
	};
}

/** The result of a statement that begins or ends a part of a session. */
export function controlResult(command: string): PgResult {
	return { command, rowCount: null, oid: null, rows: [], fields: [] };
}

function pgResult(
	{ fields, rows, tag }: RawAnswer,
	isArray: boolean,
	types: PgTypeParsers,
): PgResult {
	const columns = fields.map(({ name, dataTypeID }) => ({
		name,
		parse: types.getTypeParser(dataTypeID, "text"),
	}));
	const values = rows.map((texts) =>
		texts.map((text, index) =>
			text === null ? null : columns[index]?.parse(text),
		),
	);
	// `SELECT 3`, `INSERT 0 1`, `CREATE TABLE`
	const [command = "", ...more] = tag.split(" ");
	const numbers = more.map(Number).filter(Number.isInteger);
	return {
		command,
		rowCount: numbers.at(-1) ?? null,
		oid: numbers.length > 1 ? (numbers[0] ?? null) : null,
		fields,
		rows: isArray
			? values
			: values.map((row) =>
					Object.fromEntries(
						row.map((value, index) => [columns[index]?.name, value]),
					),
				),
	};
}
