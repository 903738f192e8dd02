import {
	assertOptionNames,
	assertOptions,
	type OptionRules,
	told,
} from "../errors/options.ts";
import { beginAtProgram } from "../errors/program-stack.ts";
import { encodeJson } from "../json/encode.ts";

/** The parts of a {@link ServerSentEvent}; a part that you don't set is not sent. */
export interface ServerSentEventFields {
	/**
	 * The payload, any JSON value, sent as JSON: `"hello"` with its quotes. Not together with `rawData`. Browsers drop an event without data;
	 * they only keep its `id` and `retry`.
	 */
	readonly data?: unknown;
	/** The payload as it is sent, without JSON; each line becomes a `data:` line. */
	readonly rawData?: string;
	/** The name for `addEventListener`; one line. Default: the browser's `message`. */
	readonly event?: string;
	/** The id that the browser sends back as `Last-Event-ID` when it reconnects; one line without NUL. */
	readonly id?: string;
	/** How long the browser waits before it reconnects, in milliseconds, 0 or more. */
	readonly retry?: number;
	/** Text that clients ignore; each line becomes a comment. */
	readonly comment?: string;
}

/**
 * One event of an `EventSourceResponse`, for when data alone is not enough.
 *
 * @throws TypeError when `event` or `id` has a line break (`id` also: NUL), or when both `data` and `rawData` are given
 * @throws RangeError when `retry` is not a whole number of 0 or more
 * @throws SetupError `VIV_OPTION` for a part that there is not
 * @example
 * ```ts
 * import { ServerSentEvent } from "vivace";
 *
 * const event = new ServerSentEvent({ event: "price", id: "17", data: { euro: 3 } });
 * ```
 * @see FastAPI, "Server-Sent Events"; WHATWG HTML §9.2
 */
export class ServerSentEvent {
	readonly data: unknown;
	readonly rawData: string | undefined;
	readonly event: string | undefined;
	readonly id: string | undefined;
	readonly retry: number | undefined;
	readonly comment: string | undefined;

	constructor(fields: ServerSentEventFields) {
		assertOptionNames("ServerSentEvent", fields, rules);
		this.data = fields.data;
		this.rawData = fields.rawData;
		this.event = fields.event;
		this.id = fields.id;
		this.retry = fields.retry;
		this.comment = fields.comment;
		if ([this.rawData, this.event, this.id, this.comment].some(isNoText)) {
			assertOptions("ServerSentEvent", fields, rules);
		}
		assertFields(this);
	}
}

/** Which of them go together {@link assertFields} knows. */
const rules: OptionRules<ServerSentEventFields> = {
	data: "any",
	rawData: "text",
	event: "text",
	id: "text",
	retry: "any", // assertFields
	comment: "text",
};

/** An event as text, its empty line included, with the fields in FastAPI's order: comment, event, data, id, retry. */
export function formatServerSentEvent(
	event: ServerSentEvent,
	toText: (data: unknown) => string = encodeJson,
): string {
	let text = "";
	if (event.comment !== undefined) {
		text += linesOf("", event.comment);
	}
	if (event.event !== undefined) {
		text += `event: ${event.event}\n`;
	}
	if (event.rawData !== undefined) {
		text += linesOf("data", event.rawData);
	} else if (event.data !== undefined && event.data !== null) {
		text += linesOf("data", toText(event.data));
	}
	if (event.id !== undefined) {
		text += `id: ${event.id}\n`;
	}
	if (event.retry !== undefined) {
		text += `retry: ${event.retry}\n`;
	}
	return `${text}\n`;
}

/** A plain value as an event that has only data: `data: {"a":1}`. */
export function formatEventData(jsonText: string): string {
	return `${linesOf("data", jsonText)}\n`;
}

function linesOf(field: string, text: string): string {
	if (!lineBreak.test(text)) {
		return `${field}: ${text}\n`; // as compact JSON always is
	}
	return text
		.split(/\r\n|\r|\n/)
		.map((line) => `${field}: ${line}\n`)
		.join("");
}

const lineBreak = /[\r\n]/;

function isNoText(value: unknown): boolean {
	return value !== undefined && typeof value !== "string";
}

function assertFields(event: ServerSentEvent): void {
	if (event.data != null && event.rawData !== undefined) {
		throw beginAtProgram(
			new TypeError(
				'A ServerSentEvent takes either "data" (sent as JSON) or "rawData" (sent as it is), but got both.',
			),
		);
	}
	assertOneLine("event", event.event, /[\r\n]/);
	assertOneLine("id", event.id, /[\r\n\0]/);
	const { retry } = event;
	if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
		throw beginAtProgram(
			new RangeError(
				`"retry" of a ServerSentEvent must be a whole number of milliseconds, 0 or more, but got ${told(retry)}.`,
			),
		);
	}
}

function assertOneLine(
	field: string,
	text: string | undefined,
	refused: RegExp,
): void {
	if (text !== undefined && refused.test(text)) {
		throw new TypeError(
			`"${field}" of a ServerSentEvent must be one line${field === "id" ? " without NUL" : ""}, but got ${JSON.stringify(text)}.`,
		);
	}
}
