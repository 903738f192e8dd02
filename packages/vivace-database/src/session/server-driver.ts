import {
	type CompiledQuery,
	type DatabaseConnection,
	type Driver,
	type QueryResult,
	RawNode,
	SelectQueryNode,
	type TransactionSettings,
} from "kysely";
import { withCaller } from "../errors/caller-stack.ts";
import {
	DatabaseError,
	isConnectionLost,
	isServerReadOnly,
	noteUndone,
} from "../errors/database-error.ts";
import { type ErrorRules, statementError } from "../errors/statement-error.ts";
import type { Pool } from "../pool/pool.ts";
import type { PooledConnection } from "../pool/pooled-connection.ts";
import type { SchemaVersion } from "../values/schema-version.ts";
import { statementKind } from "./statement-kind.ts";

/** A connection of an engine whose statement can be ended from outside. */
export interface AbandonableConnection extends PooledConnection {
	/** Destroys the connection and has the server end what it still runs for this one. */
	abandon(reason: Error): void;
}

/** The differences between engines with servers, as their driver needs them. */
export interface ServerEngine<Connection> {
	readonly errors: ErrorRules;
	/** Renewed when a statement has changed the schema, and when the transaction has ended that it was in. */
	readonly schema: SchemaVersion;
	/** Runs a statement of the program. */
	execute<Row>(
		connection: Connection,
		query: CompiledQuery,
	): Promise<QueryResult<Row>>;
	/** The rows of one, as they arrive. */
	stream(
		connection: Connection,
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterable<Record<string, unknown>[]>;
	/** Begins a transaction. */
	begin(connection: Connection, settings: TransactionSettings): Promise<void>;
	/** Stores it; rejects where the server says yes and has not. */
	commit(connection: Connection): Promise<void>;
	/** Runs a statement about a savepoint, or the rollback. */
	control(connection: Connection, sql: string): Promise<void>;
	/** A statement about a savepoint. */
	savepointSql(command: string, name: string): string;
}

/** Kysely's driver over our pool. */
export class ServerDriver<Connection extends AbandonableConnection>
	implements Driver
{
	readonly #pool: Pool<Connection>;
	readonly #engine: ServerEngine<Connection>;

	constructor(pool: Pool<Connection>, engine: ServerEngine<Connection>) {
		this.#pool = pool;
		this.#engine = engine;
	}

	async init(): Promise<void> {}

	async acquireConnection(): Promise<DatabaseConnection> {
		try {
			return new Lease(this.#pool, await this.#pool.acquire(), this.#engine);
		} catch (error) {
			throw withCaller(error);
		}
	}

	async beginTransaction(
		connection: DatabaseConnection,
		settings: TransactionSettings,
	): Promise<void> {
		try {
			await this.#engine.begin(this.#currentOf(connection), settings);
		} catch (error) {
			noteUndone(error); // there is nothing in it yet
			throw error;
		}
	}

	async commitTransaction(connection: DatabaseConnection): Promise<void> {
		try {
			await this.#engine.commit(this.#currentOf(connection));
		} catch (error) {
			throw statementError(error, "commit", this.#engine.errors);
		} finally {
			(connection as Lease<Connection>).noteEnd();
		}
	}

	/**
	 * Never rejects: a connection that can't roll back is destroyed, and the server rolls back then; the error that led here is the
	 * one that the caller has to see.
	 */
	async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		const current = this.#currentOf(connection);
		try {
			await this.#engine.control(current, "rollback");
		} catch (error) {
			current.destroy(error as Error);
		} finally {
			(connection as Lease<Connection>).noteEnd();
		}
	}

	savepoint(connection: DatabaseConnection, name: string): Promise<void> {
		return this.#control(connection, "savepoint", name);
	}

	rollbackToSavepoint(
		connection: DatabaseConnection,
		name: string,
	): Promise<void> {
		return this.#control(connection, "rollback to", name);
	}

	releaseSavepoint(
		connection: DatabaseConnection,
		name: string,
	): Promise<void> {
		return this.#control(connection, "release savepoint", name);
	}

	releaseConnection(connection: DatabaseConnection): Promise<void> {
		this.#pool.release(this.#currentOf(connection));
		return released;
	}

	async destroy(): Promise<void> {
		await this.#pool.close();
	}

	async #control(
		connection: DatabaseConnection,
		command: string,
		name: string,
	): Promise<void> {
		const sql = this.#engine.savepointSql(command, name);
		await this.#engine.control(this.#currentOf(connection), sql);
	}

	#currentOf(connection: DatabaseConnection): Connection {
		return (connection as Lease<Connection>).current; // Kysely gives back what it got
	}
}

const released = Promise.resolve();

/** A connection while Kysely has it. */
class Lease<Connection extends AbandonableConnection>
	implements DatabaseConnection
{
	readonly #pool: Pool<Connection>;
	readonly #engine: ServerEngine<Connection>;
	#current: Connection;
	/** Until the first statement nothing depends on which connection this is. */
	#isFresh = true;
	#changesSchema = false;

	constructor(
		pool: Pool<Connection>,
		connection: Connection,
		engine: ServerEngine<Connection>,
	) {
		this.#pool = pool;
		this.#current = connection;
		this.#engine = engine;
	}

	/** The connection to use for a transaction; from now on it stays the same. */
	get current(): Connection {
		this.#isFresh = false;
		return this.#current;
	}

	async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		const isFresh = this.#isFresh;
		this.#isFresh = false;
		try {
			return await this.#engine.execute<Row>(this.#current, query);
		} catch (error) {
			if (isFresh && mayRepeat(query, error)) {
				return await this.#runAgain<Row>(query);
			}
			throw statementError(error, query.sql, this.#engine.errors);
		} finally {
			if (statementKind(query) === "schema") {
				this.#changesSchema = true;
				this.#engine.schema.renew();
			}
		}
	}

	/** Its transaction has ended. */
	noteEnd(): void {
		if (this.#changesSchema) {
			this.#changesSchema = false;
			this.#engine.schema.renew();
		}
	}

	async *streamQuery<Row>(
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterableIterator<QueryResult<Row>> {
		const chunks = this.#engine.stream(this.current, query, chunkSize);
		try {
			for await (const rows of chunks) {
				yield { rows: rows as Row[] };
			}
		} catch (error) {
			throw statementError(error, query.sql, this.#engine.errors);
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

	/** On another connection. */
	async #runAgain<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		try {
			this.#pool.release(this.#current);
			this.#current = await this.#pool.acquire();
			return await this.#engine.execute<Row>(this.#current, query);
		} catch (error) {
			throw statementError(error, query.sql, this.#engine.errors);
		}
	}
}

/** True when a statement outside a transaction can be run once more on another connection. */
function mayRepeat({ query }: CompiledQuery, error: unknown): boolean {
	// it was lost between two statements: nothing has been sent
	if (error instanceof DatabaseError && error.code === "CONNECTION_LOST") {
		return true;
	}
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
