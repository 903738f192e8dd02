import type { Arrival } from "../storage/message-log.ts";

/** For how long it is looked for a message, and for how many at most. */
const keptMs = 60_000;
const mostKept = 1_000;

/**
 * Ids at which no message was when those behind them were told of. Nearly all were given to what was never stored; but one whose
 * transaction was open for very long may come all the same.
 */
export class MissingIds {
	/** By id, when it was missed. */
	readonly #missedAtMs = new Map<number, number>();
	#lookedAtMs = 0;

	/** Notes which ids of a span have no message. */
	add(after: number, upTo: number, arrivals: readonly Arrival[]): void {
		if (upTo - after - arrivals.length > mostKept) {
			return; // a jump of the sequence, not so many transactions
		}
		const found = new Set(arrivals.map(({ id }) => id));
		const nowMs = performance.now();
		for (let id = after + 1; id < upTo; id++) {
			if (!found.has(id)) {
				this.#missedAtMs.set(id, nowMs);
			}
		}
		for (const id of this.#missedAtMs.keys()) {
			if (this.#missedAtMs.size <= mostKept) {
				break;
			}
			this.#missedAtMs.delete(id);
		}
	}

	/** Those to look for now; none if that was done less than so many milliseconds ago. */
	due(intervalMs: number): readonly number[] {
		const nowMs = performance.now();
		if (nowMs - this.#lookedAtMs < intervalMs) {
			return [];
		}
		this.#lookedAtMs = nowMs;
		for (const [id, missedAtMs] of this.#missedAtMs) {
			if (nowMs - missedAtMs > keptMs) {
				this.#missedAtMs.delete(id);
			}
		}
		return [...this.#missedAtMs.keys()];
	}

	delete(id: number): void {
		this.#missedAtMs.delete(id);
	}
}
