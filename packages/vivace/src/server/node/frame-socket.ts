import type { Socket } from "node:net";
import type { SocketEvents, SocketHead } from "../../http/upgrade.ts";
import {
	closingFrame,
	pingFrame,
	pongFrame,
} from "../lifecycle/socket-frame.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";
import type { HandshakeExchange } from "./handshake-exchange.ts";
import { UpgradedSocket, type UpgradeHost } from "./upgraded-socket.ts";

/** How long a client may take to answer a close frame, or to close the connection after it. */
const closingMs = 10_000;

/** On each connection its socket: listeners that are the same for all cost ten thousand sockets nothing. */
const owner: unique symbol = Symbol("owner");

type OwnedSocket = Socket & { [owner]?: FrameSocket };

/** An open socket whose frames are read and written here, without compression. `ws` would keep a stream of its own for each, 1.2 kB. */
export class FrameSocket extends UpgradedSocket implements FrameSink {
	readonly limitBytes: number;
	isDeaf = false;
	#reader: FrameReader | undefined;
	#isOpen = true;
	#endCode = 1006;
	#endReason = "";
	#closing: NodeJS.Timeout | undefined;

	/** @param early what has come behind the request */
	constructor(
		exchange: HandshakeExchange,
		early: Buffer,
		head: SocketHead,
		events: SocketEvents,
		host: UpgradeHost,
	) {
		super(exchange, head, events, host);
		this.limitBytes = head.messageBytes;
		const socket: OwnedSocket = this.socket;
		socket[owner] = this;
		socket.setNoDelay();
		if (early.length > 0) {
			socket.unshift(early);
		}
		socket.on("close", onClose).on("data", onData);
		socket.on("end", onEnd).on("error", onError);
		socket.resume(); // it rests where more had come than was to be read before the handshake was answered
	}

	protected override get isOpen(): boolean {
		return this.#isOpen;
	}

	close(code: number, reason: string): void {
		if (this.#isOpen) {
			this.#sayGoodbye(code, reason);
		}
	}

	terminate(): void {
		this.#isOpen = false;
		this.socket.destroy();
	}

	override ask(): void {
		if (this.#isOpen) {
			this.socket.write(pingFrame);
		}
	}

	override read(isOn: boolean): void {
		if (isOn || this.isDeaf) {
			this.socket.resume(); // where nothing is heard the end of the connection is
		} else {
			this.socket.pause();
		}
	}

	protected override sendPong(payload: Uint8Array, onSent: () => void): void {
		this.socket.write(pongFrame(payload), onSent);
	}

	onChunk(chunk: Buffer): void {
		if (this.isDeaf) {
			return;
		}
		const reader = this.#reader ?? new FrameReader();
		reader.read(chunk, this);
		this.#reader = reader.isAtRest || this.isDeaf ? undefined : reader;
	}

	onText(text: string, bytes: number): void {
		this.receive(text, bytes);
	}

	onBytes(bytes: Uint8Array): void {
		this.receive(bytes, bytes.length);
	}

	onPing(payload: Uint8Array): void {
		this.answerPing(payload);
	}

	onPong(): void {
		this.hearPong();
	}

	/** It is answered with the same code, and the connection is closed (RFC 6455 §5.5.1, §7.1.1). */
	onClosing(code: number, reason: string): void {
		this.#endCode = code;
		this.#endReason = reason;
		this.#leave(code, reason);
	}

	onViolation(code: number, problem: string): void {
		this.#leave(code, "");
		this.over(code, problem);
	}

	/** The client has ended the connection, with a close frame or without. */
	onEnd(): void {
		this.#isOpen = false;
		this.socket.end();
	}

	onError(): void {
		this.#isOpen = false;
		this.socket.destroy();
	}

	onClose(): void {
		const { socket } = this;
		this.#isOpen = false;
		if (!this.isDeaf && socket.readableLength > 0) {
			this.onChunk(socket.read()); // it has come before the connection was lost
		}
		clearTimeout(this.#closing);
		this.end(this.#endCode, this.#endReason);
	}

	/** Nothing is listened to any more. */
	#leave(code: number, reason: string): void {
		this.isDeaf = true;
		this.read(true);
		if (this.#isOpen) {
			this.#sayGoodbye(code, reason);
		}
		this.socket.end();
	}

	#sayGoodbye(code: number, reason: string): void {
		const { socket } = this;
		this.#isOpen = false;
		socket.write(closingFrame(code, reason));
		this.#closing = setTimeout(destroy, closingMs, socket).unref();
	}
}

function destroy(socket: Socket): void {
	socket.destroy();
}

function onData(this: OwnedSocket, chunk: Buffer): void {
	this[owner]?.onChunk(chunk);
}

function onEnd(this: OwnedSocket): void {
	this[owner]?.onEnd();
}

function onError(this: OwnedSocket): void {
	this[owner]?.onError();
}

function onClose(this: OwnedSocket): void {
	this[owner]?.onClose();
}
