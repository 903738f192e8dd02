import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Response } from "../../http/response.ts";
import {
	bodyLengthBytes,
	cancelBody,
	isStreamed,
} from "../../http/response-body.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import { streamFile } from "./file-stream.ts";
import type { NodeExchange } from "./node-exchange.ts";
import {
	endOutgoing,
	sendInternalError,
	settle,
	writeHead,
} from "./outgoing.ts";
import { sendStream } from "./send-stream.ts";

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
		if (exchange.outgoing.destroyed) {
			cancel(host, exchange, response);
		} else if (exchange.handover !== undefined) {
			handOver(host, exchange, response, exchange.handover);
		} else if (
			typeof body === "string" ||
			body === null ||
			body instanceof Uint8Array
		) {
			sendWhole(host, exchange, response, body);
		} else if (Symbol.asyncIterator in body) {
			sendStream(host, exchange, response, body);
		} else {
			sendStream(
				host,
				exchange,
				response,
				streamFile(body.file),
				body.file.sizeBytes,
			);
		}
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
	writeHead(host, exchange, response, bodyLengthBytes(body));
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
		socket.writableLength === 0 &&
		outgoing.writableEnded
	) {
		// the operating system has all of it: `finish` would say so later, for 0.9 us
		if (response.onSettled !== undefined || exchange.isTracked) {
			settle(host, exchange, response);
		}
	} else {
		host.track(exchange);
		outgoing.once("close", () => {
			settle(host, exchange, response, lossOf(exchange));
		});
	}
}

/** Lets the handler that took the exchange over send the answer, with the headers that the app has set. */
function handOver(
	host: ExchangeHost,
	exchange: NodeExchange,
	response: Response,
	{ handler, target }: NonNullable<NodeExchange["handover"]>,
): void {
	const { incoming, outgoing } = exchange;
	host.track(exchange);
	outgoing.once("close", () => {
		settle(host, exchange, response, lossOf(exchange));
	});
	for (const [name, value] of response.headers) {
		outgoing.appendHeader(name, value);
	}
	if (host.isClosing) {
		outgoing.setHeader("connection", "close");
	}
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

/** Settles a response whose client has gone before anything of it was sent. */
function cancel(
	host: ExchangeHost,
	exchange: NodeExchange,
	response: Response,
): void {
	if (!isStreamed(response.body)) {
		settle(host, exchange, response, new ClientGoneError());
		return;
	}
	host.track(exchange);
	cancelBody(response.body).then(
		() => settle(host, exchange, response, new ClientGoneError()),
		(error: unknown) => settle(host, exchange, response, error),
	);
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
