import { promiseHooks } from "node:v8";

/** How many frames are looked at: a promise of a library that is called by ours counts too. */
const depth = 30;

/**
 * Counts the promises that come into being under functions of some files between `begin` and `end`: each costs a request some 50 to 100 ns, and
 * memory while it waits. V8 tells of each as it is made, so that no clock is involved.
 */
export class PromiseCounter {
	readonly #isCounted: (stack: string) => boolean;
	#places: string[] = [];
	#stop: (() => void) | undefined;

	/** @param isCounted asked about the stack at which a promise is made */
	constructor(isCounted: (stack: string) => boolean) {
		this.#isCounted = isCounted;
	}

	begin(): void {
		this.#places = [];
		this.#stop = promiseHooks.onInit(() => {
			const { stackTraceLimit } = Error;
			Error.stackTraceLimit = depth;
			const stack = new Error("here").stack ?? "";
			Error.stackTraceLimit = stackTraceLimit;
			if (this.#isCounted(stack)) {
				this.#places.push(stack);
			}
		}) as () => void; // its type says no more than that it is a function
	}

	/** The stacks at which they were made. */
	end(): readonly string[] {
		this.#stop?.();
		return this.#places;
	}
}
