import { BrokerUnavailableError } from "../errors/broker-unavailable.ts";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import type { Backlog, Broker } from "../http/broker.ts";
import { late, type SharedHurry } from "../time/waiting.ts";
import type { MessageText } from "./message-text.ts";
import type { SharedTopics } from "./shared-topic.ts";
import { type ChannelEvent, Subscription } from "./subscription.ts";

/** Options of {@link Topic.subscribe}. */
export interface SubscribeOptions {
	/**
	 * The id of the last message that the reader has received: it gets the messages after it. You can pass the id that a client sends
	 * back (`Last-Event-ID`) unchanged; an unknown one begins with a gap. Default: only new messages.
	 */
	readonly from?: string | null | undefined;
	/** Ends the subscription: the signal of a request or a socket. Default: none, `break` or `return()` ends it, and a stop waits for it. */
	readonly signal?: AbortSignal | undefined;
}

const subscribeRules: OptionRules<SubscribeOptions> = {
	from: (value) =>
		value === null || typeof value === "string" ? undefined : "a text or null",
	signal: (value) =>
		value instanceof AbortSignal ? undefined : "an AbortSignal",
};

/** One stream of messages: a channel's own, or one of its topics. */
export interface Topic<In, Out> {
	/**
	 * Validates a message, stores it and delivers it. Resolves to its id when that is done.
	 *
	 * @throws ResponseValidationError when it doesn't fit the schema; BrokerUnavailableError when the broker can't be reached
	 */
	publish(message: In): Promise<string>;
	/**
	 * Messages in their order, each once, from this call on, until the reader stops: also those that are published before the first is asked
	 * for. While the broker can't be reached it waits. If messages are no longer
	 * stored, the reader gets a gap. A slow reader delays nothing and uses no memory: it continues where it is.
	 */
	subscribe(options?: SubscribeOptions): AsyncIterable<ChannelEvent<Out>>;
	/**
	 * The id of the newest message, or one before the first: get it, then read the history from a database, then subscribe from it.
	 *
	 * @throws BrokerUnavailableError when the broker can't be reached
	 */
	lastId(): Promise<string>;
}

/** The things that all topics of a channel have in common. */
export interface TopicContext {
	readonly messages: MessageText;
	readonly broker: Broker;
	readonly shared: SharedTopics;
	readonly backlog: Backlog;
	/** Aborted when the channel is released. */
	readonly signal: AbortSignal;
	/** Ends what waits when {@link signal} is aborted. */
	readonly hurry: SharedHurry;
	/** How the channel is called, for messages. */
	readonly name: string;
}

/** A topic of a broker, by a schema. */
export class BrokerTopic<In, Out> implements Topic<In, Out> {
	readonly #key: string;
	readonly #context: TopicContext;

	constructor(key: string, context: TopicContext) {
		this.#key = key;
		this.#context = context;
	}

	async publish(message: In): Promise<string> {
		const { messages, broker, backlog, name, hurry } = this.#context;
		this.#assertHeld();
		const text = await messages.write(message);
		this.#assertHeld(); // a schema may have taken its time
		const id = await hurry.wait(broker.publish(this.#key, text, backlog));
		if (id === late) {
			throw new BrokerUnavailableError(
				`channel "${name}" was released while a message was being published`,
				{ isOutcomeUnknown: true },
			);
		}
		return id;
	}

	async lastId(): Promise<string> {
		this.#assertHeld();
		return await this.#context.broker.lastId(this.#key);
	}

	/** Its broker may be released as soon as the channel is. */
	#assertHeld(): void {
		const { name, signal } = this.#context;
		if (signal.aborted) {
			throw new BrokerUnavailableError(`channel "${name}" has been released`);
		}
	}

	subscribe(options: SubscribeOptions = {}): AsyncIterable<ChannelEvent<Out>> {
		assertOptions("subscribe()", options, subscribeRules);
		const { from, signal } = options;
		const { signal: released } = this.#context;
		const topic = { ...this.#context, key: this.#key };
		return new Subscription<Out>(topic, from, signal, released);
	}
}
