import type { Socket } from "node:net";
import { WebSocketDisconnect } from "../../errors/web-socket-errors.ts";
import type {
	SharedMessage,
	SocketConnection,
	SocketEvents,
	SocketHead,
} from "../../http/upgrade.ts";
import { Heartbeat } from "../lifecycle/heartbeat.ts";
import {
	frameHead,
	keepLentFrame,
	lentTextFrame,
	socketFrame,
} from "../lifecycle/socket-frame.ts";
import type { HandshakeExchange } from "./handshake-exchange.ts";
import { isOtherRuntime } from "./other-runtime.ts";

/** The part of the server that a socket needs. */
export interface UpgradeHost {
	readonly isClosing: boolean;
	/** One socket more, or one less. */
	countSocket(change: 1 | -1): void;
}

/** Longer bytes are not copied into their frame. */
const copiedBytes = 4096;

/** TLS takes longer than the call that writes. */
function isEncrypted(
	socket: Socket & { readonly encrypted?: boolean },
): boolean {
	return socket.encrypted === true;
}

/** So many answers to pings may wait to be sent. */
const mostWaitingPongs = 60;

/** How soon is asked again whether what waits has left, where no event tells. */
const lookMs = 20;

/** An open socket on the connection of its handshake, whoever reads its frames. */
export abstract class UpgradedSocket
	extends Heartbeat
	implements SocketConnection
{
	protected readonly socket: Socket;
	readonly #exchange: HandshakeExchange;
	readonly #events: SocketEvents;
	readonly #host: UpgradeHost;
	#waitingPongs = 0;
	#isWaiting = false;
	#isOver = false;

	constructor(
		exchange: HandshakeExchange,
		head: SocketHead,
		events: SocketEvents,
		host: UpgradeHost,
	) {
		super(head);
		this.socket = exchange.socket;
		this.#exchange = exchange;
		this.#events = events;
		this.#host = host;
		exchange.upgraded = this;
		host.countSocket(1);
	}

	/** True until either side has said, or is known, to leave: messages can be sent. */
	protected abstract get isOpen(): boolean;
	abstract close(code: number, reason: string): void;
	abstract terminate(): void;
	protected abstract sendPong(payload: Uint8Array, onSent: () => void): void;

	send(data: string | Uint8Array): number {
		if (!this.isOpen) {
			return 0;
		}
		this.write(data);
		return this.#noteWaiting();
	}

	/** One frame for all. */
	sendShared(message: SharedMessage): number {
		if (!this.isOpen) {
			return 0;
		}
		message.frame ??= socketFrame(message.data);
		this.socket.write(message.frame);
		return this.#noteWaiting();
	}

	protected write(data: string | Uint8Array): void {
		const { socket } = this;
		if (data.length <= copiedBytes) {
			socket.write(socketFrame(data)); // one write, where `ws` writes a head and the message
		} else if (typeof data === "string") {
			this.#writeLong(data);
		} else {
			socket.cork();
			socket.write(frameHead(data));
			socket.write(data);
			socket.uncork();
		}
	}

	/** Node's sockets alone say by `writableLength` when the system has all of what was written. */
	#writeLong(text: string): void {
		const { socket } = this;
		if (isOtherRuntime || socket.writableLength > 0 || isEncrypted(socket)) {
			socket.write(socketFrame(text));
			return;
		}
		socket.write(lentTextFrame(text));
		if (socket.writableLength > 0) {
			keepLentFrame(); // the system has not taken all of it
		}
	}

	protected get waitingBytes(): number {
		return this.socket.writableLength;
	}

	/** How much waits to be sent; it is noticed when that has left. */
	#noteWaiting(): number {
		const { waitingBytes } = this;
		if (waitingBytes > 0 && !this.#isWaiting) {
			this.#isWaiting = true;
			this.#look();
		}
		return waitingBytes;
	}

	pause(): void {
		this.rest();
	}

	resume(): void {
		this.wake();
	}

	shutdown(): void {
		this.#events.shutdown();
	}

	override cut(): void {
		this.socket.destroy();
	}

	override takenBytes(): number | undefined {
		const { bytesWritten, writableLength } = this.socket;
		return writableLength > 0 ? bytesWritten - writableLength : undefined;
	}

	/** @param bytes how many it had on the wire */
	protected receive(message: string | Uint8Array, bytes: number): void {
		this.hearMessage(bytes);
		if (!this.#isOver) {
			this.#events.message(message);
		}
	}

	/** The client asks whether we are there. One that does not take the answers, and asks on, is cut: they would fill the memory. */
	protected answerPing(payload: Uint8Array): void {
		if (!this.isOpen) {
			return;
		}
		if (this.#waitingPongs >= mostWaitingPongs) {
			this.terminate();
			return;
		}
		this.#waitingPongs++;
		this.sendPong(payload, () => {
			this.#waitingPongs--;
		});
	}

	/** The connection is closed. */
	protected end(code: number, reason: string): void {
		this.#exchange.upgraded = undefined;
		this.over(code, reason);
		this.#host.countSocket(-1);
	}

	/** Nothing is received any more: the connection is closed, or the client has broken the protocol. */
	protected over(code: number, reason: string): void {
		if (this.#isOver) {
			return;
		}
		this.#isOver = true;
		this.stop();
		this.#exchange.endSocket(new WebSocketDisconnect(code, reason));
		this.#events.closed(code, reason);
	}

	/** Waits until what waits has left; a callback for each message would cost those that wait for nothing. */
	#look(): void {
		const { socket } = this;
		const look = () => {
			if (this.waitingBytes > 0 && !this.#isOver) {
				this.#look();
				return;
			}
			this.#isWaiting = false;
			this.#events.drained();
		};
		if (socket.writableNeedDrain) {
			socket.once("drain", look);
		} else {
			setTimeout(look, lookMs).unref();
		}
	}
}
