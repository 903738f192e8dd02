import {
	DatabaseError,
	isNotExecuted,
	isOutcomeUnknown,
} from "../errors/database-error.ts";
import { textOf, unreachable } from "./connection-errors.ts";
import type { PoolStats } from "./pool-stats.ts";
import type { PooledConnection } from "./pooled-connection.ts";
import type { Server } from "./server.ts";
import { addressOf, type ResolvedServerOptions } from "./server-options.ts";
import type { Servers } from "./servers.ts";
import { SilenceWatch } from "./silence-watch.ts";

interface Waiter<Connection> {
	readonly resolve: (connection: Connection) => void;
	readonly reject: (error: unknown) => void;
	readonly timeoutMs: number;
	/** When it has waited for so long. */
	readonly endsAt: number;
}

const firstRetryMs = 25;
const lastRetryMs = 500;

/**
 * A bounded set of connections, lent first come, first served. Nothing in it waits for ever: each wait has a limit, a lent
 * connection works or is replaced, and one that is given back broken, old or inside a transaction is not lent again.
 */
export class Pool<Connection extends PooledConnection> {
	readonly #options: ResolvedServerOptions;
	readonly #servers: Servers<Connection>;
	/** Finds lent connections that wait in vain; undefined where there is no other server to go to. */
	readonly #watch: SilenceWatch | undefined;
	/** Not lent; the one that was used last is at the end and lent first, so that the others can grow old. */
	readonly #idle: Connection[] = [];
	readonly #lent = new Set<Connection>();
	readonly #validating = new Set<Connection>();
	readonly #waiters = new Set<Waiter<Connection>>();
	/** Tries to connect, and sessions being killed: what `close()` has to see through. */
	readonly #background = new Set<Promise<void>>();
	#connecting = 0;
	#lastFailure: Error | undefined;
	#reaper: NodeJS.Timeout | undefined;
	/** Ends the waits that take too long: one for all, since most are over within milliseconds. */
	#waitTimer: NodeJS.Timeout | undefined;
	#waitTimerAt = 0;
	#closing: Promise<void> | undefined;
	/** Until then a server that refuses is tried again within the same wait; undefined once a connection was there. */
	#openUntil: number | undefined;
	/** Aborted when the pool closes: ends the pauses between tries to connect. */
	readonly #closed = new AbortController();
	#onDrained: (() => void) | undefined;

	/** @param openTimeoutMs how long the first callers wait for a server that refuses connections; without it as long as all others */
	constructor(
		options: ResolvedServerOptions,
		servers: Servers<Connection>,
		openTimeoutMs?: number,
	) {
		this.#options = options;
		this.#servers = servers;
		this.#openUntil =
			openTimeoutMs === undefined
				? undefined
				: performance.now() + openTimeoutMs;
		if (!servers.hasChoice) {
			return;
		}
		this.#watch = new SilenceWatch(this.#lent, options.pingTimeoutMs, servers);
		servers.listen({
			hasConnectionsTo: (server) => this.#hasConnectionsTo(server),
			onMoved: () => this.#retireIdle(),
			onSilent: (server, reason) => this.#giveUp(server, reason),
		});
	}

