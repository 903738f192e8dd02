/**
 * Lets so many readings be under way at a time; the others wait in line. A thousand topics that are looked at together, after the server was
 * away for instance, would stand before every message that is published, and be too late themselves.
 */
export class ReadingLine {
	readonly #most: number;
	readonly #waiting: (() => void)[] = [];
	#running = 0;

	constructor(most: number) {
		this.#most = most;
	}

	/** Begins when it is its turn. */
	async run<Result>(read: () => Promise<Result>): Promise<Result> {
		if (this.#running >= this.#most) {
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		} else {
			this.#running++;
		}
		try {
			return await read();
		} finally {
			const next = this.#waiting.shift(); // takes the place
			if (next === undefined) {
				this.#running--;
			} else {
				next();
			}
		}
	}
}
