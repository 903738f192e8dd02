import type { Socket } from "node:net";
import type { WebSocket as WsSocket } from "ws";
import { WebSocketDisconnect } from "../../errors/web-socket-errors.ts";
import type {
	SharedMessage,
	SocketConnection,
	SocketEvents,
	SocketHead,
} from "../../http/upgrade.ts";
import { Heartbeat } from "../lifecycle/heartbeat.ts";
import { PongLine } from "../lifecycle/pong-line.ts";
import {
	frameHead,
	keepLentFrame,
	lentTextFrame,
	socketFrame,
} from "../lifecycle/socket-frame.ts";
import { violationCode } from "../lifecycle/web-socket-server.ts";
import type { HandshakeExchange } from "./handshake-exchange.ts";
import { giveOwner, type SocketOwner } from "./told-socket.ts";

/** The part of the server that a socket needs. */
export interface UpgradeHost {
	readonly isClosing: boolean;
	/** An exchange has become a socket. */
	onUpgraded(exchange: HandshakeExchange): void;
	/** The connection of that is closed. */
	onUpgradedEnd(exchange: HandshakeExchange): void;
}

/** Small bytes are copied: they would hold the whole piece of memory in which they have arrived. */
const copiedBytes = 4096;

/** Node's sockets alone say by `writableLength` when the system has all of what was written. */
const leavesAtOnce =
	process.versions.bun === undefined && !("Deno" in globalThis);

/** TLS takes longer than the call that writes. */
function isEncrypted(
	socket: Socket & { readonly encrypted?: boolean },
): boolean {
	return socket.encrypted === true;
}

/** How soon is asked again whether what waits has left, where no event tells. */
const lookMs = 20;

/** An open socket of `ws`. */
export class NodeSocket
	extends Heartbeat
	implements SocketConnection, SocketOwner
{
	readonly #ws: WsSocket;
	readonly #socket: Socket;
	readonly #exchange: HandshakeExchange;
	readonly #events: SocketEvents;
	readonly #host: UpgradeHost;
	readonly #isCompressed: boolean;
	/** None until the client asks, which browsers never do. */
	#pongs: PongLine | undefined;
	#isWaiting = false;
	#isOver = false;

	constructor(
		ws: WsSocket,
		exchange: HandshakeExchange,
		head: SocketHead,
		events: SocketEvents,
		host: UpgradeHost,
	) {
		super(head);
		this.#ws = ws;
		this.#socket = exchange.socket;
		this.#exchange = exchange;
		this.#events = events;
		this.#host = host;
		this.#isCompressed = head.isCompressed;
		exchange.upgraded = this;
		giveOwner(ws, this);
		host.onUpgraded(exchange);
	}

	send(data: string | Uint8Array): number {
		const ws = this.#ws;
		if (ws.readyState !== ws.OPEN) {
			return 0;
		}
		if (this.#isCompressed) {
			ws.send(data, typeof data === "string" ? asText : asBytes);
		} else if (data.length <= copiedBytes) {
			this.#socket.write(socketFrame(data)); // one write, where `ws` writes a head and the message
		} else if (typeof data === "string") {
			this.#sendLong(data);
		} else {
			this.#socket.cork();
			this.#socket.write(frameHead(data));
			this.#socket.write(data);
			this.#socket.uncork();
		}
		return this.#noteWaiting();
	}

	#sendLong(text: string): void {
		const socket = this.#socket;
		if (!leavesAtOnce || socket.writableLength > 0 || isEncrypted(socket)) {
			socket.write(socketFrame(text));
			return;
		}
		socket.write(lentTextFrame(text));
		if (socket.writableLength > 0) {
			keepLentFrame(); // the system has not taken all of it
		}
	}

	/** One frame for all. */
	sendShared(message: SharedMessage): number {
		const ws = this.#ws;
		if (this.#isCompressed) {
			return this.send(message.data); // `ws` may have earlier ones in its hands
		}
		if (ws.readyState !== ws.OPEN) {
			return 0;
		}
		message.frame ??= socketFrame(message.data);
		this.#socket.write(message.frame);
		return this.#noteWaiting();
	}

	get #waitingBytes(): number {
		return this.#isCompressed
			? this.#ws.bufferedAmount
			: this.#socket.writableLength;
	}

	/** How much waits to be sent; it is noticed when that has left. */
	#noteWaiting(): number {
		const waitingBytes = this.#waitingBytes;
		if (waitingBytes > 0 && !this.#isWaiting) {
			this.#isWaiting = true;
			this.#look();
		}
		return waitingBytes;
	}

	close(code: number, reason: string): void {
		this.#ws.close(code, reason);
	}

	terminate(): void {
		this.#ws.terminate();
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

	override ask(): void {
		this.#ws.ping();
	}

	override cut(): void {
		this.#socket.destroy();
	}

	override read(isOn: boolean): void {
		if (isOn) {
			this.#ws.resume();
		} else {
			this.#ws.pause();
		}
	}

	override takenBytes(): number | undefined {
		const { bytesWritten, writableLength } = this.#socket;
		return writableLength > 0 ? bytesWritten - writableLength : undefined;
	}

	receive(bytes: Buffer, isBinary: boolean): void {
		this.hearMessage(bytes.length);
		if (!this.#isOver) {
			this.#events.message(isBinary ? ownBytes(bytes) : bytes.toString());
		}
	}

	answerPing(data: Buffer): void {
		this.#pongs ??= new PongLine();
		this.#pongs.answer(this.#ws, data);
	}

	end(code: number, reason: string): void {
		this.#exchange.upgraded = undefined;
		this.#over(code, reason);
		this.#host.onUpgradedEnd(this.#exchange);
	}

	fail(error: Error): void {
		const code = violationCode(error);
		if (code !== undefined) {
			this.#over(code, error.message);
		}
	}

	/** Nothing is received any more: the connection is closed, or the client has broken the protocol. */
	#over(code: number, reason: string): void {
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
		const socket = this.#socket;
		const look = () => {
			if (this.#waitingBytes > 0 && !this.#isOver) {
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

const asText = { binary: false };
const asBytes = { binary: true };

function ownBytes(bytes: Buffer): Uint8Array {
	return bytes.length < copiedBytes
		? new Uint8Array(bytes)
		: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
