import type { WebSocketServer, WebSocket as WsSocket } from "ws";
import { ClientGoneError } from "../../errors/client-gone.ts";
import { WebSocketDisconnect } from "../../errors/web-socket-errors.ts";
import type {
	SharedMessage,
	SocketConnection,
	SocketEvents,
	SocketHead,
	SocketUpgrade,
} from "../../http/upgrade.ts";
import { Heartbeat } from "../lifecycle/heartbeat.ts";
import { socketFrame } from "../lifecycle/socket-frame.ts";
import {
	keepLines,
	violationCode,
	webSocketServer,
} from "../lifecycle/web-socket-server.ts";
import type { NodeExchange } from "./node-exchange.ts";

/** More than a client has to say before its handshake was answered. */
const mostEarlyBytes = 65_536;

/** The part of the server that a socket needs. */
export interface UpgradeHost {
	readonly isClosing: boolean;
	/** One socket more, or one less. */
	countSocket(change: 1 | -1): void;
}

/** The way from a handshake on `node:http` to a socket of `ws`. */
export class NodeUpgrade implements SocketUpgrade {
	readonly #exchange: NodeExchange;
	readonly #host: UpgradeHost;
	/** The bytes that the client has sent too early. */
	readonly #early: Buffer[];
	#earlyBytes: number;

