import { HTTPException } from "../errors/http-exception.ts";
import { type ExitWatch, exitWatch, type WatchedExit } from "./exit-watch.ts";
import type { AnyGenerator } from "./generator.ts";
import { type KeptContext, keepContext } from "./kept-context.ts";
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

/** How a scope was left; `undefined` is well. A promise, which never rejects, only where something had to be waited for. */
export type Left = Outcome | undefined | Promise<Outcome | undefined>;

/** Stands for a value that is in its slot already, so that one which is itself a generator is not entered. */
export const kept: unique symbol = Symbol("kept");

/** A generator that was started. It stands in the slot of its value until that is there. */
export class Entering {
	readonly name: string;
	readonly generator: AnyGenerator;
	/** That which the first part has entered: the rest runs in it, too. */
	readonly context: KeptContext = keepContext();
	/** Says in a test's ledger that it has been left. */
	close: (() => void) | undefined;

	constructor(name: string, generator: AnyGenerator) {
		this.name = name;
		this.generator = generator;
	}
}

/** The result of a generator's `next()`. */
type Part = IteratorResult<unknown, unknown>;

/** On all that were ever entered: a wrapper that remembers one would have its clean-up run by the next request. */
const entered: unique symbol = Symbol("entered");

type Enterable = AnyGenerator & { [entered]?: true };

/** The generators that a scope has started, left in reverse order, each once, whatever happens. */
export class ExitStack {
	readonly #entered: Entering[] = [];
	readonly #limitMs: number;

	/** @param limitMs how long one generator may take to clean up, in milliseconds; 0 is no limit */
	constructor(limitMs: number) {
		this.#limitMs = limitMs;
	}

	/**
	 * Starts a generator and puts what it yields first among the values. Where that must be waited for, gives the promise whose result is for
	 * {@link ExitStack.take}.
	 *
	 * @throws Error when it ends without a `yield`, or was entered before
	 */
	enter(
		name: string,
		generator: AnyGenerator,
		values: unknown[],
		slot: number,
	): PromiseLike<unknown> | undefined {
		const enterable: Enterable = generator;
		if (enterable[entered] === true) {
			throw new Error(
				`dependency "${name}" gave a generator that was entered before; call its function anew for each value.`,
			);
		}
		enterable[entered] = true; // in a WeakSet it would cost as much as all the rest
		const part = generator.next();
		const entry = new Entering(name, generator);
		if (isThenable(part)) {
			values[slot] = entry;
			return part;
		}
		values[slot] = this.#add(entry, part);
		return undefined;
	}

	/**
	 * Goes on with a generator that stands in its slot, where that had to be waited for; gives the value that it yields first.
	 *
	 * @throws Error when the generator has ended without a `yield`
	 */
	take(entering: Entering, awaited: unknown): unknown {
		return this.#add(entering, awaited as Part); // of its next()
	}

	#add(entry: Entering, part: Part): unknown {
		if (part.done) {
			throw new Error(
				`dependency "${entry.name}" ended without yielding a value; write \`yield value;\` in its generator.`,
			);
		}
		entry.close = currentLedger()?.open("dependency", entry.name);
		this.#entered.push(entry);
		return part.value;
	}

	/**
	 * Leaves every generator, the last entered first. An outcome's error is thrown into each; one that throws another error passes
	 * that on to the next. Gives the error that came out last, and does not throw.
	 */
	leave(outcome: Outcome | undefined): Left {
		return leaveEach(this.#entered, outcome, this.#limitMs, undefined);
	}
}

/** @param leaving waits, where it has waited before */
function leaveEach(
	stack: Entering[],
	outcome: Outcome | undefined,
	limitMs: number,
	leaving: Leaving | undefined,
): Left {
	let current = outcome;
	for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
		try {
			const part = entry.context.runInAsyncScope(
				goOn,
				undefined,
				entry,
				current,
			);
			if (isThenable(part)) {
				const waiting = leaving ?? new Leaving(stack, limitMs);
				return waiting.wait(entry, part as PromiseLike<Part>, current);
			}
			if (!part.done) {
				entry.generator.return(undefined);
				throw yieldedTwice(entry);
			}
			current = passedOn(entry, current);
		} catch (error) {
			current = { error };
		}
	}
	return current;
}

