import { assertOptions, type OptionRules } from "../errors/options.ts";
import { encodeJson } from "../json/encode.ts";
import {
	type AnyChunkSource,
	isChunkSource,
	iterateSource,
	SourceBody,
	type SourceIterator,
} from "./chunk-source.ts";
import { Response, type ResponseOptions, responseRules } from "./response.ts";
import {
	formatEventData,
	formatServerSentEvent,
	ServerSentEvent,
} from "./server-sent-event.ts";

/** Options of an {@link EventSourceResponse}. */
export interface EventSourceOptions extends Omit<ResponseOptions, "mediaType"> {
	/**
	 * How long nothing may be sent before a comment (`: ping`) keeps proxies from closing the connection, in milliseconds.
	 * Default: 15,000; `0` sends none.
	 */
	readonly pingIntervalMs?: number;
	/** How data becomes text. Default: compact JSON. */
	readonly toText?: (data: unknown) => string;
}

const { mediaType: _mediaType, ...otherRules } = responseRules;
const rules: OptionRules<EventSourceOptions> = {
	...otherRules,
	pingIntervalMs: "milliseconds",
	toText: "function",
};

const pingBlock = ": ping\n\n";

/**
 * An answer of server-sent events, `Content-Type: text/event-stream; charset=utf-8`, which proxies neither store nor hold back.
 * Each item is a {@link ServerSentEvent}, or any other value: then an event with that value as JSON data.
 *
 * It ends when the items end or the client goes away (a function that makes the items is called for each client); when the server stops, `request.signal` is aborted at once.
 *
 * @throws TypeError when `items` can't be iterated
 * @throws SetupError `VIV_OPTION` for an option that there is not, or a value that it may not have
 * @example
 * ```ts
 * import { EventSourceResponse, ServerSentEvent } from "vivace";
 *
 * async function* prices() {
 *   yield { euro: 3 };
 *   yield new ServerSentEvent({ event: "end", data: null });
 * }
 * const answer = new EventSourceResponse(prices());
 * ```
 * @see FastAPI, "Server-Sent Events"
 */
export class EventSourceResponse extends Response {
	static override readonly mediaType: string = "text/event-stream";

	override endsOnShutdown = true;

	constructor(
		items: AnyChunkSource<unknown>,
		options: EventSourceOptions = {},
	) {
		const name = new.target.name || "EventSourceResponse";
		assertOptions(name, options, rules);
		const { pingIntervalMs = 15_000, toText = encodeJson, ...rest } = options;
		if (typeof items !== "function" && !isChunkSource(items)) {
			throw new TypeError(
				`An EventSourceResponse takes an iterable, an async iterable or a ReadableStream of events, or a function that makes one, but got ${
					items === null ? "null" : typeof items
				}.`,
			);
		}
		super(new EventBody(items, { name, pingIntervalMs, toText }), rest);
		for (const [name, value] of [
			["cache-control", "no-cache"],
			["x-accel-buffering", "no"],
		] as const) {
			if (!this.headers.has(name)) {
				this.headers.append(name, value);
			}
		}
	}
}

interface EventForm {
	/** The class of the answer. */
	readonly name: string;
	readonly pingIntervalMs: number;
	readonly toText: (data: unknown) => string;
}

class EventBody extends SourceBody<string> {
	readonly #items: AnyChunkSource<unknown>;
	readonly #form: EventForm;

	constructor(items: AnyChunkSource<unknown>, form: EventForm) {
		super(items);
		this.#items = items;
		this.#form = form;
	}

	[Symbol.asyncIterator](): AsyncIterator<string> {
		const { name, pingIntervalMs, toText } = this.#form;
		const items = iterateSource(this.#items, name);
		return new EventStream(items, pingIntervalMs, toText);
	}
}

/**
 * The events as text, with pings in between. Written by hand rather than as a generator: a generator that waits for an item can't
 * be told to return.
 */
class EventStream implements AsyncIterableIterator<string> {
	readonly #items: SourceIterator<unknown>;
	readonly #pingIntervalMs: number;
	readonly #toText: (data: unknown) => string;
	/** Resolved by the next ping or the item that was asked for; outlives the pings that are sent meanwhile. */
	#arrival: PromiseWithResolvers<Arrival> | undefined;

	constructor(
		items: SourceIterator<unknown>,
		pingIntervalMs: number,
		toText: (data: unknown) => string,
	) {
		this.#items = items;
		this.#pingIntervalMs = pingIntervalMs;
		this.#toText = toText;
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<IteratorResult<string, undefined>> {
		const result = await this.#nextItem();
		if (result === "ping") {
			return { done: false, value: pingBlock };
		}
		if (result.done === true) {
			return result;
		}
		try {
			return { done: false, value: this.#format(result.value) };
		} catch (error) {
			// whoever iterates does not call return() after an error
			await this.#items.return();
			throw error;
		}
	}

	async return(): Promise<IteratorResult<string, undefined>> {
		await this.#items.return();
		return { done: true, value: undefined };
	}

	async #nextItem(): Promise<Arrival> {
		const arrival = this.#arrival ?? this.#ask();
		const timer = this.#startPing(arrival);
		try {
			const item = await arrival.promise;
			if (item !== "ping") {
				this.#arrival = undefined;
			}
			return item;
		} finally {
			clearTimeout(timer);
		}
	}

	#ask(): PromiseWithResolvers<Arrival> {
		const arrival = this.#expectArrival();
		this.#items.next().then(
			(item) => this.#arrival?.resolve(item),
			(error) => this.#arrival?.reject(error),
		);
		return arrival;
	}

	#startPing(
		arrival: PromiseWithResolvers<Arrival>,
	): ReturnType<typeof setTimeout> | undefined {
		if (this.#pingIntervalMs === 0) {
			return undefined;
		}
		const timer = setTimeout(() => {
			this.#expectArrival();
			arrival.resolve("ping");
		}, this.#pingIntervalMs);
		// browsers and edge runtimes have numbers for timers
		if (typeof timer === "object") {
			timer.unref();
		}
		return timer;
	}

	#expectArrival(): PromiseWithResolvers<Arrival> {
		const arrival = Promise.withResolvers<Arrival>();
		// an error that comes while a ping is being sent is thrown by the next call, so it is not unhandled
		arrival.promise.catch(() => {});
		this.#arrival = arrival;
		return arrival;
	}

	#format(item: unknown): string {
		return item instanceof ServerSentEvent
			? formatServerSentEvent(item, this.#toText)
			: formatEventData(this.#toText(item));
	}
}

type Arrival = IteratorResult<unknown, undefined> | "ping";
