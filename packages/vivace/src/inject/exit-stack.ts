import { HTTPException } from "../errors/http-exception.ts";
import type { AnyGenerator } from "./generator.ts";
import { closing, currentLedger } from "./ledger.ts";
import { isThenable } from "./thenable.ts";

/**
 * Thrown into a generator dependency when the response that leaves has an error status though nothing was thrown: so that
 * a transaction is rolled back whether its route throws an error or returns one.
 */
export class ErrorStatus extends HTTPException {
	override readonly name = "ErrorStatus";
}

/** How a scope ended: well, or with the error that its generators are told. */
export interface Outcome {
	readonly error: unknown;
}

/** Stands for a value that is in its slot already, so that one which is itself a generator is not entered. */
export const kept: unique symbol = Symbol("kept");

interface Entered {
	readonly name: string;
	/** Lets it go on after its `yield`. */
	readonly resume: (resumption: Resumption) => void;
	/** Its rest, which waits for that. */
	readonly rest: Promise<void>;
	/** True when its rest may take time. */
	readonly isAsync: boolean;
	/** Says in a test's ledger that it has been left. */
	readonly close: (() => void) | undefined;
}

/** With what a generator goes on. */
interface Resumption {
	readonly outcome: Outcome | undefined;
	readonly close: (() => void) | undefined;
}

/** On all that were ever entered: a wrapper that remembers one would have its clean-up run by the next request. */
const entered: unique symbol = Symbol("entered");

type Enterable = AnyGenerator & { [entered]?: true };

/** The generators that a scope has started, left in reverse order, each once, whatever happens. */
export class ExitStack {
	readonly #entered: Entered[] = [];
	readonly #limitMs: number;

	/** @param limitMs how long one generator may take to clean up, in milliseconds; 0 is no limit */
	constructor(limitMs: number) {
		this.#limitMs = limitMs;
	}

	/**
	 * Starts a generator and puts what it yields first among the values; gives a promise of {@link kept} where that must be waited for.
	 * @throws Error when it ends without a `yield`, or was entered before
	 */
	enter(
		name: string,
		generator: AnyGenerator,
		values: unknown[],
		slot: number,
	): Promise<typeof kept> | undefined {
		const enterable: Enterable = generator;
		if (enterable[entered] === true) {
			throw new Error(
				`dependency "${name}" gave a generator that was entered before; call its function anew for each value.`,
			);
		}
		enterable[entered] = true; // in a WeakSet it would cost as much as all the rest
		const first = generator.next();
		const isAsync = isThenable(first);
		const { promise, resolve: resume } = Promise.withResolvers<Resumption>();
		// only now, so that it waits in the async context that the set-up has entered
		const rest = promise.then((resumption) =>
			restOf(name, generator, resumption),
		);
		const entry = { name, resume, rest, isAsync };
		if (isAsync) {
			return Promise.resolve(first).then((result) => {
				values[slot] = this.#add(entry, result);
				return kept;
			});
		}
		values[slot] = this.#add(entry, first);
		return undefined;
	}

	#add(
		entry: Omit<Entered, "close">,
		first: IteratorResult<unknown, unknown>,
	): unknown {
		if (first.done) {
			throw new Error(
				`dependency "${entry.name}" ended without yielding a value; write \`yield value;\` in its generator.`,
			);
		}
		const close = currentLedger()?.open("dependency", entry.name);
		this.#entered.push({ ...entry, close });
		return first.value;
	}

	/**
	 * Leaves every generator, the last entered first. An outcome's error is thrown into each; one that throws another error passes
	 * that on to the next.
	 * @throws the error that came out last, if any
	 */
	async leave(outcome: Outcome | undefined): Promise<void> {
		let current = outcome;
		let limit: ExitLimit | undefined;
		for (
			let entry = this.#entered.pop();
			entry !== undefined;
			entry = this.#entered.pop()
		) {
			const { name, resume, rest, isAsync, close } = entry;
			try {
				resume({ outcome: current, close });
				if (isAsync && this.#limitMs !== 0) {
					limit ??= new ExitLimit(this.#limitMs);
					await limit.bound(name, rest);
				} else {
					await rest;
				}
				if (current !== undefined && !(current.error instanceof ErrorStatus)) {
					current = { error: swallowed(name, current.error) };
				}
			} catch (error) {
				current = { error };
			}
		}
		limit?.end();
		if (current !== undefined) {
			throw current.error;
		}
	}
}

/** The part of a generator behind its `yield`. */
function restOf(
	name: string,
	generator: AnyGenerator,
	{ outcome, close }: Resumption,
): void | Promise<void> {
	const result = closing(close, () =>
		outcome === undefined ? generator.next() : generator.throw(outcome.error),
	);
	if (isThenable(result)) {
		return Promise.resolve(result).then(({ done }) =>
			done ? undefined : endSecond(name, generator),
		);
	}
	return result.done ? undefined : endSecond(name, generator);
}

async function endSecond(name: string, generator: AnyGenerator): Promise<void> {
	await generator.return(undefined);
	throw new Error(
		`dependency "${name}" yielded a second time; a dependency yields its value once, what follows cleans up.`,
	);
}

/** Bounds the time of one clean-up after the other, with one timer for all of them. */
class ExitLimit {
	readonly #limitMs: number;
	#timer: NodeJS.Timeout | undefined;
	#begunAt = 0;
	#giveUp: () => void = ignore;

	constructor(limitMs: number) {
		this.#limitMs = limitMs;
	}

	/** Rejects when the promise takes too long; what it does later is ignored. */
	bound(name: string, promise: Promise<void>): Promise<void> {
		this.#begunAt = performance.now();
		this.#timer ??= setTimeout(() => this.#onTime(), this.#limitMs);
		return new Promise((resolve, reject) => {
			this.#giveUp = () =>
				reject(
					new Error(
						`dependency "${name}" took longer than ${this.#limitMs} ms to clean up; it was left behind.`,
					),
				);
			promise.then(resolve, reject);
		});
	}

	/** The timer began with the first clean-up: the one that runs now may have time left. */
	#onTime(): void {
		const leftMs = this.#begunAt + this.#limitMs - performance.now();
		if (leftMs > 0) {
			this.#timer = setTimeout(() => this.#onTime(), Math.ceil(leftMs));
			return;
		}
		this.#timer = undefined;
		this.#giveUp();
	}

	end(): void {
		clearTimeout(this.#timer);
	}
}

function ignore(): void {}

/** FastAPI answers 500 where a dependency hides an exception: there is no response to send. */
function swallowed(name: string, error: unknown): Error {
	return new Error(
		`dependency "${name}" caught an error and did not throw it again, so that there is no response; rethrow it (or another).`,
		{ cause: error },
	);
}
