import type { Broker, BrokerPage } from "../http/broker.ts";

const pageSize = 100;

/** The topics that somebody in this process follows, by their keys. */
export class SharedTopics {
	readonly #broker: Broker;
	readonly #topics = new Map<string, SharedTopic>();

	constructor(broker: Broker) {
		this.#broker = broker;
	}

	/**
	 * Joins those who follow a topic.
	 *
	 * @param ring called when there may be more to read
	 */
	join(key: string, ring: () => void): JoinedTopic {
		let topic = this.#topics.get(key);
		if (topic === undefined) {
			topic = new SharedTopic(this.#broker, key);
			this.#topics.set(key, topic);
		}
		const joined = topic;
		const own = () => ring(); // one for each call: the same function may join twice
		joined.add(own);
		return {
			read: (after) => joined.read(after),
			leave: () => {
				joined.delete(own);
				if (joined.isUnused && this.#topics.get(key) === joined) {
					this.#topics.delete(key);
					joined.close();
				}
			},
		};
	}
}

/** A topic as one of those who follow it has it. */
export interface JoinedTopic {
	/** The messages behind an id; many who ask for the same at the same time are one reading. */
	read(after: string): Promise<BrokerPage>;
	leave(): void;
}

/** A topic that is followed once and read once, however many in this process do so: all who are woken ask for the same page. */
class SharedTopic {
	readonly #broker: Broker;
	readonly #key: string;
	readonly #rings = new Set<() => void>();
	readonly #pages = new Map<string, Promise<BrokerPage>>();
	readonly #unfollow: () => void;

	constructor(broker: Broker, key: string) {
		this.#broker = broker;
		this.#key = key;
		this.#unfollow = broker.follow(key, () => this.#wake());
	}

	get isUnused(): boolean {
		return this.#rings.size === 0;
	}

	add(ring: () => void): void {
		this.#rings.add(ring);
	}

	delete(ring: () => void): void {
		this.#rings.delete(ring);
	}

	close(): void {
		this.#unfollow();
	}

	read(after: string): Promise<BrokerPage> {
		const begun = this.#pages.get(after);
		if (begun !== undefined) {
			return begun;
		}
		const page = this.#broker.read(this.#key, after, pageSize);
		this.#pages.set(after, page);
		const forget = () => {
			if (this.#pages.get(after) === page) {
				this.#pages.delete(after);
			}
		};
		page.then(forget, forget);
		return page;
	}

	#wake(): void {
		this.#pages.clear(); // a reading that has begun before may not have what is told of now
		for (const ring of this.#rings) {
			ring();
		}
	}
}
