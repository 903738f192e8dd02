import type {
	CompiledQuery,
	DatabaseConnection,
	Driver,
	IsolationLevel,
	QueryCompiler,
	QueryResult,
} from "kysely";
import {
	DatabaseError,
	isDeadlock,
	isUnavailable,
	noteUndone,
} from "../errors/database-error.ts";
import { isReported } from "../errors/postgres-errors.ts";
import { SessionEndedError } from "./session-error.ts";
import type { Engine } from "./statement-kind.ts";

/** How a transaction is begun, and what bounds it. */
export interface UnitOfWorkOptions {
	readonly isReadOnly: boolean;
	readonly isolation: IsolationLevel | undefined;
	/** How long its transaction may be open, in milliseconds; 0 is no limit. */
	readonly timeoutMs: number;
	/** Aborted when nobody waits for the outcome any more; asked for when the transaction begins. */
	readonly signal: () => AbortSignal | undefined;
	/** Gets how long its transaction was open, in milliseconds, and the statement that began it. */
	readonly onEnd: ((lastedMs: number, first: string) => void) | undefined;
}

/**
 * A transaction that may or may not be begun: until then statements run each by itself on any connection, from then on one after
 * the other on one connection. Used by sessions, which know when it has to begin.
 */
export class UnitOfWork {
	readonly #driver: Driver;
	readonly #engine: Engine;
	readonly #options: UnitOfWorkOptions;
	/** For drivers that don't write savepoints themselves. */
	readonly #compile: QueryCompiler["compileQuery"];
	#beginning: Promise<DatabaseConnection> | undefined;
	#connection: DatabaseConnection | undefined;
	#begunAt = 0;
	#firstStatement = "";
	/** Statements under way on the connection. */
	#running = 0;
	#streams = 0;
	#onIdle: (() => void) | undefined;
	/** Why nothing can be stored any more. */
	#failure: unknown;
	#hasFailed = false;
	/** PostgreSQL: the refused statement that has given up what came since the last savepoint. */
	#spoiledBy: Error | undefined;
	#hasEnded = false;
	#failing: PromiseWithResolvers<never> | undefined;
	#abandoning: Promise<void> | undefined;
	#timer: NodeJS.Timeout | undefined;
	#watched: AbortSignal | undefined;

	constructor(
		driver: Driver,
		engine: Engine,
		compile: QueryCompiler["compileQuery"],
		options: UnitOfWorkOptions,
	) {
		this.#driver = driver;
		this.#compile = compile;
		this.#engine = engine;
		this.#options = options;
	}

