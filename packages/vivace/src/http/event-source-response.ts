import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { encodeJson } from "../json/encode.ts";
import { type AnyChunkSource, isSourceOrMaker } from "./chunk-source.ts";
import { Response, type ResponseOptions, responseRules } from "./response.ts";
import {
	formatEventData,
	formatServerSentEvent,
	ServerSentEvent,
} from "./server-sent-event.ts";
import { type ChunkForm, StreamBody } from "./source-stream.ts";

/** Options of an {@link EventSourceResponse}. */
export interface EventSourceOptions extends Omit<ResponseOptions, "mediaType"> {
	/**
	 * How long nothing may be sent before a comment (`: ping`) keeps proxies from closing the connection, in milliseconds. Default:
	 * 15,000; `0` sends none.
	 */
	readonly pingIntervalMs?: number;
	/** Converts data to a string. Default: compact JSON. */
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
 * A response of server-sent events, `Content-Type: text/event-stream; charset=utf-8`, which proxies neither store nor delay. Each item is
 * a {@link ServerSentEvent}, or any other value: then it is an event with that value as JSON data. It ends when the items end or the
 * client disconnects. (A function that returns the items is called for each client.) When the server stops, `request.signal` is aborted
 * at once.
 *
 * @throws TypeError when `items` can't be iterated
 * @throws SetupError `VIV_OPTION` for an unknown option or an invalid value
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
		const { pingIntervalMs, toText, ...rest } = options;
		assertArgument(name, "items", items, (value) =>
			isSourceOrMaker(value)
				? undefined
				: "an iterable, an async iterable or a ReadableStream of events, or a function that makes one",
		);
		const form =
			new.target === EventSourceResponse &&
			pingIntervalMs === undefined &&
			toText === undefined
				? usualForm
				: eventForm(name, pingIntervalMs, toText);
		super(new StreamBody(items, form), rest);
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

function eventForm(
	name: string,
	pingIntervalMs = 15_000,
	toText: (data: unknown) => string = encodeJson,
): ChunkForm<unknown, string> {
	return {
		name,
		toChunk: (item) => toEvent(item, toText),
		...(pingIntervalMs !== 0 && {
			ping: { chunk: pingBlock, intervalMs: pingIntervalMs },
		}),
	};
}

/** One for all: 10,000 streams may wait at a time. */
const usualForm = eventForm("EventSourceResponse");

function toEvent(item: unknown, toText: (data: unknown) => string): string {
	return item instanceof ServerSentEvent
		? formatServerSentEvent(item, toText)
		: formatEventData(toText(item));
}
