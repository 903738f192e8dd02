import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** A handshake as Node hands it over: on its bare connection, with what came behind it. */
export interface Handshake {
	readonly incoming: IncomingMessage;
	readonly socket: Socket;
	readonly head: Buffer;
}

/** True when a request asks for a socket, well-formed or not (RFC 6455 §4.2.1); any other wish to upgrade is ignored (RFC 9110 §7.8). */
export function isHandshake({
	method,
	headers,
	httpVersion,
}: IncomingMessage): boolean {
	return (
		method === "GET" &&
		httpVersion === "1.1" &&
		headers.upgrade?.toLowerCase() === "websocket"
	);
}

const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i;

/** The status with which a malformed handshake is refused, RFC 6455 §4.2.1 and §4.4; `undefined` when it is right. */
export function handshakeRefusal({
	headers,
}: IncomingMessage): 400 | 426 | undefined {
	const key = headers["sec-websocket-key"];
	if (key === undefined || !/^[+/0-9A-Za-z]{22}==$/.test(key)) {
		return 400;
	}
	if (headers["sec-websocket-version"] !== "13") {
		return 426;
	}
	const offered = headers["sec-websocket-protocol"];
	if (offered === undefined) {
		return undefined;
	}
	const names = offered.split(",").map((name) => name.trim());
	const isRight =
		names.every((name) => token.test(name)) &&
		new Set(names).size === names.length;
	return isRight ? undefined : 400;
}
