import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import { isBodyAllowed } from "../../http/answer-framing.ts";
import { bodyLengthBytes, isStreamed } from "../../http/response-body.ts";
import { fileChunks } from "../../http/stored-file.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import type { NodeExchange } from "./node-exchange.ts";
import {
	endOutgoing,
	sendInternalError,
	settle,
	writeHead,
} from "./outgoing.ts";
import { sendStream } from "./send-stream.ts";

/** Half the time per gigabyte of 64 KiB pieces. */
const pieceBytes = 262_144;

/**
 * Deno does not tell how much of a chunk has left: who takes his time with a large one would seem to take nothing. Bun says of any that all of it has,
 * so that a stop would not wait for it.
 */
const countsWholeChunks = "Deno" in globalThis || "Bun" in globalThis;

/**
 * Sends an answer and ends its exchange when it has been sent, or when the client has gone. Whatever is ready is written in one call
 * before this returns.
 */
export function sendResponse(
	host: ExchangeHost,
	exchange: NodeExchange,
	answer: Answer,
): void {
	exchange.endsOnShutdown = answer.endsOnShutdown;
	try {
		const { body } = answer;
		if (exchange.outgoing.destroyed) {
			cancel(host, exchange, answer);
		} else if (exchange.handover !== undefined) {
			handOver(host, exchange, answer, exchange.handover);
		} else if (
			typeof body === "string" ||
			body === null ||
			body instanceof Uint8Array
		) {
			sendWhole(host, exchange, answer, body);
		} else if (Symbol.asyncIterator in body) {
			sendStream(host, exchange, answer, body);
		} else {
			sendStream(
				host,
				exchange,
				answer,
				fileChunks(body.file, pieceBytes),
				body.file.sizeBytes,
			);
		}
	} catch (error) {
		failWhole(host, exchange, error);
	}
}

function sendWhole(
	host: ExchangeHost,
	exchange: NodeExchange,
	answer: Answer,
	given: string | Uint8Array | null,
): void {
	const { outgoing } = exchange;
	const body = isBodyAllowed(answer.status) ? given : null; // Node sends that of a 205
	if (countsWholeChunks && body !== null && body.length > pieceBytes) {
		const bytes = typeof body === "string" ? Buffer.from(body) : body;
		sendStream(host, exchange, answer, pieces(bytes), bytes.length);
		return;
	}
	writeHead(host, exchange, answer, bodyLengthBytes(body));
	if (exchange.isBodyRefused) {
		if (body !== null) {
			outgoing.write(body);
		}
		endOutgoing(exchange);
	} else if (body === null) {
		outgoing.end();
	} else {
		outgoing.end(body);
	}
	// null while an earlier response of the same connection is being sent
	const { socket } = outgoing;
	if (
		socket !== null &&
		outgoing.writableLength === 0 && // with the socket's; on Bun that says nothing
		outgoing.writableEnded
	) {
		// the operating system has all of it: `finish` would say so later, for 0.9 us
		if (exchange.isTracked) {
			host.release(exchange);
		}
		void exchange.settle();
	} else {
		host.track(exchange);
		outgoing.once("close", () => {
			settle(host, exchange, lossOf(exchange));
		});
	}
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	for (let begin = 0; begin < bytes.length; begin += pieceBytes) {
		yield bytes.subarray(begin, begin + pieceBytes);
	}
}

/** Lets the handler that took the exchange over send the answer, with the headers that the app has set. */
function handOver(
	host: ExchangeHost,
	exchange: NodeExchange,
	answer: Answer,
	{ handler, target }: NonNullable<NodeExchange["handover"]>,
): void {
	const { incoming, outgoing } = exchange;
	host.track(exchange);
	outgoing.once("close", () => {
		settle(host, exchange, lossOf(exchange));
	});
	for (const [name, value] of answer.headers) {
		outgoing.appendHeader(name, value);
	}
	if (host.isClosing || host.isLeaving) {
		outgoing.setHeader("connection", "close");
	}
	host.heads?.announce(outgoing);
	incoming.url = target;
	const fail = (error: unknown) => {
		host.log.error(
			`${exchange.method} ${target}: the mounted handler failed`,
			error,
		);
		if (outgoing.headersSent) {
			outgoing.destroy();
		} else {
			sendInternalError(host, exchange);
		}
	};
	try {
		const handled = (handler as (...values: readonly unknown[]) => unknown)(
			incoming,
			outgoing,
		); // the mount has been told that it is a handler of node:http
		if (handled instanceof Promise) {
			handled.catch(fail);
		}
	} catch (error) {
		fail(error);
	}
}

/** Ends an exchange whose client has gone before anything of the answer was sent. */
function cancel(
	host: ExchangeHost,
	exchange: NodeExchange,
	{ body }: Answer,
): void {
	const gone = new ClientGoneError();
	if (!isStreamed(body)) {
		settle(host, exchange, gone);
		return;
	}
	host.track(exchange);
	exchange.finishBody(body[Symbol.asyncIterator]()).then(
		(hasEnded) => {
			if (!hasEnded) {
				host.abandon(exchange);
			}
			settle(host, exchange, gone);
		},
		(error: unknown) => settle(host, exchange, error),
	);
}

function lossOf(exchange: NodeExchange): ClientGoneError | undefined {
	return exchange.isClientGone ? new ClientGoneError() : undefined;
}

function failWhole(
	host: ExchangeHost,
	exchange: NodeExchange,
	error: unknown,
): void {
	host.log.error(
		`${exchange.method} ${exchange.target}: the response can't be sent`,
		error,
	);
	sendInternalError(host, exchange);
	settle(host, exchange, error);
}
