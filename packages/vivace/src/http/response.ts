import type { Request } from "./request.ts";
import { type HeadersInit, ResponseHeaders } from "./response-headers.ts";
import {
	type DeleteCookieOptions,
	formatDeleteCookie,
	formatSetCookie,
	type SetCookieOptions,
} from "./set-cookie.ts";

/** A body that a server can send from a disk itself; what a file response carries. */
export interface FileBody {
	readonly path: string;
	/** First byte to send. */
	readonly offset: number;
	readonly sizeBytes: number;
}

/** What a {@link Response} can carry; `null` is no body. A string is sent as UTF-8. */
export type ResponseBody =
	| null
	| string
	| Uint8Array
	| AsyncIterable<string | Uint8Array>
	| { readonly file: FileBody };

/** Options of a {@link Response}. */
export interface ResponseOptions {
	/** Status code. Default: 200. */
	readonly status?: number;
	/** Headers. Default: none. */
	readonly headers?: HeadersInit;
	/**
	 * `Content-Type`; for text types `; charset=utf-8` is added. A `content-type` among `headers` goes first. Default: that of
	 * the class, none for `Response`.
	 */
	readonly mediaType?: string;
}

/**
 * An answer: status, headers and body, sent by the server as they are.
 *
 * @throws TypeError when a header can't be sent, see {@link ResponseHeaders.append}
 * @throws RangeError when `status` is not a whole number from 100 to 599
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
	 * The media type that the document names, and the `Content-Type` of answers of this class that say no other (text types with
	 * `; charset=utf-8`); `null`: none. A class of your own sets it.
	 */
	static readonly mediaType: string | null = null;

	/** Status code, from 100 to 599. */
	status: number;
	readonly headers: ResponseHeaders;
	body: ResponseBody;
	/**
	 * Whether the body never ends by itself (server-sent events): at shutdown `request.signal` is aborted at once rather than
	 * when `drainTimeout` is over.
	 */
	endsOnShutdown = false;
	/** @internal What must run when the body has been sent, was cancelled or failed; set by the app. */
	onSettled: ((error?: unknown) => void | Promise<void>) | undefined =
		undefined;

	constructor(body: ResponseBody = null, options?: ResponseOptions) {
		this.body = body;
		this.status = options?.status === undefined ? 200 : options.status;
		this.headers = new ResponseHeaders(options?.headers);
		if (options !== undefined) {
			assertStatus(this.status);
		}
		const mediaType = options?.mediaType ?? new.target.mediaType;
		if (mediaType !== null) {
			setIfMissing(this.headers, withCharset(mediaType));
		}
	}

	/**
	 * Adds a cookie. Values with blanks, commas, semicolons or quotes are quoted as Python's `http.cookies` does.
	 *
	 * @throws TypeError when name, value or an attribute can't stand in a header
	 */
	setCookie(name: string, value = "", options?: SetCookieOptions): void {
		this.headers.append("set-cookie", formatSetCookie(name, value, options));
	}

	/** Makes the browser forget a cookie; `path` and `domain` must be those it was set with. */
	deleteCookie(name: string, options?: DeleteCookieOptions): void {
		this.headers.append("set-cookie", formatDeleteCookie(name, options));
	}

	/**
	 * @internal What the answer still has to find out before its headers can be sent (a file's size and the ranges asked for).
	 * The app calls it once, after the middleware; a rejection is an internal error. `undefined` when nothing is missing.
	 */
	prepare(_request: Request): Promise<void> | undefined {
		return undefined;
	}

	/**
	 * @internal Says that the body has been sent, was cancelled or failed. Runs `onSettled` the first time, and only then;
	 * returns its promise, if it gives one.
	 */
	settle(error?: unknown): void | Promise<void> {
		const onSettled = this.onSettled;
		if (onSettled === undefined) {
			return;
		}
		this.onSettled = undefined;
		return onSettled(error);
	}
}

function setIfMissing(headers: ResponseHeaders, contentType: string): void {
	if (headers.lines.length === 0 || !headers.has("content-type")) {
		headers.append("content-type", contentType);
	}
}

function assertStatus(status: number): void {
	if (!(Number.isInteger(status) && status >= 100 && status <= 599)) {
		throw new RangeError(
			`The status of a response must be a whole number from 100 to 599, but got ${status}.`,
		);
	}
}

function withCharset(mediaType: string): string {
	return mediaType.startsWith("text/") &&
		!mediaType.toLowerCase().includes("charset=")
		? `${mediaType}; charset=utf-8`
		: mediaType;
}
