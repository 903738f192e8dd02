import {
	type CompiledQuery,
	type DatabaseConnection,
	type DatabaseIntrospector,
	type Dialect,
	type Driver,
	type Kysely,
	MysqlAdapter,
	MysqlIntrospector,
	type QueryCompiler,
	type QueryResult,
	RawNode,
	SelectQueryNode,
	sql,
	type TransactionSettings,
} from "kysely";
import { withCaller } from "../errors/caller-stack.ts";
import {
	DatabaseError,
	isConnectionLost,
	isServerReadOnly,
	noteUndone,
} from "../errors/database-error.ts";
import { statementError } from "../errors/statement-error.ts";
import { isRepeated } from "../session/compile-query.ts";
import { savepointSql, statementKind } from "../session/statement-kind.ts";
import { type DatePrecision, encode } from "../values/encode.ts";
import { asksNotes, withNotes } from "../values/exact-values.ts";
import type { SchemaVersion } from "../values/schema-version.ts";
import {
	CharacterQueryCompiler,
	type SchemaCharacters,
} from "./character-set.ts";
import { notesOf } from "./decode-rows.ts";
import type { MysqlAnswer, MysqlConnection } from "./mysql-connection.ts";
import { mysqlErrors } from "./mysql-errors.ts";
import type { MysqlPool } from "./mysql-pool.ts";

/** Kysely over our pool: MySQL's SQL, our connections. */
export class MysqlPoolDialect implements Dialect {
	readonly #pool: MysqlPool;
	readonly #dates: DatePrecision;
	readonly #characters: SchemaCharacters;
	readonly #schema: SchemaVersion;

	constructor(
		pool: MysqlPool,
		dates: DatePrecision,
		characters: SchemaCharacters,
		schema: SchemaVersion,
	) {
		this.#pool = pool;
		this.#dates = dates;
		this.#characters = characters;
		this.#schema = schema;
	}

	createDriver(): Driver {
		return new MysqlPoolDriver(this.#pool, this.#dates, this.#schema);
	}

	createQueryCompiler(): QueryCompiler {
		return this.#schema.toldBy(new CharacterQueryCompiler(this.#characters));
	}

	createAdapter(): MysqlAdapter {
		return new LockingMysqlAdapter();
	}

	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	createIntrospector(db: Kysely<any>): DatabaseIntrospector {
		return new MysqlIntrospector(db);
	}
}

/** How long another process may take to migrate, in seconds. */
const migrationLockSeconds = 600;
const migrationLock = "vivace_migrations";

/** Kysely's adapter asks for the lock of migrations but does not look at the answer. */
class LockingMysqlAdapter extends MysqlAdapter {
	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	override async acquireMigrationLock(db: Kysely<any>): Promise<void> {
		const { rows } = await sql<{ taken: number | null }>`
			select get_lock(${migrationLock}, ${migrationLockSeconds}) as taken`.execute(
			db,
		);
		if (rows[0]?.taken === 1) {
			return;
		}
		throw new DatabaseError(
			"MIGRATION_LOCKED",
			`another process has been migrating this database for ${migrationLockSeconds} s.`,
		);
	}

	// biome-ignore lint/suspicious/noExplicitAny: Kysely's own signature
	override async releaseMigrationLock(db: Kysely<any>): Promise<void> {
		await sql`select release_lock(${migrationLock})`.execute(db);
	}
}

class MysqlPoolDriver implements Driver {
	readonly #pool: MysqlPool;
	readonly #dates: DatePrecision;
	readonly #schema: SchemaVersion;

	constructor(pool: MysqlPool, dates: DatePrecision, schema: SchemaVersion) {
		this.#pool = pool;
		this.#dates = dates;
		this.#schema = schema;
	}

	async init(): Promise<void> {}

	async acquireConnection(): Promise<DatabaseConnection> {
		try {
			const connection = await this.#pool.acquire();
			return new Lease(this.#pool, connection, this.#dates, this.#schema);
		} catch (error) {
			throw withCaller(error);
		}
	}

	async beginTransaction(
		connection: DatabaseConnection,
		{ isolationLevel, accessMode }: TransactionSettings,
	): Promise<void> {
		const { current } = connection as Lease;
		try {
			if (isolationLevel) {
				await current.query(
					`set transaction isolation level ${isolationLevel}`,
				);
			}
			await current.query(`start transaction ${accessMode ?? ""}`);
		} catch (error) {
			noteUndone(error); // there is nothing in it yet
			throw error;
		}
	}

	async commitTransaction(connection: DatabaseConnection): Promise<void> {
		try {
			await (connection as Lease).current.query("commit");
		} catch (error) {
			throw statementError(error, "commit", mysqlErrors);
		}
	}

	/**
	 * Never rejects: a connection that can't roll back is destroyed, and the server rolls back then; the error that led here is the
	 * one that the caller has to see.
	 */
	async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		const { current } = connection as Lease;
		try {
			await current.query("rollback");
		} catch (error) {
			current.destroy(error as Error);
		}
	}

