import { nextTurn } from "./waiting.ts";

/** How long a slice may last before the event loop has its turn. A step that takes longer is a slice by itself. */
const sliceMs = 3;

/**
 * Work of many steps that is done once, by whoever needs it: at once, or in slices between which requests are answered. Who is in a
 * hurry ends what another has begun.
 */
export class SlicedWork<Value> {
	readonly #steps: Iterator<unknown, Value>;
	#outcome: Outcome<Value> | undefined;
	#slices: Promise<Value> | undefined;

	/** @param steps yields where the work may be interrupted */
	constructor(steps: Iterator<unknown, Value>) {
		this.#steps = steps;
	}

	/** The value, once it is there. */
	get done(): { readonly value: Value } | undefined {
		const outcome = this.#outcome;
		return outcome !== undefined && "value" in outcome ? outcome : undefined;
	}

	/** True when it has ended by an error: it will not be tried again. */
	get hasFailed(): boolean {
		return this.#outcome !== undefined && "error" in this.#outcome;
	}

	/** Does what is left, and gives the value; throws what the work throws. */
	finish(): Value {
		for (;;) {
			const outcome = this.#outcome ?? this.#step();
			if (outcome !== undefined) {
				return settled(outcome);
			}
		}
	}

	/** As {@link SlicedWork.finish}, a slice at a time. */
	inSlices(): Promise<Value> {
		this.#slices ??= this.#go();
		return this.#slices;
	}

	async #go(): Promise<Value> {
		for (;;) {
			const end = performance.now() + sliceMs;
			do {
				const outcome = this.#outcome ?? this.#step();
				if (outcome !== undefined) {
					return settled(outcome);
				}
			} while (performance.now() < end);
			await nextTurn();
		}
	}

	#step(): Outcome<Value> | undefined {
		try {
			const { done, value } = this.#steps.next();
			if (done) {
				this.#outcome = { value };
			}
		} catch (error) {
			this.#outcome = { error };
		}
		return this.#outcome;
	}
}

type Outcome<Value> = { readonly value: Value } | { readonly error: unknown };

function settled<Value>(outcome: Outcome<Value>): Value {
	if ("error" in outcome) {
		throw outcome.error;
	}
	return outcome.value;
}
