import { DatabaseError } from "../errors/database-error.ts";
import type { SqliteHandle } from "./sqlite-handle.ts";
import type { ResolvedSqliteOptions } from "./sqlite-options.ts";

/** Writes that share one commit at most: a commit blocks the event loop, so it has to stay short. */
const batchSize = 500;
const firstRetryMs = 2;
const lastRetryMs = 50;

/** Somebody who waits for the writing handle. */
interface Turn {
	/**
	 * The kind of turn: a `write` shares a transaction with its neighbours; `alone` runs outside any transaction; without it the turn is a
	 * transaction's, which holds the handle until it releases it.
	 */
	readonly kind: "write" | "alone" | "transaction";
	readonly work: () => unknown;
	readonly resolve: (value: never) => void;
	readonly reject: (error: unknown) => void;
	timer: NodeJS.Timeout | undefined;
}

/**
 * The one writer of a SQLite file, first come, first served.
 *
 * Group commit: writes that arrive before the next `setImmediate` share one `BEGIN IMMEDIATE … COMMIT`, each in a savepoint of its
 * own, and are acknowledged after the commit. So a write is durable when it resolves, and many of them cost one fsync.
 */
export class SqliteWriter {
	readonly #handle: SqliteHandle;
	readonly #options: ResolvedSqliteOptions;
	readonly #turns = new Set<Turn>();
	#isHeld = false;
	#isScheduled = false;
	#waitingTransactions = 0;
	#isClosed = false;
	#onIdle: (() => void) | undefined;

	constructor(handle: SqliteHandle, options: ResolvedSqliteOptions) {
		this.#handle = handle;
		this.#options = options;
	}

	get handle(): SqliteHandle {
		return this.#handle;
	}

	/** True when a transaction, or a commit that waits for another process, has the handle. */
	get isHeld(): boolean {
		return this.#isHeld;
	}

	get waiting(): number {
		return this.#turns.size;
	}

	/** Does the work in a savepoint of the next shared transaction; resolves after its commit. */
	write<Value>(work: () => Value): Promise<Value> {
		return this.#enqueue("write", work);
	}

	/** Does the work when nobody has a transaction open. */
	alone<Value>(work: () => Value): Promise<Value> {
		return this.#enqueue("alone", work);
	}

	/** Waits for the handle and begins a transaction; whoever gets it gives it back with {@link release}. */
	async acquire(): Promise<void> {
		if (this.#isHeld || this.#turns.size > 0 || this.#isClosed) {
			await this.#enqueue("transaction", () => undefined);
		} else {
			this.#isHeld = true;
		}
		try {
			await this.#begin();
		} catch (error) {
			this.release();
			throw error;
		}
	}

	/** Gives the handle to the next in turn; what is still open is rolled back. */
	release(): void {
		if (this.#handle.inTransaction) {
			this.#handle.run("rollback");
		}
		this.#isHeld = false;
		this.#drain();
		this.#checkIdle();
	}

	/** Refuses new work and waits for what is under way, `closeTimeoutMs` at most. */
	async close(): Promise<void> {
		this.#isClosed = true;
		if (this.#isHeld || this.#turns.size > 0) {
			let timer: NodeJS.Timeout | undefined;
			await new Promise<void>((resolve) => {
				this.#onIdle = resolve;
				timer = setTimeout(resolve, this.#options.closeTimeoutMs);
			});
			clearTimeout(timer);
		}
		for (const turn of this.#turns) {
			this.#refuse(turn, this.#closedError());
		}
	}

	#enqueue<Value>(kind: Turn["kind"], work: () => Value): Promise<Value> {
		if (this.#isClosed) {
			return Promise.reject(this.#closedError());
		}
		if (this.#turns.size >= this.#options.queueLimit) {
			return Promise.reject(this.#queueError());
		}
		return new Promise<Value>((resolve, reject) => {
			const turn: Turn = { kind, work, resolve, reject, timer: undefined };
			// Otherwise it runs at the next setImmediate, and a timer would cost more than the wait.
			if (this.#isHeld || this.#waitingTransactions > 0) {
				turn.timer = setTimeout(
					() => this.#refuse(turn, this.#timeoutError()),
					this.#options.acquireTimeoutMs,
				);
			}
			if (kind === "transaction") {
				this.#waitingTransactions++;
			}
			this.#turns.add(turn);
			this.#schedule();
		});
	}

	#schedule(): void {
		if (this.#isScheduled || this.#isHeld) {
			return;
		}
		this.#isScheduled = true;
		setImmediate(() => {
			this.#isScheduled = false;
			this.#drain();
			this.#checkIdle();
		});
	}

	#drain(): void {
		if (this.#isHeld) {
			return;
		}
		const [turn] = this.#turns;
		if (!turn) {
			return;
		}
		if (turn.kind === "transaction") {
			this.#isHeld = true;
			this.#take(turn).resolve(undefined as never);
			return;
		}
		if (turn.kind === "alone") {
			settle(this.#take(turn));
		} else {
			this.#commit(this.#takeBatch());
		}
		// One commit in one turn of the event loop, so that requests are read in between.
		if (this.#turns.size > 0) {
			this.#schedule();
		}
	}

	#take(turn: Turn): Turn {
		this.#turns.delete(turn);
		clearTimeout(turn.timer);
		if (turn.kind === "transaction") {
			this.#waitingTransactions--;
		}
		return turn;
	}

