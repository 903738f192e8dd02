import type { RuntimeSocket, SocketNews } from "../fetch/fetch-platform.ts";
import type { BunSocket, BunSocketHandler } from "./bun-runtime.ts";

/** The largest message that Bun takes for any socket, in bytes; those of the app are kept when a message is there. */
const largestMessageBytes = 128 * 1024 * 1024;

/** A socket as Bun's one handler for all of them knows it. */
export interface BunSocketData {
	readonly news: SocketNews;
	opened(socket: RuntimeSocket): void;
}

/** The handler of all sockets of a server: each has its own news. */
export const socketHandler: BunSocketHandler<BunSocketData> = {
	maxPayloadLength: largestMessageBytes,
	perMessageDeflate: true,
	// a route has its own; Bun's drops messages without a word
	backpressureLimit: 0,
	// ours asks, and cuts who does not answer
	sendPings: false,
	idleTimeout: 0,
	open: (socket) => socket.data.opened(new OpenSocket(socket)),
	message: (socket, data) => socket.data.news.message(data),
	pong: (socket) => socket.data.news.pong(),
	drain(socket) {
		if (socket.getBufferedAmount() === 0) {
			socket.data.news.drained();
		}
	},
	close: (socket, code, reason) =>
		socket.data.news.closed(sentCode(code, reason), reason),
};

class OpenSocket implements RuntimeSocket {
	readonly #socket: BunSocket<BunSocketData>;

	constructor(socket: BunSocket<BunSocketData>) {
		this.#socket = socket;
	}

	send(data: string | Uint8Array, isCompressed: boolean): number {
		const isAllTaken = this.#socket.send(data, isCompressed) > 0; // not for an empty message
		return isAllTaken ? 0 : this.waitingBytes();
	}

	waitingBytes(): number {
		return this.#socket.getBufferedAmount();
	}

	close(code: number, reason: string): void {
		// Bun tells of the end before it returns, and who stops has yet to abort the signal
		queueMicrotask(() => this.#socket.close(code, reason));
	}

	terminate(): void {
		this.#socket.terminate();
	}

	ping(): void {
		this.#socket.ping();
	}

	pause(): void {
		this.#socket.pause();
	}

	resume(): void {
		this.#socket.resume();
	}
}

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
