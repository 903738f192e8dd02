import { setImmediate as nextTurn } from "node:timers/promises";
import {
	type CompiledQuery,
	type DatabaseConnection,
	type DatabaseIntrospector,
	type Dialect,
	type Driver,
	type Kysely,
	type QueryCompiler,
	type QueryResult,
	SqliteAdapter,
	SqliteIntrospector,
	SqliteQueryCompiler,
	type TransactionSettings,
} from "kysely";
import { sqliteErrors } from "../errors/sqlite-errors.ts";
import { statementError } from "../errors/statement-error.ts";
import { savepointSql, statementKind } from "../session/statement-kind.ts";
import type { DatePrecision, EncodedValue } from "../values/encode.ts";
import { asksNotes, withNotes } from "../values/exact-values.ts";
import { encodeForSqlite } from "./sqlite-encode.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import type { SqliteHandle } from "./sqlite-handle.ts";

/** Rows that are read before the event loop gets a turn: `all()` of 50,000 rows would block for 36 ms. */
const sliceRows = 500;

/** Kysely over a SQLite file: SQLite's SQL, reads beside one writer with group commit. */
export class SqliteFileDialect implements Dialect {
	readonly #file: SqliteFile;
	readonly #dates: DatePrecision;

	constructor(file: SqliteFile, dates: DatePrecision) {
		this.#file = file;
		this.#dates = dates;
	}

	createDriver(): Driver {
		return new SqliteFileDriver(this.#file, this.#dates);
	}

	createQueryCompiler(): QueryCompiler {
		return this.#file.schema.toldBy(new SqliteQueryCompiler());
	}

	createAdapter(): SqliteAdapter {
		return new SqliteFileAdapter();
	}

	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	createIntrospector(db: Kysely<any>): DatabaseIntrospector {
		return new SqliteIntrospector(db);
	}
}

class SqliteFileAdapter extends SqliteAdapter {
	/** The writer brings its own lock, and reads need none. */
	override get supportsMultipleConnections(): boolean {
		return true;
	}

	/** True of SQLite, and what makes migrations safe: they all run under one `BEGIN IMMEDIATE`, which one process has at a time. */
	override get supportsTransactionalDdl(): boolean {
		return true;
	}
}

class SqliteFileDriver implements Driver {
	readonly #file: SqliteFile;
	readonly #dates: DatePrecision;

	constructor(file: SqliteFile, dates: DatePrecision) {
		this.#file = file;
		this.#dates = dates;
	}

	async init(): Promise<void> {}

	async acquireConnection(): Promise<DatabaseConnection> {
		return new SqliteSession(this.#file, this.#dates);
	}

	/** Isolation is always serializable, so that a weaker level that is asked for is given as well. */
	async beginTransaction(
		connection: DatabaseConnection,
		{ accessMode }: TransactionSettings,
	): Promise<void> {
		await (connection as SqliteSession).begin(accessMode === "read only");
	}

	async commitTransaction(connection: DatabaseConnection): Promise<void> {
		const session = connection as SqliteSession;
		try {
			session.commit();
		} catch (error) {
			throw session.told(error, "commit"); // a deferred foreign key
		}
	}

	/** Never rejects: the error that led here is the one that the caller has to see. */
	async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		(connection as SqliteSession).end();
	}

	async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
		(connection as SqliteSession).control(savepointSql("savepoint", name));
	}

	async rollbackToSavepoint(
		connection: DatabaseConnection,
		name: string,
	): Promise<void> {
		(connection as SqliteSession).control(savepointSql("rollback to", name));
	}

	async releaseSavepoint(
		connection: DatabaseConnection,
		name: string,
	): Promise<void> {
		(connection as SqliteSession).control(savepointSql("release", name));
	}

	async releaseConnection(connection: DatabaseConnection): Promise<void> {
		(connection as SqliteSession).end();
	}

	async destroy(): Promise<void> {
		await this.#file.close();
	}
}

/** A connection, as Kysely sees it: the shared handles, or one of them alone while a transaction lasts. */
class SqliteSession implements DatabaseConnection {
	readonly #file: SqliteFile;
	readonly #dates: DatePrecision;
	/** The handle of the open transaction. */
	#handle: SqliteHandle | undefined;
	#changesSchema = false;

	constructor(file: SqliteFile, dates: DatePrecision) {
		this.#file = file;
		this.#dates = dates;
	}

