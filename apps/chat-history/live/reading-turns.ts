/** How many read at once: the other connections are for those who store and ask. */
const mostAtOnce = 4;

/** Lets a few read at a time, first come, first served. */
export class ReadingTurns {
	readonly #underWay = new Set<Promise<unknown>>();
	readonly #waiting = new Set<() => void>();
	#taken = 0;

	async take<Value>(read: () => Promise<Value>): Promise<Value> {
		if (this.#taken < mostAtOnce) {
			this.#taken++;
		} else {
			await new Promise<void>((resolve) => this.#waiting.add(resolve));
		}
		const reading = read();
		this.#underWay.add(reading);
		try {
			return await reading;
		} finally {
			this.#underWay.delete(reading);
			this.#pass();
		}
	}

	/** Resolves when those who are reading have read. */
	async ended(): Promise<void> {
		await Promise.allSettled(this.#underWay);
	}

	#pass(): void {
		const [next] = this.#waiting;
		if (next === undefined) {
			this.#taken--;
			return;
		}
		this.#waiting.delete(next);
		next();
	}
}