	/** Runs a statement, in the transaction if there is one or `begins` says that it needs one. */
	async execute<Row>(
		query: CompiledQuery,
		begins: boolean,
	): Promise<QueryResult<Row>> {
		this.#assertSound();
		if (!begins && this.#beginning === undefined) {
			return this.#apart(query);
		}
		return this.#inTransaction(query.sql, (connection) =>
			connection.executeQuery<Row>(query),
		);
	}

	/** As {@link execute}, for a statement whose rows are read one by one. */
	async *stream<Row>(
		query: CompiledQuery,
		chunkSize: number,
		begins: boolean,
	): AsyncIterableIterator<QueryResult<Row>> {
		this.#assertSound();
		if (!begins && this.#beginning === undefined) {
			const connection = await this.#driver.acquireConnection();
			try {
				yield* connection.streamQuery<Row>(query, chunkSize);
			} catch (error) {
				noteUndone(error);
				throw error;
			} finally {
				await this.#driver.releaseConnection(connection);
			}
			return;
		}
		const connection = await this.#begun(query.sql);
		this.#streams++;
		try {
			yield* connection.streamQuery<Row>(query, chunkSize);
		} catch (error) {
			throw this.#judged(error);
		} finally {
			this.#streams--;
		}
	}

	savepoint(name: string): Promise<void> {
		return this.#inTransaction(`savepoint ${name}`, async (connection) =>
			this.#driver.savepoint?.(connection, name, this.#compile),
		);
	}

	releaseSavepoint(name: string): Promise<void> {
		return this.#inTransaction(`release ${name}`, async (connection) =>
			this.#driver.releaseSavepoint?.(connection, name, this.#compile),
		);
	}

	/** Undoes what came after a savepoint; one that is gone with the whole transaction says nothing new. */
	async rollbackToSavepoint(name: string): Promise<void> {
		if (this.#hasFailed) {
			return;
		}
		try {
			this.#spoiledBy = undefined; // it was after the savepoint, which could not have been made otherwise
			await this.#inTransaction(`rollback to ${name}`, async (connection) =>
				this.#driver.rollbackToSavepoint?.(connection, name, this.#compile),
			);
		} catch (error) {
			this.#fail(error); // rows that should be undone might be stored otherwise
		}
	}

	/**
	 * Stores what was written.
	 * @throws why it is not stored: the commit's error, or what has made the transaction useless before
	 */
	async commit(): Promise<void> {
		if (this.#streams > 0) {
			this.#fail(openStream());
		}
		const connection = await this.#end();
		if (this.#spoiledBy) {
			this.#fail(spoiledError(this.#spoiledBy));
		}
		if (this.#hasFailed) {
			if (connection) {
				await this.#undo(connection);
			}
			throw this.#failure;
		}
		if (!connection) {
			return;
		}
		try {
			await this.#driver.commitTransaction(connection);
		} catch (error) {
			await this.#undo(connection);
			throw error;
		}
		await this.#driver.releaseConnection(connection);
	}

	/** Undoes what was written. Never rejects: the error that led here is the one to be seen. */
	async rollback(): Promise<void> {
		if (this.#streams > 0) {
			await this.#cancel();
		}
		const connection = await this.#end();
		if (connection) {
			await this.#undo(connection);
		}
	}

	/** Waits for something that may never come if the transaction fails. */
	async orFailed<Value>(waited: Promise<Value>): Promise<Value> {
		this.#assertSound();
		if (this.#failing === undefined) {
			this.#failing = Promise.withResolvers<never>();
			this.#failing.promise.catch(() => undefined); // only those who wait for it are told
		}
		return Promise.race([waited, this.#failing.promise]);
	}

	/** Gives up at once: the running statement is ended, the transaction rolled back, whatever comes later gets the reason. */
	abort(reason: unknown): void {
		if (this.#hasFailed) {
			return;
		}
		this.#fail(reason);
		if (this.#connection) {
			this.#abandoning = this.#abandon(this.#connection);
		}
	}

	async #apart<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		const connection = await this.#driver.acquireConnection();
		try {
			return await connection.executeQuery<Row>(query);
		} catch (error) {
			noteUndone(error); // only what reads runs apart, and nothing is stored before the end
			throw error;
		} finally {
			await this.#driver.releaseConnection(connection);
		}
	}

	async #inTransaction<Value>(
		statement: string,
		work: (connection: DatabaseConnection) => Promise<Value>,
	): Promise<Value> {
		this.#assertSound();
		this.#running++;
		try {
			const connection = await this.#begun(statement);
			if (this.#streams > 0 && this.#engine !== "sqlite") {
				throw openStream();
			}
			if (this.#spoiledBy) {
				throw spoiledError(this.#spoiledBy);
			}
			try {
				return await work(connection);
			} catch (error) {
				throw this.#judged(error);
			}
		} finally {
			this.#running--;
			if (this.#running === 0) {
				this.#onIdle?.();
			}
		}
	}

	/** The connection of the transaction, which is begun if it is not yet. One that could not be begun may be tried again. */
	async #begun(statement: string): Promise<DatabaseConnection> {
		this.#beginning ??= this.#begin(statement).catch((error) => {
			this.#beginning = undefined;
			throw error;
		});
		const connection = await this.#beginning;
		this.#assertSound();
		return connection;
	}

	async #begin(statement: string): Promise<DatabaseConnection> {
		const { isReadOnly, isolation, signal } = this.#options;
		const watched = signal();
		const connection = await this.#driver.acquireConnection();
		try {
			await this.#driver.beginTransaction(connection, {
				...(isReadOnly && { accessMode: "read only" }),
				...(isolation && { isolationLevel: isolation }),
			});
		} catch (error) {
			await this.#undo(connection);
			throw error;
		}
		if (this.#hasFailed) {
			await this.#undo(connection);
			throw this.#failure;
		}
		this.#connection = connection;
		this.#firstStatement = statement;
		this.#begunAt = performance.now();
		this.#watch(watched);
		return connection;
	}

	#watch(watched: AbortSignal | undefined): void {
		const { timeoutMs } = this.#options;
		if (timeoutMs > 0) {
			this.#timer = setTimeout(
				() => this.abort(timeoutError(timeoutMs)),
				timeoutMs,
			);
		}
		if (watched === undefined) {
			return;
		}
		this.#watched = watched;
		if (watched.aborted) {
			this.#onAborted();
		} else {
			watched.addEventListener("abort", this.#onAborted);
		}
	}

	readonly #onAborted = (): void => {
		const reason: unknown = this.#watched?.reason;
		// A server that is about to stop lets requests finish.
		if (reason !== "shutdown") {
			this.abort(reason);
		}
	};

	/** Waits for what is under way, refuses what comes later, and takes the connection, if there is one, out of use. */
	async #end(): Promise<DatabaseConnection | undefined> {
		for (;;) {
			await this.#beginning?.catch(() => undefined); // whoever waits for it is told
			await this.#abandoning;
			if (this.#running === 0) {
				break;
			}
			await new Promise<void>((resolve) => {
				this.#onIdle = resolve;
			});
		}
		this.#hasEnded = true;
		return this.#take();
	}

	#take(): DatabaseConnection | undefined {
		const connection = this.#connection;
		if (!connection) {
			return undefined;
		}
		this.#connection = undefined;
		clearTimeout(this.#timer);
		this.#watched?.removeEventListener("abort", this.#onAborted);
		this.#options.onEnd?.(
			performance.now() - this.#begunAt,
			this.#firstStatement,
		);
		return connection;
	}

	async #abandon(connection: DatabaseConnection): Promise<void> {
		if (this.#running + this.#streams > 0) {
			await this.#cancel();
		}
		this.#take();
		await this.#undo(connection);
	}

	/** Ends the running statement, and the connection with it, where the driver can. */
	async #cancel(): Promise<void> {
		try {
			await this.#connection?.cancelQuery?.(noControlConnection);
		} catch {
			// the server could not be told; its end of the connection is closed all the same
		}
	}

	async #undo(connection: DatabaseConnection): Promise<void> {
		try {
			await this.#driver.rollbackTransaction(connection);
		} catch {
			// the pool does not lend a connection again that is inside a transaction
		} finally {
			await this.#driver.releaseConnection(connection).catch(() => undefined);
		}
	}

	#assertSound(): void {
		if (this.#hasFailed) {
			throw this.#failure;
		}
		if (this.#hasEnded) {
			throw new SessionEndedError("over");
		}
	}

	/**
	 * After some errors the server has rolled back the whole transaction, or nobody knows: what is written from then on would be stored
	 * without what came before. A refused statement (a duplicate key) leaves the transaction as it is.
	 */
	#judged(error: unknown): unknown {
		if (this.#hasFailed) {
			return this.#failure;
		}
		if (isUnavailable(error) || (isDeadlock(error) && !isLockWait(error))) {
			this.#fail(error);
		} else if (this.#engine === "postgres" && isRefusal(error)) {
			this.#spoiledBy ??= error;
		}
		return error;
	}

	#fail(reason: unknown): void {
		if (this.#hasFailed) {
			return;
		}
		this.#hasFailed = true;
		this.#failure = reason;
		this.#failing?.reject(reason);
	}
}

