import { assertAnswerStatus } from "../errors/answer-status.ts";
import {
	assertArgument,
	assertOptionNames,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { type HeadersInit, ResponseHeaders } from "./response-headers.ts";
import {
	type DeleteCookieOptions,
	formatDeleteCookie,
	formatSetCookie,
	type SetCookieOptions,
} from "./set-cookie.ts";
import type { FileBody, FileSource } from "./stored-file.ts";
import { encodedText } from "./text-charset.ts";

/**
 * The body of a {@link Response}; `null` means no body. A string is sent as UTF-8, unless the media type names ISO 8859-1. An iterable is
 * iterated once per response.
 */
export type ResponseBody =
	| null
	| string
	| Uint8Array
	| AsyncIterable<string | Uint8Array>
	| FileSource
	| { readonly file: FileBody };

/** Options of a {@link Response}. */
export interface ResponseOptions {
	/** Status code, from 200 to 599. Default: 200. */
	readonly status?: number | undefined;
	/** Headers. Default: none. */
	readonly headers?: HeadersInit | undefined;
	/**
	 * `Content-Type`; for text types `; charset=utf-8` is added. A string is sent in the charset that it names, UTF-8 or ISO 8859-1; for
	 * other charsets pass bytes. A `content-type` in `headers` overrides it. Default: that of the class, none for `Response`.
	 */
	readonly mediaType?: string;
	/**
	 * Runs after the response has been sent (each time that it is sent), before request scope ends; may be asynchronous. Default: none.
	 * Use `BackgroundTasks` if the tasks are not known where the response is made.
	 *
	 * @see Starlette, "Background Tasks"
	 */
	readonly background?: () => unknown;
}

/** Rules of {@link ResponseOptions}. */
export const responseRules: OptionRules<ResponseOptions> = {
	status: "any", // assertAnswerStatus
	headers: "any", // ResponseHeaders
	mediaType: "text",
	background: "function",
};

/**
 * An answer: status, headers and body, sent by the server as they are. It is a value: what a handler, an exception handler or a
 * middleware returns may be returned again, also to another client at the same time. Each client gets its own copy of status and
 * headers; what is set on the copy of one, no other sees.
 *
 * @throws TypeError when a header can't be sent, see {@link ResponseHeaders.append}
 * @throws TypeError when a text has no form in the charset of its media type
 * @throws RangeError when `status` is not a whole number from 200 to 599
 * @throws SetupError `VIV_OPTION` for what is no body, and for an option that there is not, also one that a class of your own hands to `super`
 * @example
 * ```ts
 * import { Response } from "vivace";
 *
 * const answer = new Response("<note/>", { mediaType: "application/xml" });
 * answer.setCookie("seen", "1");
 * ```
 * @see FastAPI, "Return a Response Directly", "Response Cookies", "Response Headers"
 */
export class Response {
	/**
	 * The media type in the document, and the default `Content-Type` of responses of this class (text types with `; charset=utf-8`);
	 * `null` means none. Set it in a class of your own.
	 */
	static readonly mediaType: string | null = null;

	/** Status code, from 200 to 599. */
	status: number;
	body: ResponseBody;
	/**
	 * True when the body never ends by itself (server-sent events): when the server stops, `request.signal` is aborted at once rather
	 * than after `drainTimeoutMs`.
	 */
	endsOnShutdown = false;
	/** Runs after the response has been sent, before request scope ends. */
	background: (() => unknown) | undefined;
	/** Its media type, for as long as it is the only header and nobody has asked for these: most answers leave as such. */
	#onlyType: string | undefined;
	#headers: ResponseHeaders | undefined;

	constructor(body?: ResponseBody, options?: ResponseOptions);
	/** @internal @param onlyType the media type of a text, which is known to be right */
	constructor(body: string, options: undefined, onlyType: string);
	constructor(
		body: ResponseBody = null,
		options?: ResponseOptions,
		onlyType?: string,
	) {
		this.#onlyType = onlyType;
		if (onlyType !== undefined) {
			this.body = body;
			this.status = 200;
			return;
		}
		if (typeof body !== "string" && body !== null && !isBody(body)) {
			const name = new.target.name || "Response";
			assertArgument(name, "body", body, () => bodyWords);
		}
		this.body = body;
		this.status = options?.status === undefined ? 200 : options.status;
		this.#headers = new ResponseHeaders(options?.headers);
		if (options !== undefined) {
			assertResponseOptions(new.target.name || "Response", options);
			this.background = options.background;
		}
		const mediaType = options?.mediaType ?? new.target.mediaType;
		if (mediaType !== null) {
			setIfMissing(this.headers, withCharset(mediaType));
		}
		if (
			typeof body === "string" &&
			(options?.headers !== undefined || mediaType?.includes("="))
		) {
			this.body = encodedText(body, this.headers.get("content-type") ?? "");
		}
	}

	/** The headers. What is set here is sent. */
	get headers(): ResponseHeaders {
		if (this.#headers === undefined) {
			this.#headers = new ResponseHeaders(undefined, [
				"content-type",
				this.#onlyType as string, // the constructor has made one of both
			]);
			this.#onlyType = undefined;
		}
		return this.#headers;
	}

	/** @internal The value of its one header, `content-type`, where it is known to have no other. */
	get onlyType(): string | undefined {
		return this.#onlyType;
	}

	/**
	 * Adds a cookie. Values with blanks, commas, semicolons or quotes are quoted as Python's `http.cookies` does.
	 *
	 * @throws TypeError when name, value or an attribute can't stand in a header
	 */
	setCookie(name: string, value = "", options?: SetCookieOptions): void {
		this.headers.append("set-cookie", formatSetCookie(name, value, options));
	}

	/**
	 * @internal Within a value it would be sent as its members.
	 * @throws TypeError
	 */
	toJSON(key: string): never {
		throw new TypeError(
			`A response can't stand within an answer, but that at "${key}" is a ${this.constructor.name}; return it by itself.`,
		);
	}

	/** Deletes a cookie in the browser; `path` and `domain` must be those it was set with. */
	deleteCookie(name: string, options?: DeleteCookieOptions): void {
		this.headers.append("set-cookie", formatDeleteCookie(name, options));
	}
}

const bodyWords =
	"a text, bytes (Uint8Array), an async iterable of these, or null";

function isBody(body: unknown): boolean {
	return (
		typeof body === "object" &&
		body !== null &&
		(body instanceof Uint8Array ||
			Symbol.asyncIterator in body ||
			"file" in body ||
			"path" in body)
	);
}

function setIfMissing(headers: ResponseHeaders, contentType: string): void {
	if (headers.lines.length === 0 || !headers.has("content-type")) {
		headers.append("content-type", contentType);
	}
}

/** Looks at the names alone, since responses are made for each request; at the rules too where something is wrong. */
function assertResponseOptions(name: string, options: ResponseOptions): void {
	assertOptionNames(name, options, responseRules);
	const { status, mediaType, background } = options;
	if (status !== undefined) {
		assertAnswerStatus("a response", status);
	}
	if (
		(mediaType !== undefined && typeof mediaType !== "string") ||
		(background !== undefined && typeof background !== "function")
	) {
		assertOptions(name, options, responseRules);
	}
}

function withCharset(mediaType: string): string {
	return mediaType.startsWith("text/") &&
		!mediaType.toLowerCase().includes("charset=")
		? `${mediaType}; charset=utf-8`
		: mediaType;
}
