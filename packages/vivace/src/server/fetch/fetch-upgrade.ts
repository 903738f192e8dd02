import { ClientGoneError } from "../../errors/client-gone.ts";
import { WebSocketDisconnect } from "../../errors/web-socket-errors.ts";
import type {
	SocketConnection,
	SocketEvents,
	SocketHead,
	SocketUpgrade,
} from "../../http/upgrade.ts";
import { ClientHeartbeat } from "../lifecycle/heartbeat.ts";
import type { FetchExchange } from "./fetch-exchange.ts";
import type { FetchHost } from "./fetch-host.ts";
import type { RuntimeSocket, SocketNews } from "./fetch-platform.ts";

/** RFC 6455 §7.4.1. */
const tooBig = 1009;

/** Smaller messages are not worth the time. */
const compressedFromBytes = 1024;

/** Small bytes are copied: they would hold the whole piece of memory in which they have arrived. */
const copiedBytes = 4096;

/** The way from a handshake to a socket of a runtime. */
export class FetchUpgrade<Info> implements SocketUpgrade {
	readonly #host: FetchHost<Info>;
	readonly #exchange: FetchExchange<Info>;
	readonly #response = Promise.withResolvers<globalThis.Response>();

	constructor(host: FetchHost<Info>, exchange: FetchExchange<Info>) {
		this.#host = host;
		this.#exchange = exchange;
	}

	/** Resolves when the handshake is answered, to the runtime's answer. */
	get response(): Promise<globalThis.Response> {
		return this.#response.promise;
	}

	async accept(
		head: SocketHead,
		events: SocketEvents,
	): Promise<SocketConnection> {
		const host = this.#host;
		const exchange = this.#exchange;
		const { request, info } = exchange;
		const socket = new FetchSocket(host, exchange, head, events);
		exchange.isUpgrading = !exchange.isClientGone;
		const upgraded = exchange.isUpgrading
			? host.port.upgrade?.(request, info, head, socket)
			: undefined;
		if (upgraded === undefined) {
			exchange.isUpgrading = false;
			throw new ClientGoneError();
		}
		// Bun has answered by itself and takes nothing more
		this.#response.resolve(upgraded.response as globalThis.Response);
		socket.begin(await upgraded.socket);
		if (host.isClosing) {
			queueMicrotask(() => socket.shutdown()); // when the app has it
		}
		return socket;
	}
}

/** An open socket. */
class FetchSocket<Info> implements SocketConnection, SocketNews {
	readonly #host: FetchHost<Info>;
	readonly #exchange: FetchExchange<Info>;
	readonly #head: SocketHead;
	readonly #events: SocketEvents;
	#socket: RuntimeSocket | undefined;
	#heartbeat: ClientHeartbeat | undefined;
	#isWaiting = false;
	#isOver = false;
	/** As many waited when that was looked at last. */
	#waitingBytes = 0;
	/** So many of those that waited have left. */
	#takenBytes = 0;

	constructor(
		host: FetchHost<Info>,
		exchange: FetchExchange<Info>,
		head: SocketHead,
		events: SocketEvents,
	) {
		this.#host = host;
		this.#exchange = exchange;
		this.#head = head;
		this.#events = events;
	}

	/** It is open. */
	begin(socket: RuntimeSocket): void {
		this.#socket = socket;
		if (this.#isOver) {
			return;
		}
		this.#exchange.upgraded = this;
		this.#host.countSocket(1);
		if (socket.ping !== undefined) {
			this.#heartbeat = new ClientHeartbeat(this.#head, {
				ask: () => socket.ping?.(),
				cut: () => socket.terminate(),
				read: (isOn) => (isOn ? socket.resume?.() : socket.pause?.()),
				takenBytes: () => {
					const waitingBytes = socket.waitingBytes?.() ?? 0;
					const takenBytes = this.#noteTaken(waitingBytes);
					return waitingBytes > 0 ? takenBytes : undefined;
				},
			});
		}
	}

	send(data: string | Uint8Array): number {
		if (this.#isOver || this.#socket === undefined) {
			return 0;
		}
		const isCompressed =
			this.#head.isCompressed && data.length >= compressedFromBytes;
		if (this.#waitingBytes > 0) {
			this.#noteTaken(this.#socket.waitingBytes?.() ?? 0);
		}
		const waitingBytes = this.#socket.send(data, isCompressed);
		this.#waitingBytes = waitingBytes;
		this.#isWaiting ||= waitingBytes > 0;
		return waitingBytes;
	}

	close(code: number, reason: string): void {
		if (!this.#isOver) {
			this.#socket?.close(code, reason);
		}
	}

	terminate(): void {
		if (!this.#isOver) {
			this.#socket?.terminate();
		}
	}

	pause(): void {
		if (this.#heartbeat === undefined) {
			this.#socket?.pause?.();
		} else {
			this.#heartbeat.rest();
		}
	}

	resume(): void {
		if (this.#heartbeat === undefined) {
			this.#socket?.resume?.();
		} else {
			this.#heartbeat.wake();
		}
	}

	shutdown(): void {
		this.#events.shutdown();
	}

	message(data: string | Uint8Array): void {
		this.#heartbeat?.hearMessage(data.length);
		if (this.#isOver) {
			return;
		}
		const { messageBytes } = this.#head;
		if (sizeOf(data, messageBytes) > messageBytes) {
			const reason = "the message is too big";
			this.#socket?.close(tooBig, reason);
			this.closed(tooBig, reason);
		} else {
			this.#events.message(typeof data === "string" ? data : ownBytes(data));
		}
	}

	pong(): void {
		this.#heartbeat?.hearPong();
	}

	drained(): void {
		if (this.#isWaiting) {
			this.#isWaiting = false;
			this.#events.drained();
		}
	}

	closed(code: number, reason: string): void {
		if (this.#isOver) {
			return;
		}
		this.#isOver = true;
		this.#heartbeat?.stop();
		if (this.#exchange.upgraded !== undefined) {
			this.#exchange.upgraded = undefined;
			this.#host.countSocket(-1);
		}
		this.#exchange.endSocket(new WebSocketDisconnect(code, reason));
		this.#events.closed(code, reason);
	}

	#noteTaken(waitingBytes: number): number {
		this.#takenBytes += Math.max(0, this.#waitingBytes - waitingBytes);
		this.#waitingBytes = waitingBytes;
		return this.#takenBytes;
	}
}

/** The length in bytes, as far as it can be above a limit. */
function sizeOf(data: string | Uint8Array, limitBytes: number): number {
	return typeof data === "string" && data.length * 3 > limitBytes
		? Buffer.byteLength(data)
		: data.length;
}

function ownBytes(bytes: Uint8Array): Uint8Array {
	return bytes.length < copiedBytes
		? new Uint8Array(bytes)
		: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
