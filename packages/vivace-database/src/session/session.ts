import type { AsyncLocalStorage } from "node:async_hooks";
import type {
	CompiledQuery,
	Driver,
	IsolationLevel,
	Kysely,
	QueryCompiler,
	QueryResult,
} from "kysely";
import { assertArgument } from "../errors/options.ts";
import { SessionEndedError } from "./session-error.ts";
import type { SessionOptions } from "./session-options.ts";
import {
	controlsTransaction,
	type Engine,
	needsTransaction,
} from "./statement-kind.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** A session, where it does not matter which tables its database has. */
// biome-ignore lint/suspicious/noExplicitAny: a Kysely object of some tables is not one of unknown tables
export type AnySession = Session<any>;

/** The port of sessions to their database. */
export interface SessionHost {
	readonly engine: Engine;
	/** Gives connections that know nothing of sessions. */
	readonly driver: Driver;
	/** Makes SQL of savepoints, for drivers that don't write it themselves. */
	readonly compile: QueryCompiler["compileQuery"];
	/** The session of the code that is running. */
	readonly current: AsyncLocalStorage<AnySession | undefined>;
	/** The database's Kysely object, for one session whoever uses it. */
	readonly dbOf: (session: AnySession) => unknown;
}

/** On SQLite whoever writes keeps everybody else from writing; longer than this it is worth a warning, in development. */
const slowSqliteMs = 50;

/**
 * One transaction at most, for a request or a unit of work. It takes a connection when it is first needed, begins with the first
 * statement that writes or locks, and ends with its owner: stored if that went well, undone if not.
 *
 * Statements that are given to it at the same time run one after the other.
 */
export class Session<Tables = unknown> implements AsyncDisposable {
	readonly #host: SessionHost;
	readonly #options: SessionOptions;
	readonly #unit: UnitOfWork;
	readonly #parent: Session<Tables> | undefined;
	readonly #depth: number;
	#db: Kysely<Tables> | undefined;
	#state: "open" | "committed" | "rolled back" = "open";
	/** The `nested` call that is under way. */
	#child: Session<Tables> | undefined;
	#childEnd: Promise<void> | undefined;
	/** The savepoint of a nested session, made with its first write. */
	#saving: Promise<void> | undefined;
	/** Statements under way. */
	#running = 0;
	#onIdle: (() => void) | undefined;
	#hooks: (() => unknown)[] = [];
	/** The owner, a request for instance: who finds the session of another owner makes a nested part of it. */
	owner: object | undefined;

	/** @internal Databases make them. */
	constructor(
		host: SessionHost,
		options: SessionOptions & { readonly signal?: () => AbortSignal },
		parent?: Session<Tables>,
	) {
		this.#host = host;
		this.#options = options;
		this.#parent = parent;
		this.#depth = parent ? parent.#depth + 1 : 0;
		this.#unit = parent ? parent.#unit : unitFor(host, options);
		this.owner = parent?.owner;
	}

	/**
	 * The database's Kysely object, in this session wherever it is used. In a handler, and in whatever that calls, the database's own
	 * `db` does the same.
	 */
	get db(): Kysely<Tables> {
		this.#db ??= this.#host.dbOf(this) as Kysely<Tables>; // of the same database
		return this.#db;
	}

	/**
	 * Runs a part that can fail by itself: if the function throws, only what it wrote is undone (a savepoint), and its error goes on. What
	 * others do in the session meanwhile waits until it has ended.
	 */
	async nested<Value>(
		work: (session: Session<Tables>) => Value | Promise<Value>,
	): Promise<Value> {
		assertArgument("session.nested()", "work", work, "function");
		const { session: child, end } = await this.beginNested();
		try {
			const value = await child.run(() => work(child));
			await child.commit();
			return value;
		} catch (error) {
			await child.rollback();
			throw error;
		} finally {
			end();
		}
	}