/** A lock wait that took too long undoes only its statement (`innodb_rollback_on_timeout` is off by default). */
function isLockWait(error: unknown): boolean {
	return (error as { errno?: unknown } | null)?.errno === 1205;
}

/** True for an error of the server's, as it came or as the cause of ours: what is refused before it is sent spoils nothing. */
function isRefusal(error: unknown): error is Error {
	return (
		error instanceof Error && (isReported(error) || isReported(error.cause))
	);
}

function spoiledError(cause: Error): DatabaseError {
	return new DatabaseError(
		"TRANSACTION_SPOILED",
		`PostgreSQL gives up a transaction when it refuses one of its statements, and had refused one: ${cause.message}. Nothing of the transaction is stored; ` +
			"run a statement that may fail in session.nested(), which undoes it alone.",
		{ cause },
	);
}

function timeoutError(timeoutMs: number): DatabaseError {
	return new DatabaseError(
		"SESSION_TIMEOUT",
		`the transaction of this session was open for ${timeoutMs} ms and was rolled back (timeoutMs).`,
	);
}

function openStream(): Error {
	return new Error(
		"rows are still being streamed in this transaction, whose connection does one thing at a time: read them to their end first.",
	);
}

const noControlConnection = (): never => {
	throw new TypeError("our drivers bring their own connection for this");
};