	#takeBatch(): Turn[] {
		const batch: Turn[] = [];
		for (const turn of this.#turns) {
			if (turn.kind !== "write" || batch.length === batchSize) {
				break;
			}
			batch.push(this.#take(turn));
		}
		return batch;
	}

	#commit(batch: readonly Turn[]): void {
		try {
			const begun = this.#begin();
			if (begun === undefined) {
				this.#runBatch(batch);
				return;
			}
			this.#isHeld = true;
			begun
				.then(
					() => this.#runBatch(batch),
					(error) => rejectAll(batch, error),
				)
				.finally(() => this.release());
		} catch (error) {
			rejectAll(batch, error);
		}
	}

	/** Runs a batch in the transaction that has begun, commits, and only then tells everybody. */
	#runBatch(batch: readonly Turn[]): void {
		const answers: (() => void)[] = [];
		try {
			for (const turn of batch) {
				answers.push(
					batch.length === 1 ? this.#attempt(turn) : this.#attemptApart(turn),
				);
			}
			this.#handle.run("commit");
		} catch (error) {
			if (this.#handle.inTransaction) {
				this.#handle.run("rollback");
			}
			rejectAll(batch, error);
			return;
		}
		for (const answer of answers) {
			answer();
		}
	}

	#attemptApart(turn: Turn): () => void {
		this.#handle.run("savepoint one");
		const answer = this.#attempt(turn, () =>
			this.#handle.run("rollback to one"),
		);
		this.#handle.run("release one");
		return answer;
	}

	#attempt(turn: Turn, undo?: () => void): () => void {
		try {
			const value = turn.work();
			return () => turn.resolve(value as never);
		} catch (error) {
			// A full disk and its like end the whole transaction: then nobody's write was kept.
			if (!this.#handle.inTransaction) {
				throw error;
			}
			undo?.();
			return () => turn.reject(error);
		}
	}

	/** Begins at once if it can; waits without blocking if another process writes. */
	#begin(): undefined | Promise<void> {
		try {
			this.#handle.run("begin immediate");
			return undefined;
		} catch (error) {
			if (!isBusy(error)) {
				throw error;
			}
			return this.#beginLater();
		}
	}

	async #beginLater(): Promise<void> {
		const deadline = performance.now() + this.#options.busyTimeoutMs;
		for (let delayMs = firstRetryMs; ; ) {
			await new Promise((resolve) => setTimeout(resolve, delayMs));
			delayMs = Math.min(delayMs * 2, lastRetryMs);
			try {
				this.#handle.run("begin immediate");
				return;
			} catch (error) {
				if (!isBusy(error) || performance.now() > deadline) {
					throw error;
				}
			}
		}
	}

	#refuse(turn: Turn, error: DatabaseError): void {
		this.#take(turn).reject(error);
		this.#checkIdle();
	}

	#checkIdle(): void {
		if (!this.#isHeld && this.#turns.size === 0) {
			this.#onIdle?.();
		}
	}

	#timeoutError(): DatabaseError {
		return new DatabaseError(
			"POOL_TIMEOUT",
			`no turn to write to ${this.#options.path} within ${this.#options.acquireTimeoutMs} ms: a transaction holds it.`,
		);
	}

	#queueError(): DatabaseError {
		return new DatabaseError(
			"POOL_QUEUE_FULL",
			`${this.#options.queueLimit} writes to ${this.#options.path} wait already.`,
		);
	}

	#closedError(): DatabaseError {
		return new DatabaseError(
			"POOL_CLOSED",
			`the database ${this.#options.path} is closed.`,
		);
	}
}

function settle(turn: Turn): void {
	try {
		turn.resolve(turn.work() as never);
	} catch (error) {
		turn.reject(error);
	}
}

function rejectAll(batch: readonly Turn[], error: unknown): void {
	for (const turn of batch) {
		turn.reject(error);
	}
}

function isBusy(error: unknown): boolean {
	const { errcode } = error as { errcode?: unknown };
	return typeof errcode === "number" && (errcode & 0xff) === 5;
}