	/** A nested part that its caller commits or rolls back, and then ends with `end()`; where a function can do it, {@link nested} is simpler. */
	async beginNested(): Promise<{
		readonly session: Session<Tables>;
		readonly end: () => void;
	}> {
		const inner = this.innermost();
		if (inner !== this) {
			return inner.beginNested();
		}
		this.#assertOpen();
		while (this.#childEnd) {
			await this.#unit.orFailed(this.#childEnd);
		}
		this.#assertOpen();
		const { promise, resolve } = Promise.withResolvers<void>();
		const child = new Session<Tables>(this.#host, this.#options, this);
		this.#child = child;
		this.#childEnd = promise;
		const end = () => {
			this.#child = undefined;
			this.#childEnd = undefined;
			resolve();
		};
		return { session: child, end };
	}

	/**
	 * Leaves a function for when the transaction has been stored: it is called then, after those that were left before it, outside the
	 * session and before the response leaves. It is not called when the session, or the `nested` part that it was left in, is undone.
	 * An error of it is logged.
	 */
	afterCommit(hook: () => unknown): void {
		assertArgument("session.afterCommit()", "hook", hook, "function");
		this.#assertOpen();
		this.#hooks.push(hook);
	}

	/** Calls a function whose statements, through the database's own `db`, belong to this session. */
	run<Value>(work: () => Value): Value {
		assertArgument("session.run()", "work", work, "function");
		return this.#host.current.run(this, work);
	}

	/**
	 * Stores what was written and ends the session. Whoever owns it does so; does nothing if it was committed already.
	 * @throws why it could not be stored; it is undone then
	 */
	async commit(): Promise<void> {
		if (this.#state === "committed") {
			return;
		}
		this.#assertOpen();
		while (this.#childEnd) {
			await this.#unit.orFailed(this.#childEnd);
		}
		this.#state = "committed"; // statements that come while it is stored would not be
		try {
			if (this.#parent === undefined) {
				await this.#unit.commit();
			} else {
				await this.#release();
			}
		} catch (error) {
			this.#state = "open";
			await this.rollback();
			throw error;
		}
		if (this.#parent) {
			this.#parent.#hooks.push(...this.#hooks);
		} else {
			await this.#callHooks();
		}
	}

	/** Undoes what was written and ends the session; never rejects, and does nothing if it has ended. */
	async rollback(): Promise<void> {
		if (this.#state !== "open") {
			return;
		}
		this.#state = "rolled back";
		if (this.#parent === undefined) {
			await this.#unit.rollback();
			return;
		}
		while (this.#childEnd) {
			await this.#childEnd;
		}
		if (this.#saving === undefined) {
			return;
		}
		await this.#saving.catch(() => undefined); // the error is known: it is what led here
		await this.#unit.rollbackToSavepoint(this.#name);
	}

	/** True when it has neither been committed nor rolled back. */
	get isOpen(): boolean {
		return this.#state === "open";
	}

	/** Rolls back, unless it was committed. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.rollback();
	}

	/** @internal */
	async execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
		this.#assertOpen();
		while (this.#barrier) {
			await this.#unit.orFailed(this.#barrier);
		}
		this.#running++;
		try {
			return await this.#unit.execute<Row>(query, await this.#prepare(query));
		} finally {
			this.#running--;
			if (this.#running === 0) {
				this.#onIdle?.();
			}
		}
	}

	/** @internal */
	async *stream<Row>(
		query: CompiledQuery,
		chunkSize: number,
	): AsyncIterableIterator<QueryResult<Row>> {
		this.#assertOpen();
		while (this.#barrier) {
			await this.#unit.orFailed(this.#barrier);
		}
		const begins = await this.#prepare(query);
		yield* this.#unit.stream<Row>(query, chunkSize, begins);
	}

	/** @internal The session in which a statement runs that was given to this one: a nested session's code means that one. */
	innermost(): Session<Tables> {
		const current = this.#host.current.getStore() as
			| Session<Tables>
			| undefined;
		for (let each = current; each !== undefined; each = each.#parent) {
			if (each === this) {
				return current as Session<Tables>;
			}
		}
		return this;
	}

