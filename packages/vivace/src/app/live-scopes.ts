import type { Logger } from "./logger.ts";

/** The ends of requests that are still running, background tasks and what request scope has to leave, and scopes without a request. */
export class LiveScopes {
	readonly #logger: Logger;
	readonly #ends = new Set<Promise<void>>();

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	/** Runs the end of a request; what it throws is logged, for the response has left already. */
	async track(end: () => Promise<void>): Promise<void> {
		const running = this.#run(end);
		this.#ends.add(running);
		try {
			await running;
		} finally {
			this.#ends.delete(running);
		}
	}

	/** Keeps {@link LiveScopes.drain} waiting until the function that it gives is called. */
	hold(): () => void {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#ends.add(promise);
		return () => {
			this.#ends.delete(promise);
			resolve();
		};
	}

	/** Resolves to true when nothing runs any more, to false after `timeoutMs`. */
	async drain(timeoutMs: number): Promise<boolean> {
		const { promise: timeout, resolve } = Promise.withResolvers<false>();
		const timer = setTimeout(() => resolve(false), timeoutMs);
		try {
			return await Promise.race([this.#allEnded(), timeout]);
		} finally {
			clearTimeout(timer);
		}
	}

	async #allEnded(): Promise<true> {
		while (this.#ends.size > 0) {
			await Promise.all(this.#ends);
		}
		return true;
	}

	async #run(end: () => Promise<void>): Promise<void> {
		try {
			await end();
		} catch (error) {
			this.#logger.error(
				"an error after the response had been sent, in a background task or a dependency's clean-up",
				error,
			);
		}
	}
}
