import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { STATUS_CODES } from "../../errors/status-phrase.ts";

/** How long a client may go on sending before its connection is cut. */
const lingerMs = 1000;

/**
 * Answers what is no HTTP request, or one that is too long in coming, with `{"detail": reason phrase}` and closes the connection:
 * 431 for headers beyond the limit, 408 for a time-out, otherwise 400.
 *
 * @param current the response that is being given on the connection, if there is one
 */
export function answerBadRequest(
	error: Error & { readonly code?: string },
	socket: Socket,
	current: ServerResponse | undefined,
): void {
	if (socket.writableEnded) {
		return; // answered before; what still arrives is not read
	}
	if (
		error.code === "ECONNRESET" ||
		!socket.writable ||
		current?.headersSent === true
	) {
		socket.destroy();
		return;
	}
	const status = statusOf(error.code);
	const phrase = STATUS_CODES[status];
	const body = JSON.stringify({ detail: phrase });
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
		case "ERR_HTTP_REQUEST_TIMEOUT":
			return 408;
		default:
			return 400;
	}
}