	/** Between a nested part's savepoint and its end there are only its own statements. */
	get #barrier(): Promise<void> | undefined {
		return this.#child !== undefined && this.#child.#saving !== undefined
			? this.#childEnd
			: undefined;
	}

	/** True when a statement needs the transaction; makes the savepoint that has to come before it. */
	async #prepare(query: CompiledQuery): Promise<boolean> {
		const { readOnly, snapshot } = this.#options;
		const needsOne = needsTransaction(query, this.#host.engine);
		if (controlsTransaction(query)) {
			throw controlError(query);
		}
		if (needsOne && readOnly) {
			throw readOnlyError(query);
		}
		const begins = needsOne || snapshot === true;
		if (begins) {
			await this.#save();
		}
		return begins;
	}

	#save(): Promise<void> {
		const parent = this.#parent;
		if (parent === undefined) {
			return done;
		}
		this.#saving ??= (async () => {
			await parent.#save();
			await parent.#idle();
			await this.#unit.savepoint(this.#name);
		})();
		return this.#saving;
	}

	/** Gives up the savepoint, when what was not awaited has been done as well. */
	async #release(): Promise<void> {
		if (this.#saving === undefined) {
			return;
		}
		await this.#saving;
		await this.#idle();
		await this.#unit.releaseSavepoint(this.#name);
	}

	async #idle(): Promise<void> {
		if (this.#running === 0) {
			return;
		}
		await new Promise<void>((resolve) => {
			this.#onIdle = resolve;
		});
	}

	get #name(): string {
		return `nested_${this.#depth}`;
	}

	#assertOpen(): void {
		if (this.#state !== "open") {
			throw new SessionEndedError(this.#state);
		}
	}

	async #callHooks(): Promise<void> {
		for (const hook of this.#hooks.splice(0)) {
			try {
				await this.#host.current.run(undefined, hook);
			} catch (error) {
				const { log = console.warn } = this.#options;
				log(
					`a function of afterCommit() failed, after what it belongs to was stored: ${error instanceof Error ? error.stack : error}`,
				);
			}
		}
	}
}

const done: Promise<void> = Promise.resolve();

function unitFor(
	host: SessionHost,
	{
		readOnly = false,
		snapshot = false,
		isolation,
		timeoutMs = 30_000,
		log = console.warn,
		signal,
	}: SessionOptions & { readonly signal?: () => AbortSignal },
): UnitOfWork {
	const warns =
		host.engine === "sqlite" &&
		!readOnly &&
		process.env.NODE_ENV !== "production";
	return new UnitOfWork(host.driver, host.engine, host.compile, {
		isReadOnly: readOnly,
		isolation: isolation ?? snapshotIsolation(host.engine, snapshot),
		timeoutMs,
		signal: signal ?? (() => undefined),
		onEnd: warns
			? (lastedMs, first) => {
					if (lastedMs > slowSqliteMs) {
						log(slowText(lastedMs, first));
					}
				}
			: undefined,
	});
}

/** PostgreSQL sees newer data with each statement unless it is told otherwise; the other engines' own isolation has one snapshot. */
function snapshotIsolation(
	engine: Engine,
	isSnapshot: boolean,
): IsolationLevel | undefined {
	return engine === "postgres" && isSnapshot ? "repeatable read" : undefined;
}

function slowText(lastedMs: number, first: string): string {
	return (
		`a transaction kept everybody else from writing to SQLite for ${Math.round(lastedMs)} ms, from "${excerpt(first)}" on: await ` +
		"what is slow before its first write, or leave it for afterCommit()."
	);
}

function controlError({ sql }: CompiledQuery): TypeError {
	return new TypeError(
		`"${excerpt(sql)}": a session begins and ends its transaction itself; use session.nested() for a part of its own.`,
	);
}

function readOnlyError({ sql }: CompiledQuery): TypeError {
	return new TypeError(
		`"${excerpt(sql)}" may write, and the session is for reading only (readOnly).`,
	);
}

function excerpt(sql: string): string {
	return sql.length > 120 ? `${sql.slice(0, 120)}…` : sql;
}