/** The part of a generator behind its `yield`. */
function goOn(
	{ generator, close }: Entering,
	outcome: Outcome | undefined,
): Part | PromiseLike<Part> {
	return close === undefined
		? lastPart(generator, outcome)
		: closing(close, () => lastPart(generator, outcome));
}

function lastPart(
	generator: AnyGenerator,
	outcome: Outcome | undefined,
): Part | Promise<Part> {
	return outcome === undefined
		? generator.next()
		: generator.throw(outcome.error);
}

/** The outcome for the next one, where a generator has ended and has thrown nothing. */
function passedOn(
	{ name }: Entering,
	outcome: Outcome | undefined,
): Outcome | undefined {
	return outcome === undefined || outcome.error instanceof ErrorStatus
		? outcome
		: { error: swallowed(name, outcome.error) };
}

/** Leaves a stack from the first generator on that must be waited for, each within the limit of time. */
class Leaving implements WatchedExit {
	previous: WatchedExit | undefined;
	next: WatchedExit | undefined;
	begunMs = 0;
	readonly #stack: Entering[];
	readonly #limitMs: number;
	readonly #watch: ExitWatch | undefined;
	readonly #left: PromiseWithResolvers<Outcome | undefined>;
	#entry: Entering | undefined;
	#outcome: Outcome | undefined;
	/** True when what it waits for has taken too long: whatever comes of that is ignored. */
	#hasGivenUp = false;

	constructor(
		stack: Entering[],
		limitMs: number,
		left: PromiseWithResolvers<Outcome | undefined> = Promise.withResolvers(),
	) {
		this.#stack = stack;
		this.#limitMs = limitMs;
		this.#watch = limitMs === 0 ? undefined : exitWatch(limitMs);
		this.#left = left;
	}

	/** Waits for the rest of one, then leaves the others. */
	wait(
		entry: Entering,
		rest: PromiseLike<Part>,
		outcome: Outcome | undefined,
	): Promise<Outcome | undefined> {
		this.#entry = entry;
		this.#outcome = outcome;
		this.#watch?.add(this);
		Promise.resolve(rest).then(this.#onEnd, this.#onError);
		return this.#left.promise;
	}

	readonly #onEnd = ({ done }: Part): void => {
		if (this.#hasGivenUp) {
			return;
		}
		this.#watch?.delete(this);
		const entry = this.#entry as Entering; // it waits for its end
		if (done) {
			this.#leaveOthers(passedOn(entry, this.#outcome));
		} else {
			this.wait(entry, endSecond(entry), this.#outcome);
		}
	};

	readonly #onError = (error: unknown): void => {
		if (!this.#hasGivenUp) {
			this.#watch?.delete(this);
			this.#leaveOthers({ error });
		}
	};

	giveUp(): void {
		this.#hasGivenUp = true;
		const error = new Error(
			`dependency "${this.#entry?.name}" took longer than ${this.#limitMs} ms to clean up; it was left behind.`,
		);
		const others = new Leaving(this.#stack, this.#limitMs, this.#left);
		others.#leaveOthers({ error });
	}

	#leaveOthers(outcome: Outcome | undefined): void {
		const left = leaveEach(this.#stack, outcome, this.#limitMs, this);
		if (!(left instanceof Promise)) {
			this.#left.resolve(left); // otherwise it waits again
		}
	}
}

async function endSecond(entry: Entering): Promise<never> {
	await entry.generator.return(undefined);
	throw yieldedTwice(entry);
}

function yieldedTwice({ name }: Entering): Error {
	return new Error(
		`dependency "${name}" yielded a second time; a dependency yields its value once, what follows cleans up.`,
	);
}

/** FastAPI answers 500 where a dependency hides an exception: there is no response to send. */
function swallowed(name: string, error: unknown): Error {
	return new Error(
		`dependency "${name}" caught an error and did not throw it again, so that there is no response; rethrow it (or another).`,
		{ cause: error },
	);
}