	/**
	 * A connection that worked a moment ago; give it back with {@link release}.
	 *
	 * @throws DatabaseError `POOL_TIMEOUT`, `POOL_QUEUE_FULL` or `POOL_CLOSED`; before the first connection `UNREACHABLE`.
	 * @throws The driver's error where waiting does not help: wrong password, unknown database.
	 */
	acquire(
		timeoutMs: number = this.#options.acquireTimeoutMs,
	): Promise<Connection> {
		if (this.#closing) {
			return Promise.reject(this.#closedError());
		}
		const ready = this.#takeFresh();
		if (ready) {
			return Promise.resolve(ready);
		}
		if (this.#isQueueFull()) {
			return Promise.reject(this.#queueError());
		}
		return new Promise((resolve, reject) => {
			const endsAt = performance.now() + timeoutMs;
			this.#waiters.add({ resolve, reject, timeoutMs, endsAt });
			this.#armWaitTimer(endsAt);
			this.#supply();
		});
	}

	/**
	 * Opens connections before anybody asks for them.
	 * @throws as {@link acquire}
	 */
	async open(count: number): Promise<void> {
		const results = await Promise.allSettled(
			Array.from({ length: count }, () => this.acquire()),
		);
		for (const result of results) {
			if (result.status === "fulfilled") {
				this.release(result.value);
			}
		}
		const failed = results.find(({ status }) => status === "rejected");
		if (failed?.status === "rejected") {
			throw failed.reason;
		}
	}

	/** Takes a lent connection back. */
	release(connection: Connection): void {
		if (!this.#lent.delete(connection)) {
			return;
		}
		if (connection.isReusable && performance.now() < connection.expiresAt) {
			this.#offer(connection);
		} else {
			this.#discard(connection);
		}
		this.#supply();
		this.#checkDrained();
	}

	stats(): PoolStats {
		const inUse = this.#lent.size;
		const idle = this.#idle.length + this.#validating.size;
		return {
			open: idle + inUse,
			idle,
			inUse,
			connecting: this.#connecting,
			waiting: this.#waiters.size,
			server: this.#servers.current.name,
		};
	}

	/**
	 * Refuses new callers, serves those who wait already, waits for lent connections (`closeTimeoutMs` at most) and closes all of them.
	 * Never rejects; a second call gives the same promise.
	 */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	/** The last used idle connection, if it is young enough to be lent unasked. */
	#takeFresh(): Connection | undefined {
		if (this.#waiters.size > 0) {
			return undefined;
		}
		const now = performance.now();
		for (;;) {
			const connection = this.#idle.at(-1);
			if (!connection) {
				return undefined;
			}
			if (now < connection.expiresAt) {
				if (now - connection.idleSince > this.#options.validateAfterMs) {
					return undefined;
				}
				this.#idle.pop();
				this.#lend(connection);
				return connection;
			}
			this.#idle.pop();
			this.#retire(connection);
		}
	}

	get #total(): number {
		return (
			this.#idle.length +
			this.#validating.size +
			this.#lent.size +
			this.#connecting
		);
	}