	async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		try {
			return await this.#execute<Row>(query);
		} catch (error) {
			throw this.told(error, query.sql);
		}
	}

	async #execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		const { sql } = query;
		const values = encodeForSqlite(query.parameters, sql, this.#dates);
		const kind = statementKind(query);
		if (this.#handle) {
			if (kind === "schema") {
				this.#changesSchema = true;
				this.#file.schema.renew();
			}
			return noted(
				this.#handle.execute<Row>(sql, values, kind === "read"),
				query,
			);
		}
		switch (kind) {
			case "read":
				return this.#read<Row>(query, values);
			case "write":
			case "schema": {
				const result = await this.#write<Row>(sql, values);
				if (kind === "schema") {
					this.#file.forget();
				}
				return result;
			}
			case "other":
				return this.#file.writer.alone(() => this.#runAlone(sql, values));
		}
	}

	async *streamQuery<Row>(
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterableIterator<QueryResult<Row>> {
		const values = encodeForSqlite(query.parameters, query.sql, this.#dates);
		if (statementKind(query) !== "read") {
			throw new TypeError(
				`"${query.sql}" is not a SELECT: only SELECT can be streamed on SQLite.`,
			);
		}
		// A read that lasts keeps its snapshot: on the shared handle everybody else would be stuck in it.
		const own = this.#handle ? undefined : this.#file.openReader();
		try {
			const handle = this.#handle ?? own ?? this.#file.writer.handle;
			let rows: Row[] = [];
			let count = 0;
			for (const row of handle.iterate(query.sql, values)) {
				rows.push(row as Row);
				if (++count % sliceRows === 0) {
					await nextTurn();
				}
				if (rows.length < chunkSize) {
					continue;
				}
				yield { rows };
				rows = [];
			}
			if (rows.length > 0) {
				yield { rows };
			}
		} catch (error) {
			throw this.told(error, query.sql);
		} finally {
			own?.close();
		}
	}

	async begin(isReadOnly: boolean): Promise<void> {
		const reader = isReadOnly ? this.#file.openReader() : undefined;
		if (reader) {
			reader.run("begin");
			this.#handle = reader;
			return;
		}
		await this.#file.writer.acquire();
		this.#handle = this.#file.writer.handle;
	}

	commit(): void {
		this.control("commit");
		this.end();
	}

	control(sql: string): void {
		if (!this.#handle) {
			throw new Error("the transaction has ended.");
		}
		this.#handle.run(sql);
	}

	/** Rolls back what is open and gives the handle back; does nothing the second time. */
	end(): void {
		const handle = this.#handle;
		this.#handle = undefined;
		if (!handle) {
			return;
		}
		if (this.#changesSchema) {
			this.#file.forget();
		}
		if (handle === this.#file.writer.handle) {
			this.#file.writer.release();
		} else {
			handle.close();
		}
	}

	async #read<Row>(
		query: CompiledQuery,
		values: readonly EncodedValue[],
	): Promise<QueryResult<Row>> {
		const result = await this.#file.read((handle) =>
			handle.execute<Row>(query.sql, values, true),
		);
		return noted(result, query);
	}

	async #write<Row>(
		sql: string,
		values: readonly EncodedValue[],
	): Promise<QueryResult<Row>> {
		const { writer } = this.#file;
		return writer.write(() => writer.handle.execute<Row>(sql, values, false));
	}

	/** The error that the program gets for a statement's. */
	told(error: unknown, sql: string): unknown {
		const handle = this.#handle ?? this.#file.writer.handle;
		return statementError(
			error,
			sql,
			sqliteErrors((text, ...values) => handle.ask(text, ...values)),
		);
	}

	/** A pragma, `VACUUM` and their like, which SQLite does not run inside a transaction. */
	#runAlone<Row>(
		sql: string,
		values: readonly EncodedValue[],
	): QueryResult<Row> {
		const { handle } = this.#file.writer;
		const result = handle.execute<Row>(sql, values, false);
		this.#file.forget();
		if (!handle.inTransaction) {
			return result;
		}
		handle.run("rollback");
		throw new TypeError(
			`"${sql}" would leave a transaction open that everybody shares: use db.transaction() or db.startTransaction().`,
		);
	}
}

/** SQLite compares values as it sorts them, and gives them whole: there is nothing to say of any column. */
function noted<Row>(
	result: QueryResult<Row>,
	query: CompiledQuery,
): QueryResult<Row> {
	return asksNotes(query) ? withNotes(result, () => undefined) : result;
}
