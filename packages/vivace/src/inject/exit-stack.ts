import { AsyncLocalStorage } from "node:async_hooks";
import { HTTPException } from "../errors/http-exception.ts";
import type { AnyGenerator } from "./generator.ts";
import { closing, currentLedger } from "./ledger.ts";

/**
 * What is thrown into a generator dependency when the response that leaves has an error status though nothing was thrown: so that
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
	readonly generator: AnyGenerator;
	/** Runs in the async context that the set-up left behind, so that cleaning up sees what set-up saw and entered. */
	readonly inContext: <Result>(call: () => Result) => Result;
	/** Says in a test's ledger that it has been left. */
	readonly close: (() => void) | undefined;
}

/** All that were ever entered: a wrapper that remembers one would have its clean-up run by the next request. */
const known = new WeakSet<AnyGenerator>();

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
		if (known.has(generator)) {
			throw new Error(
				`dependency "${name}" gave a generator that was entered before; call its function anew for each value.`,
			);
		}
		known.add(generator);
		const first = generator.next();
		const inContext = AsyncLocalStorage.snapshot(); // only now, so that it holds what the set-up has entered
		if (first instanceof Promise) {
			return first.then((result) => {
				values[slot] = this.#add(name, generator, inContext, result);
				return kept;
			});
		}
		values[slot] = this.#add(name, generator, inContext, first);
		return undefined;
	}

	#add(
		name: string,
		generator: AnyGenerator,
		inContext: Entered["inContext"],
		first: IteratorResult<unknown, unknown>,
	): unknown {
		if (first.done) {
			throw new Error(
				`dependency "${name}" ended without yielding a value; write \`yield value;\` in its generator.`,
			);
		}
		const close = currentLedger()?.open("dependency", name);
		this.#entered.push({ name, generator, inContext, close });
		return first.value;
	}

	/**
	 * Leaves every generator, the last entered first. An outcome's error is thrown into each; one that throws another error passes
	 * that on to the next.
	 * @throws the error that came out last, if any
	 */
	async leave(outcome: Outcome | undefined): Promise<void> {
		let current = outcome;
		for (
			let entry = this.#entered.pop();
			entry !== undefined;
			entry = this.#entered.pop()
		) {
			current = await this.#leaveOne(entry, current);
		}
		if (current !== undefined) {
			throw current.error;
		}
	}

	async #leaveOne(
		entry: Entered,
		outcome: Outcome | undefined,
	): Promise<Outcome | undefined> {
		const { name, generator, inContext, close } = entry;
		const resume = () =>
			outcome === undefined ? generator.next() : generator.throw(outcome.error);
		try {
			const result = await this.#bounded(
				name,
				inContext(() => closing(close, resume)),
			);
			if (!result.done) {
				await inContext(() => generator.return(undefined));
				throw new Error(
					`dependency "${name}" yielded a second time; a dependency yields its value once, what follows cleans up.`,
				);
			}
		} catch (error) {
			return { error };
		}
		return outcome === undefined || outcome.error instanceof ErrorStatus
			? outcome
			: { error: swallowed(name, outcome.error) };
	}

	#bounded<Result>(
		name: string,
		result: Result | Promise<Result>,
	): Result | Promise<Result> {
		if (!(result instanceof Promise) || this.#limitMs === 0) {
			return result;
		}
		const { promise, reject } = Promise.withResolvers<never>();
		const timer = setTimeout(() => {
			reject(
				new Error(
					`dependency "${name}" took longer than ${this.#limitMs} ms to clean up; it was left behind.`,
				),
			);
		}, this.#limitMs);
		return Promise.race([result, promise]).finally(() => clearTimeout(timer));
	}
}

/** FastAPI answers 500 where a dependency hides an exception: there is no response to send. */
function swallowed(name: string, error: unknown): Error {
	return new Error(
		`dependency "${name}" caught an error and did not throw it again, so that there is no response; rethrow it (or another).`,
		{ cause: error },
	);
}
