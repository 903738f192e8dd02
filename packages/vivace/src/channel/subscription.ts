import { BrokerUnavailableError } from "../errors/broker-unavailable.ts";
import type { Broker, BrokerPage } from "../http/broker.ts";
import { countUnended } from "../http/unended-readers.ts";
import { Bell } from "./bell.ts";
import type { MessageText } from "./message-text.ts";
import type { SharedTopics } from "./shared-topic.ts";

/** One event of a subscription. */
export type ChannelEvent<Value> =
	| { readonly kind: "message"; readonly id: string; readonly value: Value }
	/** Messages after this id may be missing: they are no longer stored, or this version of the program can't read them. */
	| { readonly kind: "gap"; readonly after: string };

/** The topic that a {@link Subscription} reads. */
export interface SubscribedTopic {
	readonly key: string;
	/** Of its channel. */
	readonly name: string;
	readonly broker: Broker;
	readonly shared: SharedTopics;
	readonly messages: MessageText;
}

const firstPauseMs = 50;
const longestPauseMs = 5_000;

type Turn<Value> = IteratorResult<ChannelEvent<Value>, undefined>;

/**
 * The messages of a topic for one reader, from where the topic stands when it is made, until the reader or a signal ends it. Nothing is followed before
 * the first is asked for.
 */
export class Subscription<Value>
	implements AsyncIterableIterator<ChannelEvent<Value>, undefined>
{
	readonly #topic: SubscribedTopic;
	readonly #bell: Bell;
	/** True where only its reader or the end of the channel ends it. */
	readonly #isUnended: boolean;
	readonly #events: AsyncGenerator<ChannelEvent<Value>, undefined>;
	/** Where it begins, asked for once in advance. */
	#begin: Promise<string> | undefined;

	/**
	 * @param from behind this id; behind the newest message, if there is none
	 * @param signal the reader's, which ends it
	 * @param released that of the channel, which does so too
	 */
	constructor(
		topic: SubscribedTopic,
		from: string | null | undefined,
		signal: AbortSignal | undefined,
		released: AbortSignal,
	) {
		this.#topic = topic;
		this.#isUnended = signal === undefined;
		this.#bell = new Bell(
			signal === undefined ? [released] : [signal, released],
		);
		if (typeof from !== "string" && !this.#bell.isOver) {
			this.#begin = topic.broker.lastId(topic.key);
			this.#begin.catch(() => {}); // who never reads is not told
		}
		this.#events = this.#read(from);
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	next(): Promise<Turn<Value>> {
		return this.#events.next();
	}

	/** A reader who waits for the next message gets the end. */
	return(): Promise<Turn<Value>> {
		this.#bell.end();
		return this.#events.return(undefined);
	}

	throw(error: unknown): Promise<Turn<Value>> {
		this.#bell.end();
		return this.#events.throw(error);
	}

	async *#read(
		from: string | null | undefined,
	): AsyncGenerator<ChannelEvent<Value>, undefined> {
		const { key, name, shared } = this.#topic;
		const bell = this.#bell;
		bell.hang();
		if (bell.isOver) {
			return; // the broker may be released
		}
		const joined = shared.join(key, () => bell.ring());
		try {
			let after = from ?? (await this.#patiently(() => this.#lastId()));
			while (after !== undefined && !bell.isOver) {
				const rung = bell.count;
				const position: string = after;
				const page = await this.#patiently(() => joined.read(position));
				if (page === undefined) {
					return;
				}
				yield* this.#eventsOf(page, position);
				after = page.lastId;
				if (page.messages.length === 0 && page.isComplete) {
					const uncount = this.#isUnended
						? countUnended(`"${name}"`)
						: undefined;
					await bell.rungSince(rung);
					uncount?.();
				}
			}
		} finally {
			bell.end();
			joined.leave();
		}
	}

	#lastId(): Promise<string> {
		const { broker, key } = this.#topic;
		const begin = this.#begin ?? broker.lastId(key);
		this.#begin = undefined;
		return begin;
	}

	async *#eventsOf(
		{ messages, isComplete }: BrokerPage,
		position: string,
	): AsyncGenerator<ChannelEvent<Value>, void> {
		if (!isComplete) {
			yield { kind: "gap", after: position };
		}
		let before = position;
		for (const [id, text] of messages) {
			const reading = this.#topic.messages.read(text);
			const read = reading instanceof Promise ? await reading : reading;
			if (this.#bell.isOver) {
				return;
			}
			yield read === undefined
				? { kind: "gap", after: before }
				: { kind: "message", id, value: read.value as Value };
			before = id;
		}
	}

	/** Tries again for as long as the broker is away, soon when it rings; undefined when the subscription has ended. */
	async #patiently<Result>(
		attempt: () => Promise<Result>,
	): Promise<Result | undefined> {
		const bell = this.#bell;
		let pauseMs = firstPauseMs;
		while (!bell.isOver) {
			const rung = bell.count;
			try {
				return await bell.unlessOver(attempt());
			} catch (error) {
				if (!(error instanceof BrokerUnavailableError)) {
					throw error;
				}
			}
			await bell.rungSince(rung, pauseMs);
			pauseMs = Math.min(2 * pauseMs, longestPauseMs);
		}
		return undefined;
	}
}
