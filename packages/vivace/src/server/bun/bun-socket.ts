import type { SocketNews } from "../fetch/fetch-platform.ts";
import type { BunSocketHandler } from "./bun-runtime.ts";

/** The largest message that Bun takes for any socket, in bytes; those of the app are kept when a message is there. */
const largestMessageBytes = 128 * 1024 * 1024;

/** The handler of all sockets of a server: what belongs to each is what it tells. */
export const socketHandler: BunSocketHandler<SocketNews> = {
	maxPayloadLength: largestMessageBytes,
	perMessageDeflate: true,
	// a route has its own; Bun's drops messages without a word
	backpressureLimit: 0,
	// ours asks, and cuts who does not answer
	sendPings: false,
	idleTimeout: 0,
	open: (socket) => socket.data.opened(socket),
	message: (socket, data) => socket.data.message(data),
	pong: (socket) => socket.data.pong(),
	drain(socket) {
		if (socket.getBufferedAmount() === 0) {
			socket.data.drained();
		}
	},
	close: (socket, code, reason) =>
		socket.data.closed(sentCode(code, reason), reason),
};

/** Where the client has broken the protocol Bun sends a code and tells another, 1006; it has a reason then. */
function sentCode(code: number, reason: string): number {
	if (code !== 1006 || reason === "") {
		return code;
	}
	if (/utf-?8/i.test(reason)) {
		return 1007;
	}
	return /too (?:big|large)/i.test(reason) ? 1009 : 1002;
}
