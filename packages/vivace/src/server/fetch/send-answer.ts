import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import { isBodySent } from "../../http/answer-framing.ts";
import { OpenFile } from "../../http/open-file.ts";
import { bodyLengthBytes } from "../../http/response-body.ts";
import { type FileBody, fileChunks } from "../../http/stored-file.ts";
import type { FetchExchange } from "./fetch-exchange.ts";
import { type FetchHost, isLastOnConnection, settle } from "./fetch-host.ts";
import type { OpenedFile, SentBody } from "./fetch-platform.ts";
import {
	fetchHeaders,
	headersAtHand,
	initOfType,
	internalError,
} from "./fetch-response.ts";
import { sendStream } from "./send-stream.ts";

/** A larger body is watched until it has left: its client may take nothing. */
const watchedBytes = 262_144;

/** As on Node, half the time per gigabyte of 64 KiB pieces. */
const pieceBytes = 262_144;

/** Hands an answer over to the runtime. The exchange is settled when it has left, or when the client has. */
export function sendAnswer<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	answer: Answer,
): globalThis.Response | Promise<globalThis.Response> {
	exchange.answer = answer;
	try {
		const { body } = answer;
		const isAtHand =
			typeof body === "string" || body === null || body instanceof Uint8Array;
		if (exchange.isReadAtEnd || !isAtHand) {
			exchange.areHeadersKept = true;
			host.port.keep?.(exchange.request, exchange.info);
		}
		if (isAtHand) {
			return exceeds(body, host.port.mostAtOnceBytes)
				? sendPieces(host, exchange, answer, body)
				: sendWhole(host, exchange, answer, body);
		}
		if (Symbol.asyncIterator in body) {
			if (exchange.isClientGone) {
				return cancel(host, exchange, body[Symbol.asyncIterator]());
			}
			return sendStream(host, exchange, answer, body, undefined);
		}
		return sendFile(host, exchange, answer, body.file);
	} catch (error) {
		return fail(host, exchange, error);
	}
}

function sendWhole<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	answer: Answer,
	body: string | Uint8Array | null,
	sizeBytes?: number,
): globalThis.Response {
	const { status, onlyType } = answer;
	const isSent = isBodySent(exchange.method, status) && body !== null;
	const isLast = isLastOnConnection(host, exchange);
	if (status === 205 && host.port.dropsLengthOf205 === true) {
		tellOf205(host, exchange);
	}
	const response = new globalThis.Response(
		isSent ? sentBody(host, answer, body) : null,
		isSent && onlyType !== undefined && !isLast
			? initOfType(onlyType, status, host.port)
			: {
					status,
					headers: isSent
						? headersAtHand(answer, isLast, host.port.prefersRecords)
						: fetchHeaders(answer, {
								bodyLengthBytes: sizeBytes ?? bodyLengthBytes(body),
								isCounted: false,
								isLast,
							}),
				},
	);
	if (exchange.hasEnds || (isSent && body.length > watchedBytes)) {
		settleWhenOver(host, exchange, isSent ? body.length : 0);
	} else {
		settle(host, exchange);
	}
	return response;
}

/** The ports whose log says so already. */
const told = new WeakSet<object>();

/** A client waits for the body of an answer without a length until the connection is closed, RFC 9112 §6.3. */
function tellOf205<Info>(
	{ port, log }: FetchHost<Info>,
	{ method, target }: FetchExchange<Info>,
): void {
	if (!told.has(port)) {
		told.add(port);
		log.warn(
			`${method} ${target.split("?", 1)[0]}: a 205 leaves without a length on this runtime, so that some clients wait for its body; respond with 204`,
		);
	}
}

function exceeds(
	body: string | Uint8Array | null,
	mostBytes: number | undefined,
): body is string | Uint8Array {
	return mostBytes !== undefined && body !== null && body.length > mostBytes;
}

function sendPieces<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	answer: Answer,
	body: string | Uint8Array,
): Promise<globalThis.Response> {
	const bytes =
		typeof body === "string" ? new TextEncoder().encode(body) : body;
	return sendStream(host, exchange, answer, pieces(bytes), bytes.length);
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	for (let begin = 0; begin < bytes.length; begin += pieceBytes) {
		yield bytes.subarray(begin, begin + pieceBytes);
	}
}

/** A runtime gives a body that is at hand a media type where the answer has none, but not one that comes in pieces. */
function sentBody<Info>(
	{ port }: FetchHost<Info>,
	answer: Answer,
	body: string | Uint8Array,
): SentBody {
	if (answer.onlyType !== undefined || answer.headers.has("content-type")) {
		return body as string | Uint8Array<ArrayBuffer>; // the web's types exclude shared memory, which nobody hands us
	}
	const bytes =
		typeof body === "string" ? new TextEncoder().encode(body) : body;
	if (port.leavesBytesUntyped === true) {
		return bytes as Uint8Array<ArrayBuffer>; // as above
	}
	return new ReadableStream({
		start(controller) {
			controller.enqueue(bytes);
			controller.close();
		},
	});
}

async function sendFile<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	answer: Answer,
	file: FileBody,
): Promise<globalThis.Response> {
	host.track(exchange);
	try {
		const { status } = answer;
		if (!isBodySent(exchange.method, status) || file.sizeBytes === 0) {
			return sendWhole(host, exchange, answer, null, file.sizeBytes);
		}
		const headers = fetchHeaders(answer, {
			bodyLengthBytes: file.sizeBytes,
			isCounted: false,
			isLast: isLastOnConnection(host, exchange),
		});
		const opened = await openedFor(exchange, file);
		const body = await host.port.fileBody?.(opened, headers);
		if (body === undefined) {
			const chunks = fileChunks(opened, pieceBytes);
			return await sendStream(host, exchange, answer, chunks, file.sizeBytes);
		}
		const response = new globalThis.Response(body, { status, headers });
		settleWhenOver(host, exchange, file.sizeBytes);
		return response;
	} catch (error) {
		return fail(host, exchange, error);
	}
}

/** The file, open until the exchange is over. */
async function openedFor<Info>(
	exchange: FetchExchange<Info>,
	file: FileBody,
): Promise<OpenedFile> {
	const { handle } = file;
	if (handle?.isOpen === true) {
		return { ...file, handle };
	}
	const opened = await OpenFile.open(file.path);
	exchange.whenSettled(() => opened.close());
	return { ...file, handle: opened };
}

/** The runtime tells only who asks when an answer has left. */
function settleWhenOver<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	sizeBytes: number,
): void {
	host.track(exchange);
	exchange.handedOver = { sizeBytes, sinceMs: performance.now() };
	host.port.whenOver(exchange.request, exchange.info, () =>
		settle(
			host,
			exchange,
			exchange.isClientGone ? new ClientGoneError() : undefined,
		),
	);
}

/** Ends an exchange whose client has gone before anything of the answer was sent. */
function cancel<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	body: AsyncIterator<unknown>,
): globalThis.Response {
	host.track(exchange);
	exchange.finishBody(body).then(
		(hasEnded) => {
			if (!hasEnded) {
				host.abandon(exchange);
			}
			settle(host, exchange, new ClientGoneError());
		},
		(error: unknown) => settle(host, exchange, error),
	);
	return new globalThis.Response(null); // nobody reads it
}

function fail<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	error: unknown,
): globalThis.Response {
	host.log.error(
		`${exchange.method} ${exchange.target}: the response can't be sent`,
		error,
	);
	settle(host, exchange, error);
	return internalError(host.isClosing);
}
