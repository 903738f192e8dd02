import { Response, type ResponseBody } from "./response.ts";
import { bodyChunks, bodyLengthBytes, cancelBody } from "./response-body.ts";
import { fromWebStream, toWebStream } from "./web-stream.ts";
import { headerLines, isBodySent } from "./wire.ts";

/** Options of {@link toWebResponse}. */
export interface WebResponseOptions {
	/** The method that is answered: nothing of the body is sent to `HEAD`. Default: `GET`. */
	readonly method?: string;
	/** Gets the promise of what runs after the answer (background tasks, the release of what the request held). */
	readonly waitUntil?: (promise: Promise<unknown>) => void;
}

/** Whether a value is a web-standard response, whoever made it. Node loads `globalThis.Response`, with 16 MB, only when it is asked for. */
export function isWebResponse(value: unknown): value is globalThis.Response {
	return (
		typeof value === "object" &&
		value !== null &&
		(value as Partial<globalThis.Response & { [Symbol.toStringTag]: string }>)[
			Symbol.toStringTag
		] === "Response"
	);
}

/**
 * A web-standard response as ours: status, all headers (each `set-cookie` a line of its own) and the body as a stream.
 *
 * @throws TypeError when its body has been read, or when it is `Response.error()`
 */
export function fromWebResponse(web: globalThis.Response): Response {
	if (web.bodyUsed || web.body?.locked) {
		throw new TypeError(
			"A web Response can be returned once, and only while its body has not been read; return response.clone() instead.",
		);
	}
	if (web.type === "error") {
		throw new TypeError("Response.error() is not an answer; throw an error.");
	}
	const body = web.body === null ? null : fromWebStream(web.body);
	return new Response(body, { status: web.status, headers: web.headers });
}

/**
 * A response of ours as a web-standard one. `response.settle()` is called once: when a streamed body has been read to its end, was
 * cancelled or failed; for a body that is at hand, when the answer has been passed on.
 */
export function toWebResponse(
	response: Response,
	options: WebResponseOptions = {},
): globalThis.Response {
	const { body, status } = response;
	headerLines(response, bodyLengthBytes(body));
	const init = { status, headers: Array.from(response.headers) };
	const settle = settleOnce(response, options.waitUntil);
	if (!isBodySent(options.method ?? "GET", status)) {
		setTimeout(async () => settle(await outcome(cancelBody(body))), 0);
		return new globalThis.Response(null, init);
	}
	if (isAtHand(body)) {
		setTimeout(settle, 0);
		return new globalThis.Response(toBytes(body), init);
	}
	return new globalThis.Response(toWebStream(bodyChunks(body), settle), init);
}

function settleOnce(
	response: Response,
	waitUntil?: (promise: Promise<unknown>) => void,
): (error?: unknown) => void {
	// made at once: an edge runtime wants to be told before the answer has left
	const settled = Promise.withResolvers<void>();
	waitUntil?.(settled.promise);
	return (error) => settled.resolve((async () => response.settle(error))());
}

async function outcome(promise: Promise<void>): Promise<unknown> {
	try {
		await promise;
		return undefined;
	} catch (error) {
		return error; // settle() takes it from here
	}
}

function isAtHand(body: ResponseBody): body is null | string | Uint8Array {
	return (
		body === null || typeof body === "string" || body instanceof Uint8Array
	);
}

function toBytes(
	body: null | string | Uint8Array,
): Uint8Array<ArrayBuffer> | null {
	// the runtime gives a string a content type of its own, bytes none; its types exclude shared memory, which nobody hands us
	return typeof body === "string"
		? new TextEncoder().encode(body)
		: (body as Uint8Array<ArrayBuffer> | null);
}
