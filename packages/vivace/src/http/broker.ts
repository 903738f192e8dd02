/** How much of a topic is kept for readers who come back. */
export interface Backlog {
	/** Messages at most. */
	readonly count: number;
	/** The age of the oldest, in milliseconds. */
	readonly ageMs: number;
}

/** Messages of a topic, in order. */
export interface BrokerPage {
	/** The oldest first: id and text. */
	readonly messages: readonly (readonly [id: string, text: string])[];
	/** False when there may have been others between what was asked for and the first of these, which are not kept any more. */
	readonly isComplete: boolean;
	/** The id from which to go on; that of the last message, if there is one. */
	readonly lastId: string;
}

/**
 * Keeps and hands on messages, by topic: in this process, in the one that started it, on a server. Ids are texts of its own; a later
 * message of a topic has another id, in an order that only the broker knows.
 */
export interface Broker {
	/**
	 * Stores a message and wakes those who follow its topic; gives its id.
	 *
	 * @throws BrokerUnavailableError when it can't be reached
	 */
	publish(topic: string, text: string, backlog: Backlog): Promise<string>;
	/**
	 * At most so many messages behind an id; behind one that is unknown, all that are kept, as an incomplete page.
	 *
	 * @throws BrokerUnavailableError when it can't be reached
	 */
	read(topic: string, after: string, limit: number): Promise<BrokerPage>;
	/**
	 * The id of the newest message of a topic, or one that stands before the first.
	 *
	 * @throws BrokerUnavailableError when it can't be reached
	 */
	lastId(topic: string): Promise<string>;
	/** Calls a function when there may be more to read, now and then also when there is not. Gives a function that ends it. */
	follow(topic: string, wake: () => void): () => void;
}
