import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { QueryResult } from "kysely";
import {
	decodeDate,
	decodeInteger,
	type EncodedValue,
} from "../values/encode.ts";
import { noteExactText } from "../values/exact-values.ts";

/** Statements that stay prepared; the one that was used longest ago makes room. */
const cacheSize = 256;

type Decode = (value: unknown) => unknown;

interface Prepared {
	readonly statement: StatementSync;
	/** Names of the columns; empty for a statement that gives no rows. */
	names: readonly string[];
	/** By column; undefined where the value is right as it is. */
	decoders: readonly (Decode | undefined)[];
	/** True when integers come as bigint, because one of them did not fit a double. */
	readsBigInts: boolean;
}

/** One handle on a SQLite file: statements prepared once, values decoded by the type their column was declared with. */
export class SqliteHandle {
	readonly #database: DatabaseSync;
	readonly #cache = new Map<string, Prepared>();

	constructor(
		path: string,
		options: { readonly readOnly?: boolean; readonly timeoutMs: number },
	) {
		this.#database = new DatabaseSync(path, {
			readOnly: options.readOnly ?? false,
			timeout: options.timeoutMs,
		});
	}

	get inTransaction(): boolean {
		return this.#database.isTransaction;
	}

	/** Runs one statement. `isRead` says that it changes nothing, so that it may be run twice. */
	execute<Row>(
		sql: string,
		values: readonly EncodedValue[],
		isRead: boolean,
	): QueryResult<Row> {
		const prepared = this.#cached(sql, isRead);
		if (prepared.names.length > 0) {
			const rows = allRows(prepared, values, isRead) as Row[];
			return isRead ? { rows } : { rows, numAffectedRows: BigInt(rows.length) };
		}
		const { changes, lastInsertRowid } = prepared.statement.run(
			...toSqlite(values),
		);
		return {
			rows: [],
			numAffectedRows: BigInt(changes),
			...(changes && { insertId: BigInt(lastInsertRowid) }),
		};
	}

	/** The rows of one reading statement, one at a time. */
	*iterate(
		sql: string,
		values: readonly EncodedValue[],
	): Generator<Record<string, unknown>, void, undefined> {
		// Not from the cache: a statement that is iterated must not be run by somebody else.
		const prepared = prepare(this.#database, sql, true);
		prepared.statement.setReadBigInts(true);
		prepared.readsBigInts = true;
		for (const row of prepared.statement.iterate(...toSqlite(values))) {
			yield toRecord(row as unknown as readonly unknown[], prepared);
		}
	}

	/** Runs statements that take no values and give no rows; cached, so that BEGIN and COMMIT cost no parsing. */
	run(sql: string): void {
		this.#cached(sql, false).statement.run();
	}

	/** Runs a pragma and gives what it answers. */
	pragma(text: string): unknown {
		const row = this.#database.prepare(`pragma ${text}`).get();
		return row && Object.values(row)[0];
	}

	/** Rows of a statement about the schema, as they are. */
	ask(sql: string, ...values: string[]): Record<string, unknown>[] {
		return this.#database.prepare(sql).all(...values);
	}

	/** Forgets what was prepared, after a change of the schema. */
	reload(): void {
		this.#cache.clear();
		// A handle notices another one's change when it runs a statement, not when it prepares one.
		this.#database.prepare("select 1 from sqlite_schema").get();
	}

	close(): void {
		this.#cache.clear();
		this.#database.close();
	}

	#cached(sql: string, isRead: boolean): Prepared {
		const known = this.#cache.get(sql);
		if (known) {
			this.#cache.delete(sql);
			this.#cache.set(sql, known);
			return known;
		}
		const prepared = prepare(this.#database, sql, isRead);
		this.#cache.set(sql, prepared);
		if (this.#cache.size > cacheSize) {
			const [oldest] = this.#cache.keys();
			this.#cache.delete(oldest as string);
		}
		return prepared;
	}
}

function prepare(
	database: DatabaseSync,
	sql: string,
	isRead: boolean,
): Prepared {
	const statement = database.prepare(sql);
	// As arrays, which become plain objects: node:sqlite's own rows have no prototype and are no faster.
	statement.setReturnArrays(true);
	// A write can't be run again when a number turns out too big, so it gives bigints from the start.
	statement.setReadBigInts(!isRead);
	const prepared: Prepared = {
		statement,
		names: [],
		decoders: [],
		readsBigInts: !isRead,
	};
	describeColumns(prepared);
	return prepared;
}

function describeColumns(prepared: Prepared): void {
	const columns = prepared.statement.columns();
	prepared.names = columns.map(({ name }) => name);
	prepared.decoders = columns.map(({ type }) =>
		type && /^(timestamp|date)/i.test(type) ? decodeTimestamp : undefined,
	);
}

function allRows(
	prepared: Prepared,
	values: readonly EncodedValue[],
	isRead: boolean,
): Record<string, unknown>[] {
	try {
		const rows = prepared.statement.all(...toSqlite(values));
		// Another process has added or dropped a column since the statement was prepared.
		const width = (rows[0] as unknown as readonly unknown[] | undefined)
			?.length;
		if (width !== undefined && width !== prepared.names.length) {
			describeColumns(prepared);
		}
		const records = new Array<Record<string, unknown>>(rows.length);
		for (let index = 0; index < rows.length; index++) {
			records[index] = toRecord(
				rows[index] as unknown as readonly unknown[],
				prepared,
			);
		}
		return records;
	} catch (error) {
		const isTooBig =
			(error as { code?: unknown }).code === "ERR_OUT_OF_RANGE" &&
			isRead &&
			!prepared.readsBigInts;
		if (!isTooBig) {
			throw error;
		}
		prepared.statement.setReadBigInts(true);
		prepared.readsBigInts = true;
		return allRows(prepared, values, isRead);
	}
}

function toRecord(
	row: readonly unknown[],
	{ names, decoders, readsBigInts }: Prepared,
): Record<string, unknown> {
	const record: Record<string, unknown> = {};
	for (let index = 0; index < names.length; index++) {
		const value = row[index];
		const decode = decoders[index];
		record[names[index] as string] = decode
			? decode(value)
			: readsBigInts && typeof value === "bigint"
				? decodeInteger(value)
				: value;
	}
	return record;
}

function decodeTimestamp(value: unknown): unknown {
	if (typeof value !== "string") {
		return value;
	}
	const date = decodeDate(value);
	// as we write them, to the second; any other text would not be found again by the date
	if (value.length !== 19 || value[10] !== " ") {
		noteExactText(date, value);
	}
	return date;
}

/** node:sqlite binds every number as a double, which a text column would show: `1` as `1.0`. */
function toSqlite(values: readonly EncodedValue[]): EncodedValue[] {
	return values.map((value) =>
		typeof value === "number" && Number.isSafeInteger(value)
			? BigInt(value)
			: value,
	);
}
