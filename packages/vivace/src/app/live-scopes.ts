/** The ends of requests that are still running, background tasks and what request scope has to leave, and scopes without a request. */
export class LiveScopes {
	readonly #ends = new Set<Promise<void>>();

	/** Runs the end of a request, which does not reject. */
	async track(end: () => Promise<void>): Promise<void> {
		const running = end();
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
}
