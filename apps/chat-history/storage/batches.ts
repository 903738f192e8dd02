import { AsyncLocalStorage } from "node:async_hooks";

/** How items are put together. */
export interface BatchOptions<Item> {
	/** Batches that may be under way at once; who comes while so many are waits for the next. */
	readonly atOnce: number;
	/** How many may wait; who comes then is served at once and by itself, and told so if there is no place for that. */
	readonly mostWaiting: number;
	/** The weight of a batch at most, unless its first item alone has more. */
	readonly mostWeight: number;
	readonly weightOf: (item: Item) => number;
	/** True for an error that is one item's own fault, and says that nothing of its batch was done: then each is tried by itself. */
	readonly isOfOne: (error: unknown) => boolean;
}

interface Waiter<Item, Result> {
	readonly item: Item;
	readonly resolve: (result: Result) => void;
	readonly reject: (error: unknown) => void;
}

/**
 * Does for many at once what each asks for by itself: nobody waits for company, but those who have to wait anyway, because others are being
 * served, go together.
 */
export class Batches<Item, Result> {
	readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
	readonly #options: BatchOptions<Item>;
	readonly #waiting: Waiter<Item, Result>[] = [];
	#underWay = 0;

	/** @param run gives a result for each item, in their order */
	constructor(
		run: (items: readonly Item[]) => Promise<readonly Result[]>,
		options: BatchOptions<Item>,
	) {
		// a batch is of many requests: it must not run in the context of the one that happened to begin it
		const outside = AsyncLocalStorage.snapshot();
		this.#run = (items) => outside(() => run(items));
		this.#options = options;
	}

	/** Its result, once its batch is done; rejects as that does. */
	add(item: Item): Promise<Result> {
		return new Promise((resolve, reject) => {
			const waiter = { item, resolve, reject };
			if (this.#waiting.length >= this.#options.mostWaiting) {
				void this.#serve([waiter]);
			} else {
				this.#waiting.push(waiter);
				this.#begin();
			}
		});
	}

	#begin(): void {
		if (this.#waiting.length === 0 || this.#underWay >= this.#options.atOnce) {
			return;
		}
		this.#underWay++;
		void this.#serve(this.#next()).finally(() => {
			this.#underWay--;
			this.#begin();
		});
	}

	/** Those who have waited longest, as many as go together. */
	#next(): Waiter<Item, Result>[] {
		const { mostWeight, weightOf } = this.#options;
		let weight = 0;
		const tooMany = this.#waiting.findIndex(({ item }, index) => {
			weight += weightOf(item);
			return index > 0 && weight > mostWeight;
		});
		return this.#waiting.splice(0, tooMany < 0 ? Infinity : tooMany);
	}

	/** Never rejects: each is told its own. */
	async #serve(waiters: readonly Waiter<Item, Result>[]): Promise<void> {
		try {
			const results = await this.#run(waiters.map(({ item }) => item));
			for (const [index, { resolve }] of waiters.entries()) {
				resolve(results[index] as Result);
			}
		} catch (error) {
			if (waiters.length > 1 && this.#options.isOfOne(error)) {
				await Promise.all(waiters.map((waiter) => this.#serve([waiter])));
				return;
			}
			for (const { reject } of waiters) {
				reject(error);
			}
		}
	}
}
