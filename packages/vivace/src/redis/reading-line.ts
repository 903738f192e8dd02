import { late, waitAtMost } from "../time/waiting.ts";

/** Somebody who waits in line. */
interface Place {
	readonly begin: () => void;
	/** True when it was his turn. */
	isCalled: boolean;
	/** True when he waits no more. */
	isLeft: boolean;
}

/**
 * Lets so many readings be under way at a time; the others wait in line. A thousand topics that are looked at together, after the server was
 * away for instance, would stand before every message that is published, and be too late themselves.
 */
export class ReadingLine {
	readonly #most: number;
	readonly #waiting: Place[] = [];
	#running = 0;

	constructor(most: number) {
		this.#most = most;
	}

	/** Begins when it is its turn, which is to come within a time; else it gives {@link late}. */
	async run<Result>(
		read: () => Promise<Result>,
		limitMs: number,
	): Promise<Result | typeof late> {
		if (this.#running < this.#most) {
			this.#running++;
		} else if (!(await this.#isTurn(limitMs))) {
			return late;
		}
		try {
			return await read();
		} finally {
			this.#passOn();
		}
	}

	async #isTurn(limitMs: number): Promise<boolean> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const place: Place = { begin: resolve, isCalled: false, isLeft: false };
		this.#waiting.push(place);
		await waitAtMost(promise, limitMs);
		place.isLeft = !place.isCalled;
		return place.isCalled;
	}

	/** Gives the place to the next one who still waits. */
	#passOn(): void {
		for (;;) {
			const place = this.#waiting.shift();
			if (place === undefined) {
				this.#running--;
				return;
			}
			if (!place.isLeft) {
				place.isCalled = true;
				place.begin();
				return;
			}
		}
	}
}
