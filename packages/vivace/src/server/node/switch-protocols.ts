import type { Socket } from "node:net";
import type { SocketHead } from "../../http/upgrade.ts";

/** RFC 6455 §1.3 */
const keySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Loaded by the first handshake. */
let crypto: typeof import("node:crypto") | undefined;

/** Answers a well-formed handshake with 101, RFC 6455 §4.2.2. @param key its `Sec-WebSocket-Key` */
export function switchProtocols(
	socket: Socket,
	key: string,
	{ subprotocol, headers }: SocketHead,
): void {
	crypto ??= process.getBuiltinModule("node:crypto");
	const accepted = crypto.hash("sha1", key + keySuffix, "base64");
	let lines = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\n`;
	if (subprotocol !== undefined) {
		lines += `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
	}
	for (const [name, value] of headers) {
		lines += `${name}: ${value}\r\n`;
	}
	socket.write(`${lines}\r\n`, "latin1");
}