	get #arriving(): number {
		return this.#connecting + this.#validating.size;
	}

	#isQueueFull(): boolean {
		return (
			this.#idle.length === 0 &&
			this.#total >= this.#options.size &&
			this.#waiters.size - this.#arriving >= this.#options.queueLimit
		);
	}

	/** Gets one connection under way for every waiter that has none, as far as `size` allows. */
	#supply(): void {
		while (this.#waiters.size > this.#arriving) {
			const idle = this.#idle.pop();
			if (idle) {
				this.#inBackground(this.#validate(idle));
			} else if (this.#total < this.#options.size) {
				this.#inBackground(this.#open());
			} else {
				return;
			}
		}
	}

	#lend(connection: Connection): void {
		this.#lent.add(connection);
		this.#watch?.start();
	}

	/** Lends a connection to who waits longest, or keeps it; one to a server that is not the current one any longer is closed. */
	#offer(connection: Connection): void {
		const isElsewhere = connection.server !== this.#servers.current;
		const [waiter] = this.#waiters;
		if (isElsewhere) {
			this.#retire(connection);
		} else if (waiter) {
			this.#waiters.delete(waiter);
			this.#lend(connection);
			waiter.resolve(connection);
		} else if (this.#closing) {
			this.#retire(connection);
		} else {
			connection.idleSince = performance.now();
			this.#idle.push(connection);
			this.#armReaper();
		}
	}

	async #validate(connection: Connection): Promise<void> {
		this.#validating.add(connection);
		try {
			await connection.ping(this.#options.pingTimeoutMs);
			this.#validating.delete(connection);
			this.#offer(connection);
		} catch {
			this.#validating.delete(connection);
			this.#discard(connection);
			// The cause that dropped this one (a firewall, a restart) dropped those that were idle longer, too.
			for (const other of this.#idle.splice(0)) {
				this.#discard(other);
			}
		}
		this.#supply();
	}

	/** Opens a connection for a waiter: tries again while nothing but time is needed and somebody still waits. */
	async #open(): Promise<void> {
		this.#connecting++;
		try {
			for (let delayMs = firstRetryMs; this.#waiters.size > 0; ) {
				if (await this.#tryToConnect()) {
					return;
				}
				await pause(delayMs, this.#closed.signal);
				delayMs = Math.min(delayMs * 2, lastRetryMs);
			}
		} finally {
			this.#connecting--;
			this.#supply();
		}
	}

	/** True when there is nothing more to do: a connection is there, or somebody was told why there can't be one. */
	async #tryToConnect(): Promise<boolean> {
		try {
			const connection = await this.#servers.connect();
			if (!connection.isReusable) {
				return false; // lost already, before anybody could listen
			}
			this.#lastFailure = undefined;
			this.#openUntil = undefined;
			connection.onLost = (reason) => {
				this.#forget(connection);
				this.#servers.noteLost(connection, reason);
			};
			this.#offer(connection);
			return true;
		} catch (error) {
			this.#lastFailure = error as Error;
			// Nothing was executed, so even a connection lost in the middle of the log-in is no reason to give up.
			if (isNotExecuted(error) || isOutcomeUnknown(error)) {
				return this.#isOpenedInVain(error as Error);
			}
			const [waiter] = this.#waiters;
			if (waiter) {
				this.#waiters.delete(waiter);
				waiter.reject(error);
			}
			return true;
		}
	}

	/** Tells those who wait for the first connection, when there is no more time for another try. */
	#isOpenedInVain(cause: Error): boolean {
		const isInVain =
			this.#openUntil !== undefined && performance.now() >= this.#openUntil;
		if (isInVain) {
			for (const waiter of this.#waiters) {
				waiter.reject(unreachable(addressOf(this.#options), cause));
			}
			this.#waiters.clear();
		}
		return isInVain;
	}

	/** Removes an idle connection that the server closed. */
	#forget(connection: Connection): void {
		const index = this.#idle.indexOf(connection);
		if (index !== -1) {
			this.#idle.splice(index, 1);
		}
	}

	#hasConnectionsTo(server: Server): boolean {
		const isThere = (connection: Connection) => connection.server === server;
		return this.#idle.some(isThere) || this.#lent.values().some(isThere);
	}

	/** Closes what nobody uses of the server that was current; what is lent follows when it comes back. */
	#retireIdle(): void {
		const { current } = this.#servers;
		for (const connection of this.#idle.splice(0)) {
			if (connection.server === current) {
				this.#idle.push(connection);
			} else {
				this.#retire(connection);
			}
		}
	}

	/** Ends the statements that wait for a server which does not answer. */
	#giveUp(server: Server, cause: Error): void {
		for (const connection of this.#lent) {
			if (connection.server === server && connection.isBusy) {
				connection.destroy(silentError(server, cause));
			}
		}
	}

	#discard(connection: Connection): void {
		connection.destroy();
		if (connection.killing) {
			this.#inBackground(connection.killing);
		}
	}

	/** Closes a connection that works, politely. */
	#retire(connection: Connection): void {
		this.#inBackground(connection.close());
	}

	#inBackground(work: Promise<void>): void {
		const tracked = work.finally(() => this.#background.delete(tracked));
		this.#background.add(tracked);
	}

	#armWaitTimer(endsAt: number): void {
		if (this.#waitTimer && this.#waitTimerAt <= endsAt) {
			return;
		}
		clearTimeout(this.#waitTimer);
		this.#waitTimerAt = endsAt;
		const inMs = Math.ceil(endsAt - performance.now());
		this.#waitTimer = setTimeout(() => this.#endWaits(), inMs);
	}

	#endWaits(): void {
		this.#waitTimer = undefined;
		const now = performance.now();
		let next = Number.POSITIVE_INFINITY;
		for (const waiter of this.#waiters) {
			if (waiter.endsAt <= now) {
				this.#waiters.delete(waiter);
				waiter.reject(this.#timeoutError(waiter.timeoutMs));
			} else {
				next = Math.min(next, waiter.endsAt);
			}
		}
		if (this.#waiters.size > 0) {
			this.#armWaitTimer(next);
		}
		this.#checkDrained();
	}

	#armReaper(): void {
		const [oldest] = this.#idle;
		if (this.#reaper || !oldest || this.#idle.length <= this.#options.maxIdle) {
			return;
		}
		const inMs =
			oldest.idleSince + this.#options.idleTimeoutMs - performance.now();
		this.#reaper = setTimeout(() => this.#reap(), Math.max(inMs, 0) + 1);
		this.#reaper.unref();
	}

	#reap(): void {
		this.#reaper = undefined;
		const limit = performance.now() - this.#options.idleTimeoutMs;
		while (this.#idle.length > this.#options.maxIdle) {
			const [oldest] = this.#idle;
			if (!oldest || oldest.idleSince > limit) {
				break;
			}
			this.#idle.shift();
			this.#retire(oldest);
		}
		this.#armReaper();
	}

	async #close(): Promise<void> {
		clearTimeout(this.#reaper);
		for (const connection of this.#idle.splice(0)) {
			this.#retire(connection);
		}
		if (this.#lent.size + this.#waiters.size > 0) {
			await this.#drained();
		}
		this.#closed.abort();
		for (const waiter of this.#waiters) {
			waiter.reject(this.#closedError());
		}
		this.#waiters.clear();
		clearTimeout(this.#waitTimer);
		for (const connection of this.#lent) {
			this.#discard(connection);
		}
		this.#watch?.stop();
		await this.#servers.close();
		while (this.#background.size > 0) {
			await Promise.allSettled(this.#background);
		}
	}

	async #drained(): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await new Promise<void>((resolve) => {
			this.#onDrained = resolve;
			timer = setTimeout(resolve, this.#options.closeTimeoutMs);
		});
		clearTimeout(timer);
	}

	#checkDrained(): void {
		if (this.#lent.size + this.#waiters.size === 0) {
			this.#onDrained?.();
		}
	}

	#timeoutError(timeoutMs: number): DatabaseError {
		const cause = this.#connecting > 0 ? this.#lastFailure : undefined;
		const where = addressOf(this.#options);
		const failure = cause ? textOf(cause) : "it has not answered yet.";
		return new DatabaseError(
			"POOL_TIMEOUT",
			this.#connecting > 0
				? `no connection to ${where} within ${timeoutMs} ms: ${failure}`
				: `all ${this.#options.size} connections to ${where} were in use for ${timeoutMs} ms.`,
			cause && { cause },
		);
	}

	#queueError(): DatabaseError {
		return new DatabaseError(
			"POOL_QUEUE_FULL",
			`${this.#options.queueLimit} callers wait for a connection to ${addressOf(this.#options)} already.`,
		);
	}

	#closedError(): DatabaseError {
		return new DatabaseError(
			"POOL_CLOSED",
			`the pool of ${addressOf(this.#options)} is closed.`,
		);
	}
}

/** As the driver's own when a connection breaks: the statement may or may not have been executed. */
function silentError(server: Server, cause: Error): Error {
	const error = new Error(`${server.name} does not answer any longer`, {
		cause,
	});
	return Object.assign(error, {
		code: "PROTOCOL_CONNECTION_LOST",
		fatal: true,
	});
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			return resolve();
		}
		const done = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, delayMs);
		signal.addEventListener("abort", done);
	});
}
