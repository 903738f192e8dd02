import type { AsyncLocalStorage } from "node:async_hooks";
import type {
	AbortableOperationOptions,
	CompiledQuery,
	DatabaseConnection,
	Driver,
	QueryCompiler,
	QueryResult,
	TransactionSettings,
} from "kysely";
import type { AnySession } from "./session.ts";

/** A driver whose statements belong to the session of the code that is running, if there is one. */
export class SessionDriver implements Driver {
	readonly #driver: Driver;
	readonly #current: AsyncLocalStorage<AnySession | undefined>;

	constructor(
		driver: Driver,
		current: AsyncLocalStorage<AnySession | undefined>,
	) {
		this.#driver = driver;
		this.#current = current;
	}

	init(options?: AbortableOperationOptions): Promise<void> {
		return this.#driver.init(options);
	}

	acquireConnection(
		options?: AbortableOperationOptions,
	): Promise<DatabaseConnection> {
		const session = this.#current.getStore();
		return session === undefined
			? this.#driver.acquireConnection(options)
			: Promise.resolve(new SessionConnection(session));
	}

	async beginTransaction(
		connection: DatabaseConnection,
		settings: TransactionSettings,
	): Promise<void> {
		if (connection instanceof SessionConnection) {
			throw controlledError();
		}
		await this.#driver.beginTransaction(connection, settings);
	}

	commitTransaction(connection: DatabaseConnection): Promise<void> {
		return this.#driver.commitTransaction(connection);
	}

	rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		return this.#driver.rollbackTransaction(connection);
	}

	async savepoint(
		connection: DatabaseConnection,
		name: string,
		compile: QueryCompiler["compileQuery"],
	): Promise<void> {
		await this.#driver.savepoint?.(connection, name, compile);
	}

	async rollbackToSavepoint(
		connection: DatabaseConnection,
		name: string,
		compile: QueryCompiler["compileQuery"],
	): Promise<void> {
		await this.#driver.rollbackToSavepoint?.(connection, name, compile);
	}

	async releaseSavepoint(
		connection: DatabaseConnection,
		name: string,
		compile: QueryCompiler["compileQuery"],
	): Promise<void> {
		await this.#driver.releaseSavepoint?.(connection, name, compile);
	}

	releaseConnection(
		connection: DatabaseConnection,
		options?: AbortableOperationOptions,
	): Promise<void> {
		return connection instanceof SessionConnection
			? kept // by its session
			: this.#driver.releaseConnection(connection, options);
	}

	destroy(options?: AbortableOperationOptions): Promise<void> {
		return this.#driver.destroy(options);
	}
}

const kept = Promise.resolve();

/** A connection inside a session, as Kysely sees it. */
class SessionConnection implements DatabaseConnection {
	readonly #session: AnySession;

	constructor(session: AnySession) {
		this.#session = session;
	}

	executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		return this.#session.execute<Row>(query);
	}

	streamQuery<Row>(
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterableIterator<QueryResult<Row>> {
		return this.#session.stream<Row>(query, chunkSize);
	}
}

/** @returns The error for a transaction with an end of its own inside a session. */
export function controlledError(): TypeError {
	return new TypeError(
		"startTransaction() can't be used inside a session, which ends its transaction itself; use session.nested(), or db.transaction(), " +
			"which is the same there.",
	);
}
