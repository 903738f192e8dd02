import type { StandardSchemaV1 } from "@standard-schema/spec";
import { MemoryBroker } from "../broker/memory-broker.ts";
import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import type { Backlog, Broker } from "../http/broker.ts";
import type { Worker } from "../http/worker.ts";
import { Dependency } from "../inject/dependency.ts";
import { Lifespan } from "../lifespan/lifespan.ts";
import { assertSchema } from "../schema/standard-schema.ts";
import { SharedHurry } from "../time/waiting.ts";
import { MessageText } from "./message-text.ts";
import { SharedTopics } from "./shared-topic.ts";
import { BrokerTopic, type Topic, type TopicContext } from "./topic.ts";

/** Options of {@link channel}. */
export interface ChannelOptions {
	/**
	 * How many messages are kept for readers that reconnect, and for how long; if older ones are needed, readers get a gap. Default:
	 * 1,000 per topic, for an hour.
	 */
	readonly backlog?: Partial<Backlog>;
	/**
	 * Stores and delivers the messages: `redisBroker(url)` of `vivace/redis` for several machines. Default: this process; if `serve` has
	 * workers, the process that started them, so that they share messages.
	 */
	readonly broker?: Dependency<Broker, "app"> | undefined;
}

const rules: OptionRules<ChannelOptions> = {
	backlog: { nested: { count: wholeCount, ageMs: age } },
	broker: (value) =>
		value instanceof Dependency
			? undefined
			: "a dependency such as redisBroker(url)",
};

function wholeCount(value: unknown): string | undefined {
	return Number.isSafeInteger(value) && Number(value) >= 1
		? undefined
		: "a whole number, at least 1";
}

/** Longer than any service runs; a server takes no number without an end. */
const longestAgeMs = 100 * 365 * 24 * 3_600_000;

function age(value: unknown): string | undefined {
	return typeof value === "number" && value >= 1 && value <= longestAgeMs
		? undefined
		: "from 1 ms to 100 years";
}

const defaultBacklog: Backlog = { count: 1_000, ageMs: 3_600_000 };

/** Messages of one kind between the parts of a service, wherever they run. A channel is a topic itself, and has others by key. */
export class Channel<In, Out> extends BrokerTopic<In, Out> {
	readonly #name: string;
	readonly #context: TopicContext;

	/** @internal */
	constructor(name: string, context: TopicContext) {
		super(name, context);
		this.#name = name;
		this.#context = context;
	}

	/** A part of the channel with its own order: a room, a conversation, a user. There may be any number of them. */
	topic(key: string): Topic<In, Out> {
		assertArgument("channel.topic()", "key", key, "text");
		return new BrokerTopic(`${this.#name}:${encodedKey(key)}`, this.#context);
	}
}

/** A key may be any text of a client's, also one that is no Unicode: half a pair is written as `%uD800`, which stands for nothing else. */
function encodedKey(key: string): string {
	if (key.isWellFormed()) {
		return encodeURIComponent(key);
	}
	return Array.from(key, (character) =>
		character.isWellFormed()
			? encodeURIComponent(character)
			: `%u${character.charCodeAt(0).toString(16).toUpperCase()}`,
	).join("");
}

/**
 * A channel as a dependency of app scope: each message reaches every subscriber in this process, in other workers, and with a broker on
 * other machines. Messages have ids and are kept for a while. A reader that reconnects gets the messages that it has missed, each once
 * and in order, or a gap if some are no longer stored.
 *
 * @param name the same in all programs that use it: letters, digits, `_`, `.` and `-`
 * @param schema of a message; it is validated when it is published and when it is read
 * @throws SetupError `VIV_OPTION` for an invalid name or option, `VIV_SCHEMA` for a value that isn't a schema
 * @example
 * ```ts
 * import { App, EventSourceResponse, Header, ServerSentEvent } from "vivace";
 * import { channel } from "vivace/channel";
 * import { z } from "zod";
 *
 * const news = channel("news", z.object({ title: z.string() }));
 *
 * const app = new App();
 * app.post("/news", { news, title: z.string() }, ({ news, title }) => news.publish({ title }));
 * app.get(
 * 	{ path: "/news", responseClass: EventSourceResponse },
 * 	{ news, from: Header(z.string().nullish(), { alias: "Last-Event-ID" }) },
 * 	async function* ({ news, from }, request) {
 * 		for await (const event of news.subscribe({ from, signal: request.signal })) {
 * 			yield event.kind === "message"
 * 				? new ServerSentEvent({ id: event.id, data: event.value })
 * 				: new ServerSentEvent({ event: "gap", data: event.after });
 * 		}
 * 	},
 * );
 * ```
 */
export function channel<Schema extends StandardSchemaV1>(
	name: string,
	schema: Schema,
	options: ChannelOptions = {},
): Dependency<
	Channel<
		StandardSchemaV1.InferInput<Schema> | StandardSchemaV1.InferOutput<Schema>,
		StandardSchemaV1.InferOutput<Schema>
	>,
	"app"
> {
	assertArgument("channel()", "name", name, (value) =>
		typeof value === "string" && /^[\w.-]{1,200}$/.test(value)
			? undefined
			: "a text of letters, digits, _, . and -",
	);
	assertSchema(`channel("${name}")`, schema);
	assertOptions(`channel("${name}")`, options, rules);
	const { broker: declared } = options;
	const backlog = { ...defaultBacklog, ...options.backlog };
	const params = declared === undefined ? {} : { broker: declared };
	return new Dependency(
		{ lifespan: Lifespan, ...params },
		async function* ({ lifespan, broker }: Values) {
			const release = new AbortController();
			const { worker } = lifespan;
			const chosen = broker ?? worker.broker ?? memoryBrokerOf(worker);
			const { signal } = release;
			const messages = new MessageText(schema, name);
			try {
				yield new Channel(name, {
					name,
					messages,
					backlog,
					broker: chosen,
					shared: new SharedTopics(chosen),
					signal,
					hurry: new SharedHurry(signal),
				});
			} finally {
				release.abort();
			}
		},
		{ scope: "app", name },
	);
}

/** The broker of an app that has no other: one for its life, so that channels of one name are one here too. */
const memoryBrokers = new WeakMap<Worker, MemoryBroker>();

/** @param worker another one for each life of an app */
function memoryBrokerOf(worker: Worker): MemoryBroker {
	const broker = memoryBrokers.get(worker) ?? new MemoryBroker();
	memoryBrokers.set(worker, broker);
	return broker;
}

interface Values {
	readonly lifespan: Lifespan;
	readonly broker?: Broker;
}
