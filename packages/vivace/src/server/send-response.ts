import { open } from "node:fs/promises";
import { ClientGoneError } from "../errors/client-gone.ts";
import type { FileBody, Response } from "../http/response.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import type { NodeExchange } from "./node-exchange.ts";
import {
	endOutgoing,
	isLastOnConnection,
	sendInternalError,
	settle,
	writeHead,
} from "./outgoing.ts";
import { cancelBody, sendStream } from "./send-stream.ts";

/**
 * Sends an answer and settles it when it has been sent, or when the client has gone. Whatever is ready is written in one call
 * before this returns.
 */
export function sendResponse(
	host: ExchangeHost,
	exchange: NodeExchange,
	response: Response,
): void {
	exchange.response = response;
	try {
		const { body } = response;
		if (exchange.outgoing.destroyed) cancelBody(host, exchange, response);
		else if (
			typeof body === "string" ||
			body === null ||
			body instanceof Uint8Array
		)
			sendWhole(host, exchange, response, body);
		else if (Symbol.asyncIterator in body)
			sendStream(host, exchange, response, body);
		else void sendFile(host, exchange, response, body.file);
	} catch (error) {
		failWhole(host, exchange, response, error);
	}
}

function sendWhole(
	host: ExchangeHost,
	exchange: NodeExchange,
	response: Response,
	body: string | Uint8Array | null,
): void {
	const { outgoing } = exchange;
	const isLast = isLastOnConnection(host, exchange);
	writeHead(exchange, response, isLast, sizeOf(body));
	if (exchange.isBodyRefused) {
		if (body !== null) outgoing.write(body);
		endOutgoing(exchange);
	} else if (body === null) outgoing.end();
	else outgoing.end(body);
	// null while an earlier response of the same connection is being sent
	const { socket } = outgoing;
	if (
		socket !== null &&
		socket.writableLength === 0 &&
		outgoing.writableEnded
	) {
		// the operating system has all of it: `finish` would say so later, for 0.9 us
		if (response.onSettled !== undefined || exchange.isTracked)
			settle(host, exchange, response);
	} else {
		host.track(exchange);
		outgoing.once("close", () => {
			settle(host, exchange, response, lossOf(exchange));
		});
	}
}

function sizeOf(body: string | Uint8Array | null): number {
	if (body === null) return 0;
	return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}

function lossOf(exchange: NodeExchange): ClientGoneError | undefined {
	return exchange.isClientGone ? new ClientGoneError() : undefined;
}

function failWhole(
	host: ExchangeHost,
	exchange: NodeExchange,
	response: Response,
	error: unknown,
): void {
	host.log.error(
		`${exchange.method} ${exchange.target}: the response can't be sent`,
		error,
	);
	sendInternalError(host, exchange);
	settle(host, exchange, response, error);
}

async function sendFile(
	host: ExchangeHost,
	exchange: NodeExchange,
	response: Response,
	file: FileBody,
): Promise<void> {
	host.track(exchange);
	try {
		if (file.sizeBytes === 0) {
			sendWhole(host, exchange, response, null);
			return;
		}
		if (exchange.method === "HEAD") {
			sendStream(host, exchange, response, nothing, file.sizeBytes);
			return;
		}
		const handle = await open(file.path);
		if (exchange.outgoing.destroyed) {
			await handle.close();
			settle(host, exchange, response, new ClientGoneError());
			return;
		}
		const stream = handle.createReadStream({
			start: file.offset,
			end: file.offset + file.sizeBytes - 1,
			highWaterMark: 262_144,
		});
		sendStream(host, exchange, response, stream, file.sizeBytes);
	} catch (error) {
		failWhole(host, exchange, response, error);
	}
}

const nothing: AsyncIterable<Uint8Array> = {
	[Symbol.asyncIterator]: () => ({
		next: () => Promise.resolve({ done: true, value: undefined }),
	}),
};
