/** Wakes one who waits, also when it rang while he was busy, and ends his wait for good. */
export class Bell {
	count = 0;
	/** True when it rings no more; kept here since a signal is slow to ask, half of what a message costs. */
	isOver: boolean;
	readonly #ends: readonly AbortSignal[];
	#wake: (() => void) | undefined;
	#leave: (() => void) | undefined;

	/** @param ends each of them ends it */
	constructor(ends: readonly AbortSignal[]) {
		this.#ends = ends;
		this.isOver = ends.some(({ aborted }) => aborted);
	}

	/** Begins to listen to what ends it, unless it is over. */
	hang(): void {
		this.isOver ||= this.#ends.some(({ aborted }) => aborted);
		if (this.isOver) {
			return; // nobody would take the listeners away, and the channel's signal lives as long as the app
		}
		for (const end of this.#ends) {
			end.addEventListener("abort", this.#end);
		}
	}

	ring(): void {
		this.count++;
		this.#wake?.();
	}

	end(): void {
		this.#end();
	}

	readonly #end = (): void => {
		this.isOver = true;
		for (const end of this.#ends) {
			end.removeEventListener("abort", this.#end);
		}
		this.#wake?.();
		this.#leave?.();
	};

	/** Resolves when it has rung more often than that, it is over, or the time is. */
	async rungSince(count: number, limitMs?: number): Promise<void> {
		if (this.count > count || this.isOver) {
			return;
		}
		const { promise, resolve } = Promise.withResolvers<void>();
		const wake = () => resolve();
		this.#wake = wake;
		const timer = limitMs === undefined ? undefined : setTimeout(wake, limitMs);
		await promise;
		clearTimeout(timer);
		this.#wake = undefined;
	}

	/** Settles as `work` does, or resolves to `undefined` when it is over before. */
	unlessOver<Result>(work: Promise<Result>): Promise<Result | undefined> {
		return new Promise((resolve, reject) => {
			this.#leave = () => resolve(undefined);
			work.then(resolve, reject);
		});
	}
}
