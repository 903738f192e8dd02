/**
 * A limit for things that come one after the other, thousands a second: one timer that looks whether the present one has begun too long ago,
 * where setting and clearing one for each takes a microsecond.
 */
export class Deadline {
	readonly #limitMs: number;
	readonly #onPassed: () => void;
	/** When the present one has to be over. */
	#passesAt = Number.POSITIVE_INFINITY;
	#timer: NodeJS.Timeout | undefined;

	/** @param limitMs 0 is no limit */
	constructor(limitMs: number, onPassed: () => void) {
		this.#limitMs = limitMs;
		this.#onPassed = onPassed;
	}

	/** The next one begins. */
	start(): void {
		if (this.#limitMs > 0) {
			this.#passesAt = performance.now() + this.#limitMs;
			this.#timer ??= this.#lookIn(this.#limitMs);
		}
	}

	/** It is over. */
	stop(): void {
		this.#passesAt = Number.POSITIVE_INFINITY;
	}

	/** Nothing will begin any more. */
	close(): void {
		this.stop();
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#lookIn(delayMs: number): NodeJS.Timeout {
		return setTimeout(() => {
			this.#timer = undefined;
			const leftMs = this.#passesAt - performance.now();
			if (leftMs <= 0) {
				this.stop();
				this.#onPassed();
			} else if (leftMs < Number.POSITIVE_INFINITY) {
				this.#timer = this.#lookIn(leftMs);
			}
		}, Math.ceil(delayMs)).unref(); // the connection keeps its process, as long as it is there
	}
}