	async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
		await (connection as Lease).current.query(savepointSql("savepoint", name));
	}

	async rollbackToSavepoint(
		connection: DatabaseConnection,
		name: string,
	): Promise<void> {
		const sql = savepointSql("rollback to", name);
		await (connection as Lease).current.query(sql);
	}

	async releaseSavepoint(
		connection: DatabaseConnection,
		name: string,
	): Promise<void> {
		const sql = savepointSql("release savepoint", name);
		await (connection as Lease).current.query(sql);
	}

	async releaseConnection(connection: DatabaseConnection): Promise<void> {
		this.#pool.release((connection as Lease).current);
	}

	async destroy(): Promise<void> {
		await this.#pool.close();
	}
}

/** A connection while Kysely has it. */
class Lease implements DatabaseConnection {
	readonly #pool: MysqlPool;
	readonly #dates: DatePrecision;
	readonly #schema: SchemaVersion;
	#current: MysqlConnection;
	/** Until the first statement nothing depends on which connection this is. */
	#isFresh = true;

	constructor(
		pool: MysqlPool,
		connection: MysqlConnection,
		dates: DatePrecision,
		schema: SchemaVersion,
	) {
		this.#pool = pool;
		this.#current = connection;
		this.#dates = dates;
		this.#schema = schema;
	}

	/** The connection to use for a transaction; from now on it stays the same. */
	get current(): MysqlConnection {
		this.#isFresh = false;
		return this.#current;
	}

	async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		try {
			return toResult(await this.#run(query), query);
		} catch (error) {
			throw statementError(error, query.sql, mysqlErrors);
		} finally {
			if (statementKind(query) === "schema") {
				this.#schema.renew();
			}
		}
	}

	async *streamQuery<Row>(
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterableIterator<QueryResult<Row>> {
		const values = encode(query.parameters, query.sql, this.#dates);
		const chunks = this.current.stream(query.sql, values, chunkSize);
		try {
			for await (const rows of chunks) {
				yield { rows: rows as Row[] };
			}
		} catch (error) {
			throw statementError(error, query.sql, mysqlErrors);
		}
	}

	/** Called when the caller's signal aborts: within a transaction too, this ends the statement and the session at once. */
	async cancelQuery(): Promise<void> {
		this.current.abandon(new Error("the statement was cancelled"));
		await this.#current.killing;
	}

	async killSession(): Promise<void> {
		await this.cancelQuery();
	}

	async #run(query: CompiledQuery): Promise<MysqlAnswer> {
		const values = encode(query.parameters, query.sql, this.#dates);
		const isPrepared = isRepeated(query);
		const isFresh = this.#isFresh;
		this.#isFresh = false;
		try {
			return await this.#current.query(query.sql, values, isPrepared);
		} catch (error) {
			if (!isFresh || !mayRepeat(query, error)) {
				throw error;
			}
			this.#pool.release(this.#current);
			this.#current = await this.#pool.acquire();
			return await this.#current.query(query.sql, values, isPrepared);
		}
	}
}

/** True when a statement outside a transaction can be run once more on another connection. */
function mayRepeat({ query }: CompiledQuery, error: unknown): boolean {
	// The server refused it; but a raw one may be a procedure that has done half its work.
	if (isServerReadOnly(error)) {
		return !RawNode.is(query);
	}
	return (
		isConnectionLost(error) &&
		SelectQueryNode.is(query) &&
		!query.endModifiers?.length // "for update" wants its transaction
	);
}

function toResult<Row>(
	{ result, fields }: MysqlAnswer,
	query: CompiledQuery,
): QueryResult<Row> {
	if (Array.isArray(result)) {
		const rows = result as Row[];
		return asksNotes(query) ? withNotes({ rows }, notesOf(fields)) : { rows };
	}
	const { insertId, affectedRows, changedRows } = result;
	const found = { rows: [], numAffectedRows: BigInt(affectedRows ?? 0) };
	const changed =
		changedRows === undefined
			? found
			: { ...found, numChangedRows: BigInt(changedRows) };
	return insertId ? { ...changed, insertId: BigInt(insertId) } : changed;
}
