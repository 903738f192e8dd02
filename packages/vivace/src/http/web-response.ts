import type { Answer, AnswerBody } from "./answer.ts";
import { headerLines, isBodySent } from "./answer-framing.ts";
import { bodyError, type Exchange } from "./exchange.ts";
import { Response } from "./response.ts";
import { bodyChunks, bodyLengthBytes, isStreamed } from "./response-body.ts";
import { fromWebStream, toWebStream } from "./web-stream.ts";

// as it is when the module is loaded: a test that fakes the app's timers does not wait for its answers
const { setTimeout } = globalThis;

type OnFailure = (error: unknown) => void;

/** True when a value is a web-standard response, whoever made it. Node loads `globalThis.Response`, with 16 MB, only when it is asked for. */
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
 * The answer of an exchange as a web-standard response. The exchange is settled when a streamed body has been read to its end, was
 * cancelled or failed; for a body that is at hand, when the answer has been passed on.
 *
 * @param onFailure told when the body fails; does not throw
 */
export function toWebResponse(
	exchange: Exchange,
	answer: Answer,
	onFailure: OnFailure = () => {},
): globalThis.Response {
	const { body, status } = answer;
	headerLines(answer, bodyLengthBytes(body));
	const init = { status, headers: Array.from(answer.headers) };
	if (!isBodySent(exchange.source.method, status)) {
		setTimeout(() => void cancel(exchange, body, onFailure), 0);
		return new globalThis.Response(null, init);
	}
	if (isAtHand(body)) {
		setTimeout(() => void exchange.settle(), 0);
		return new globalThis.Response(toBytes(body), init);
	}
	const stream = toWebStream(
		bodyChunks(body),
		(error) => void exchange.settle(error),
		(iterator) => finish(exchange, iterator),
		onFailure,
	);
	return new globalThis.Response(stream, init);
}

/** Settles an exchange whose body is not sent. */
async function cancel(
	exchange: Exchange,
	body: AnswerBody,
	onFailure: OnFailure,
): Promise<void> {
	try {
		if (isStreamed(body)) {
			await finish(exchange, body[Symbol.asyncIterator]());
		}
		await exchange.settle();
	} catch (error) {
		const failure = bodyError(error);
		onFailure(failure);
		await exchange.settle(failure);
	}
}

async function finish(
	exchange: Exchange,
	iterator: AsyncIterator<unknown>,
): Promise<void> {
	if (!(await exchange.finishBody(iterator))) {
		exchange.app?.logger.warn(exchange.leftBehind);
	}
}

function isAtHand(body: AnswerBody): body is null | string | Uint8Array {
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
