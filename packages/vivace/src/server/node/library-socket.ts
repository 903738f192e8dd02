import type { WebSocket as WsSocket } from "ws";
import type {
	SharedMessage,
	SocketEvents,
	SocketHead,
} from "../../http/upgrade.ts";
import { violationCode } from "../lifecycle/web-socket-server.ts";
import type { HandshakeExchange } from "./handshake-exchange.ts";
import { UpgradedSocket, type UpgradeHost } from "./upgraded-socket.ts";

/** On each socket of `ws` ours: listeners of its events that are the same for all cost ten thousand sockets nothing. */
const owner: unique symbol = Symbol("owner");

type OwnedSocket = WsSocket & { [owner]?: LibrarySocket };

/** An open socket of `ws`, which compresses, and knows the connections of other runtimes. */
export class LibrarySocket extends UpgradedSocket {
	readonly #ws: OwnedSocket;
	readonly #isCompressed: boolean;

	constructor(
		ws: OwnedSocket,
		exchange: HandshakeExchange,
		head: SocketHead,
		events: SocketEvents,
		host: UpgradeHost,
	) {
		super(exchange, head, events, host);
		this.#ws = ws;
		this.#isCompressed = head.isCompressed;
		ws[owner] = this;
		ws.on("message", onMessage).on("ping", onPing).on("pong", onPong);
		ws.on("close", onClose).on("error", onError);
	}

	protected override get isOpen(): boolean {
		const ws = this.#ws;
		return ws.readyState === ws.OPEN;
	}

	protected override write(data: string | Uint8Array): void {
		if (this.#isCompressed) {
			this.#ws.send(data, typeof data === "string" ? asText : asBytes);
		} else {
			super.write(data);
		}
	}

	override sendShared(message: SharedMessage): number {
		return this.#isCompressed
			? this.send(message.data) // `ws` may have earlier ones in its hands
			: super.sendShared(message);
	}

	protected override get waitingBytes(): number {
		return this.#isCompressed ? this.#ws.bufferedAmount : super.waitingBytes;
	}

	close(code: number, reason: string): void {
		this.#ws.close(code, reason);
	}

	terminate(): void {
		this.#ws.terminate();
	}

	override ask(): void {
		this.#ws.ping();
	}

	override read(isOn: boolean): void {
		if (isOn) {
			this.#ws.resume();
		} else {
			this.#ws.pause();
		}
	}

	protected override sendPong(payload: Uint8Array, onSent: () => void): void {
		this.#ws.pong(payload, false, onSent);
	}

	onMessage(bytes: Buffer, isBinary: boolean): void {
		const message = isBinary ? ownBytes(bytes) : bytes.toString();
		this.receive(message, bytes.length);
	}

	onPing(payload: Buffer): void {
		this.answerPing(payload);
	}

	onClose(code: number, reason: string): void {
		this.end(code, reason);
	}

	/** The client has broken the protocol, which `ws` has answered with a close frame; or the connection is lost. */
	onError(error: Error): void {
		const code = violationCode(error);
		if (code !== undefined) {
			this.over(code, error.message);
		}
	}
}

function onMessage(this: OwnedSocket, data: unknown, isBinary: boolean): void {
	this[owner]?.onMessage(data as Buffer, isBinary); // its `binaryType` is left as it is
}

function onPing(this: OwnedSocket, data: Buffer): void {
	this[owner]?.onPing(data);
}

function onPong(this: OwnedSocket): void {
	this[owner]?.hearPong();
}

function onClose(this: OwnedSocket, code: number, reason: Buffer): void {
	this[owner]?.onClose(code, reason.toString());
}

function onError(this: OwnedSocket, error: Error): void {
	this[owner]?.onError(error);
}

const asText = { binary: false };
const asBytes = { binary: true };

/** Small bytes are copied: they would hold the whole piece of memory in which they have arrived. */
const copiedBytes = 4096;

function ownBytes(bytes: Buffer): Uint8Array {
	return bytes.length < copiedBytes
		? new Uint8Array(bytes)
		: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
