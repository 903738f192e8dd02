import type { BrokerPage } from "../http/broker.ts";

/** How many messages are held for those who read the same topic in this process. */
const heldCount = 500;

/**
 * The newest messages of a topic that somebody in this process follows: read from the server once, however many follow it. Who reads
 * further back asks the server himself.
 */
export class RedisTopic {
	readonly #read: (after: string) => Promise<BrokerPage>;
	readonly #followers = new Set<() => void>();
	#held: (readonly [id: string, text: string])[] = [];
	/** The id behind which the held messages begin; undefined before the first reading. */
	#base: string | undefined;
	#reading: Promise<void> | undefined;
	#isStale = true;
	#isAskedAgain = false;

	/** @param read a page behind an id, from the server */
	constructor(read: (after: string) => Promise<BrokerPage>) {
		this.#read = read;
	}

	get isFollowed(): boolean {
		return this.#followers.size > 0;
	}

	add(wake: () => void): () => void {
		const own = () => wake(); // one for each call: the same function may follow twice
		this.#followers.add(own);
		return () => this.#followers.delete(own);
	}

	/** The held messages behind an id; undefined where the server must be asked. */
	page(after: string, limit: number): BrokerPage | undefined {
		const held = this.#held;
		if (this.#isStale) {
			return undefined;
		}
		const start =
			after === this.#base
				? 0
				: held.findLastIndex(([id]) => id === after) + 1 || undefined;
		if (start === undefined) {
			return undefined;
		}
		const messages = held.slice(start, start + limit);
		const lastId = messages.at(-1)?.[0] ?? after;
		return { messages, isComplete: true, lastId };
	}

	/** Reads what is new, once at a time, and then wakes all; a failure is a reason to wake too: they try by themselves. */
	refresh(): void {
		this.#isAskedAgain = true;
		this.#reading ??= this.#readAll().finally(() => {
			this.#reading = undefined;
		});
	}

	/** Nothing is held any more: messages may have been missed. */
	reset(): void {
		this.#held = [];
		this.#base = undefined;
		this.#isStale = true;
	}

	async #readAll(): Promise<void> {
		while (this.#isAskedAgain) {
			this.#isAskedAgain = false;
			try {
				await this.#readNew();
			} catch {
				this.reset();
			}
			for (const wake of this.#followers) {
				wake();
			}
		}
	}

	async #readNew(): Promise<void> {
		const after = this.#held.at(-1)?.[0] ?? this.#base;
		if (after === undefined) {
			return; // those who read begin it
		}
		for (let position = after; ; ) {
			const page = await this.#read(position);
			if (!page.isComplete) {
				this.reset();
				return;
			}
			this.#keep(page);
			if (page.messages.length === 0) {
				return;
			}
			position = page.lastId;
		}
	}

	#keep({ messages }: BrokerPage): void {
		this.#held.push(...messages);
		const extra = this.#held.length - heldCount;
		if (extra > 0) {
			this.#base = this.#held[extra - 1]?.[0];
			this.#held.splice(0, extra);
		}
	}

	/** A reader has read up to here, from the server, and there was nothing more: from here on it is held. */
	begin(at: string): void {
		if (this.#base === undefined) {
			this.#base = at;
			this.#isStale = false;
			this.refresh(); // something may have come between that reading and now
		}
	}
}