	/** @param head what came behind the request */
	constructor(exchange: NodeExchange, head: Buffer, host: UpgradeHost) {
		this.#exchange = exchange;
		this.#host = host;
		this.#early = [head];
		this.#earlyBytes = head.length;
		const { socket } = exchange;
		// read, so that a client that goes away meanwhile is noticed
		socket.on("data", this.#onEarly).on("end", this.#onEnd);
	}

	async accept(
		head: SocketHead,
		events: SocketEvents,
	): Promise<SocketConnection> {
		const server = await webSocketServer(head);
		const exchange = this.#exchange;
		const { socket, incoming } = exchange;
		socket.off("data", this.#onEarly).off("end", this.#onEnd);
		if (socket.destroyed || !socket.writable) {
			throw new ClientGoneError();
		}
		exchange.leaveHttp(socket);
		keepLines(incoming, head);
		const ws = await upgraded(server, exchange, Buffer.concat(this.#early));
		const connection = new NodeSocket(ws, exchange, head, events, this.#host);
		if (this.#host.isClosing) {
			queueMicrotask(() => connection.shutdown()); // when the app has it
		}
		return connection;
	}

	readonly #onEarly = (chunk: Buffer): void => {
		this.#early.push(chunk);
		this.#earlyBytes += chunk.length;
		if (this.#earlyBytes > mostEarlyBytes) {
			this.#exchange.socket.pause();
		}
	};

	readonly #onEnd = (): void => {
		this.#exchange.socket.destroy();
	};
}

/** Answers the handshake. */
function upgraded(
	server: WebSocketServer,
	{ incoming, socket }: NodeExchange,
	early: Buffer,
): Promise<WsSocket> {
	const { promise, resolve, reject } = Promise.withResolvers<WsSocket>();
	const gone = () => reject(new ClientGoneError());
	socket.once("close", gone);
	server.handleUpgrade(incoming, socket, early, (ws) => {
		socket.off("close", gone);
		resolve(ws);
	});
	return promise;
}

/** Small bytes are copied: they would hold the whole piece of memory in which they have arrived. */
const copiedBytes = 4096;

/** On each socket of `ws` ours: listeners of its events that are the same for all cost ten thousand sockets nothing. */
const owner: unique symbol = Symbol("owner");

type OwnedSocket = WsSocket & { [owner]?: NodeSocket };

/** How soon is asked again whether what waits has left, where no event tells. */
const lookMs = 20;

/** An open socket of `ws`. */
class NodeSocket implements SocketConnection {
	readonly #ws: OwnedSocket;
	readonly #exchange: NodeExchange;
	readonly #events: SocketEvents;
	readonly #host: UpgradeHost;
	readonly #heartbeat: Heartbeat;
	readonly #isCompressed: boolean;
	#isWaiting = false;
	#isOver = false;

	constructor(
		ws: OwnedSocket,
		exchange: NodeExchange,
		head: SocketHead,
		events: SocketEvents,
		host: UpgradeHost,
	) {
		this.#ws = ws;
		this.#exchange = exchange;
		this.#events = events;
		this.#host = host;
		this.#heartbeat = new Heartbeat(head, this);
		this.#isCompressed = head.isCompressed;
		exchange.upgraded = this;
		host.countSocket(1);
		ws[owner] = this;
		ws.on("message", onMessage).on("pong", onPong);
		ws.on("close", onClose).on("error", onError);
	}

	send(data: string | Uint8Array): number {
		const ws = this.#ws;
		if (ws.readyState !== ws.OPEN) {
			return 0;
		}
		if (typeof data === "string") {
			ws.send(bytesOf(data), asText);
		} else {
			ws.send(data, asBytes);
		}
		return this.#waitingBytes();
	}

	/** One write of one frame for all, where `ws` writes a head and the message for each. */
	sendShared(message: SharedMessage): number {
		const ws = this.#ws;
		if (this.#isCompressed) {
			return this.send(message.data); // `ws` may have earlier ones in its hands
		}
		if (ws.readyState !== ws.OPEN) {
			return 0;
		}
		message.frame ??= socketFrame(message.data);
		this.#exchange.socket.write(message.frame);
		return this.#waitingBytes();
	}

	/** How much waits to be sent; it is noticed when that has left. */
	#waitingBytes(): number {
		const ws = this.#ws;
		const waitingBytes = ws.bufferedAmount;
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
		this.#heartbeat.rest();
	}

	resume(): void {
		this.#heartbeat.wake();
	}

	shutdown(): void {
		this.#events.shutdown();
	}

	/** Asks the client whether it is there. */
	ask(): void {
		this.#ws.ping();
	}

	/** It is not. */
	cut(): void {
		this.#exchange.socket.destroy();
	}

	read(isOn: boolean): void {
		if (isOn) {
			this.#ws.resume();
		} else {
			this.#ws.pause();
		}
	}

	takenBytes(): number | undefined {
		const { bytesWritten, writableLength } = this.#exchange.socket;
		return writableLength > 0 ? bytesWritten - writableLength : undefined;
	}

	hearPong(): void {
		this.#heartbeat.hearPong();
	}

	receive(bytes: Buffer, isBinary: boolean): void {
		this.#heartbeat.hearMessage(bytes.length);
		if (!this.#isOver) {
			this.#events.message(isBinary ? ownBytes(bytes) : bytes.toString());
		}
	}

	/** The connection is closed. */
	end(code: number, reason: string): void {
		this.#exchange.upgraded = undefined;
		this.over(code, reason);
		this.#host.countSocket(-1);
	}

	/** Nothing is received any more: the connection is closed, or the client has broken the protocol. */
	over(code: number, reason: string): void {
		if (this.#isOver) {
			return;
		}
		this.#isOver = true;
		this.#heartbeat.stop();
		this.#exchange.endSocket(new WebSocketDisconnect(code, reason));
		this.#events.closed(code, reason);
	}

	/** Waits until what waits has left; a callback for each message would cost those that wait for nothing. */
	#look(): void {
		const { socket } = this.#exchange;
		const look = () => {
			if (this.#ws.bufferedAmount > 0 && !this.#isOver) {
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

function onMessage(this: OwnedSocket, data: unknown, isBinary: boolean): void {
	this[owner]?.receive(data as Buffer, isBinary); // its `binaryType` is left as it is
}

function onPong(this: OwnedSocket): void {
	this[owner]?.hearPong();
}

function onClose(this: OwnedSocket, code: number, reason: Buffer): void {
	this[owner]?.end(code, reason.toString());
}

/** The client has broken the protocol, which `ws` has answered with a close frame; or the connection is lost. */
function onError(this: OwnedSocket, error: Error): void {
	const code = violationCode(error);
	if (code !== undefined) {
		this[owner]?.over(code, error.message);
	}
}

const asText = { binary: false };
const asBytes = { binary: true };

/** The text that was sent last: to many, most often. */
let lastText = "";
let lastBytes: Buffer = Buffer.alloc(0);

function bytesOf(text: string): Buffer {
	if (text !== lastText) {
		lastText = text;
		lastBytes = Buffer.from(text);
	}
	return lastBytes;
}

function ownBytes(bytes: Buffer): Uint8Array {
	return bytes.length < copiedBytes
		? new Uint8Array(bytes)
		: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
