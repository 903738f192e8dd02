import type { StandardSchemaV1 } from "@standard-schema/spec";
import { BrokerUnavailableError } from "../errors/broker-unavailable.ts";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { ResponseValidationError } from "../errors/validation-error.ts";
import type { Backlog, Broker, BrokerPage } from "../http/broker.ts";
import { encodeKnownJson } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { late, type SharedHurry } from "../time/waiting.ts";
import type { SharedTopics } from "./shared-topic.ts";

/** One event of a subscription. */
export type ChannelEvent<Value> =
	| { readonly kind: "message"; readonly id: string; readonly value: Value }
	/** Messages after this id may be missing: they are no longer stored, or this version of the program can't read them. */
	| { readonly kind: "gap"; readonly after: string };

/** Options of {@link Topic.subscribe}. */
export interface SubscribeOptions {
	/**
	 * The id of the last message that the reader has received: it gets the messages after it. You can pass the id that a client sends
	 * back (`Last-Event-ID`) unchanged; an unknown one begins with a gap. Default: only new messages.
	 */
	readonly from?: string | null | undefined;
	/** Ends the subscription: the signal of a request or a socket. Default: none, `break` or `return()` ends it. */
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
	 * Messages in their order, each once, until the reader stops. While the broker can't be reached it waits. If messages are no longer
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
	readonly schema: StandardSchemaV1;
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

const firstPauseMs = 50;
const longestPauseMs = 5_000;

/** A topic of a broker, by a schema. */
export class BrokerTopic<In, Out> implements Topic<In, Out> {
	readonly #key: string;
	readonly #context: TopicContext;

	constructor(key: string, context: TopicContext) {
		this.#key = key;
		this.#context = context;
	}

	async publish(message: In): Promise<string> {
		const { schema, broker, backlog, name, hurry } = this.#context;
		this.#assertHeld();
		const encoded = compileSchema(schema).encode(message, []);
		const parsed = encoded instanceof Promise ? await encoded : encoded;
		if (parsed.errors !== undefined) {
			const what = `message of channel "${name}"`;
			throw new ResponseValidationError(parsed.errors, message, "", what);
		}
		const text = encodeKnownJson(parsed.value);
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
		return this.#events(options);
	}

	async *#events({
		from,
		signal,
	}: SubscribeOptions): AsyncGenerator<ChannelEvent<Out>, void, undefined> {
		const { broker, shared } = this.#context;
		const end =
			signal === undefined
				? this.#context.signal
				: AbortSignal.any([signal, this.#context.signal]);
		if (end.aborted) {
			return;
		}
		const bell = new Bell(end);
		const topic = shared.join(this.#key, () => bell.ring());
		try {
			let after =
				from ?? (await patiently(() => broker.lastId(this.#key), bell, end));
			while (after !== undefined && !end.aborted) {
				const rung = bell.count;
				const position: string = after;
				const page = await patiently(() => topic.read(position), bell, end);
				if (page === undefined) {
					return;
				}
				yield* this.#eventsOf(page, position);
				after = page.lastId;
				if (page.messages.length === 0 && page.isComplete) {
					await bell.rungSince(rung);
				}
			}
		} finally {
			topic.leave();
		}
	}

	async *#eventsOf(
		{ messages, isComplete }: BrokerPage,
		position: string,
	): AsyncGenerator<ChannelEvent<Out>, void, undefined> {
		if (!isComplete) {
			yield { kind: "gap", after: position };
		}
		let before = position;
		for (const [id, text] of messages) {
			const parsed = await this.#parse(text);
			yield parsed?.errors === undefined && parsed !== undefined
				? { kind: "message", id, value: parsed.value as Out }
				: { kind: "gap", after: before }; // another version of the program has written it, or another program
			before = id;
		}
	}

	/** Undefined for what is not JSON. */
	async #parse(text: string): Promise<Parsed | undefined> {
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch {
			return undefined;
		}
		return compileSchema(this.#context.schema).parseJson(value, []);
	}
}

/** Tries again for as long as the broker is away, soon when it rings; undefined when the subscription has ended. */
async function patiently<Result>(
	attempt: () => Promise<Result>,
	bell: Bell,
	end: AbortSignal,
): Promise<Result | undefined> {
	let pauseMs = firstPauseMs;
	while (!end.aborted) {
		const rung = bell.count;
		try {
			return await attempt();
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

/** Wakes one who waits, also when it rang while he was busy. */
class Bell {
	count = 0;
	readonly #end: AbortSignal;
	#wake: (() => void) | undefined;

	constructor(end: AbortSignal) {
		this.#end = end;
	}

	ring(): void {
		this.count++;
		this.#wake?.();
	}

	/** Resolves when it has rung more often than that, the subscription has ended, or the time is over. */
	async rungSince(count: number, limitMs?: number): Promise<void> {
		if (this.count > count || this.#end.aborted) {
			return;
		}
		const { promise, resolve } = Promise.withResolvers<void>();
		const wake = () => resolve();
		this.#wake = wake;
		const timer = limitMs === undefined ? undefined : setTimeout(wake, limitMs);
		this.#end.addEventListener("abort", wake, { once: true });
		await promise;
		clearTimeout(timer);
		this.#end.removeEventListener("abort", wake);
		this.#wake = undefined;
	}
}
