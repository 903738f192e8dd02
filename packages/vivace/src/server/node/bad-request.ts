import type { Socket } from "node:net";
import { statusCodes } from "../../errors/status-phrase.ts";
import type { NodeExchange } from "./node-exchange.ts";
import { endOutgoing } from "./outgoing.ts";

/** How long a client may go on sending before its connection is cut. */
const lingerMs = 1000;

/** Those whose error is to be told as soon as what was right before it has been answered. */
const awaited = new WeakSet<Socket>();

/**
 * Answers what is no HTTP request, or one that is too long in coming, with `{"detail": reason phrase}` and closes the connection:
 * 431 for headers beyond the limit, 413 for what stands beside the sizes of chunks, 408 for a time-out, 505 for HTTP/2, otherwise 400. A request that had arrived before is answered first: the client
 * would take this for its answer.
 *
 * @param currentOf gives the exchange on the connection that is to be answered next, if there is one
 */
export function answerBadRequest(
	error: Error & { readonly code?: string },
	socket: Socket,
	currentOf: () => NodeExchange | undefined,
): void {
	const current = currentOf();
	if (socket.writableEnded || current?.isBodyRefused || awaited.has(socket)) {
		return; // answered before; what still arrives is not read
	}
	if (current?.incoming.complete === true && error.code !== "ECONNRESET") {
		awaited.add(socket);
		current.outgoing.once("close", () => {
			awaited.delete(socket);
			answerBadRequest(error, socket, currentOf);
		});
		return;
	}
	if (
		error.code === "ECONNRESET" ||
		!socket.writable ||
		current?.outgoing.headersSent === true
	) {
		socket.destroy();
		return;
	}
	answerRaw(socket, statusOf(error.code));
}

/** Answers CONNECT, which is for proxies, on the bare connection that Node makes of it. */
export function answerConnect(
	socket: Socket,
	current: NodeExchange | undefined,
): void {
	socket.on("error", () => {}); // nobody else listens any more
	if (current === undefined) {
		answerRaw(socket, 501);
	} else {
		socket.destroy(); // the answer before it is not complete
	}
}

/** Refuses a request that Node's parser takes and HTTP does not, in the same form. */
export function refuseRequest(exchange: NodeExchange, status: number): void {
	const { outgoing } = exchange;
	const body = detailOf(status);
	exchange.isBodyRefused = true;
	// RFC 6455 §4.4: the version that is spoken here
	const version = status === 426 ? ["sec-websocket-version", "13"] : [];
	outgoing.writeHead(status, [
		...version,
		"content-type",
		"application/json",
		"content-length",
		`${body.length}`,
		"connection",
		"close",
	]);
	outgoing.write(body);
	endOutgoing(exchange);
}

function detailOf(status: number): string {
	const detail =
		status === 505
			? "HTTP/2 is not spoken here, use HTTP/1.1"
			: statusCodes[status];
	return JSON.stringify({ detail });
}

function answerRaw(socket: Socket, status: number): void {
	const phrase = statusCodes[status];
	const body = detailOf(status);
	socket.end(
		`HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
	);
	const timer = setTimeout(() => socket.destroy(), lingerMs);
	socket.once("close", () => clearTimeout(timer));
}

function statusOf(code: string | undefined): number {
	switch (code) {
		case "HPE_HEADER_OVERFLOW":
			return 431;
		case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
			return 413;
		case "ERR_HTTP_REQUEST_TIMEOUT":
			return 408;
		case "HPE_PAUSED_H2_UPGRADE": // HTTP/2 without asking for it
			return 505;
		default:
			return 400;
	}
}
