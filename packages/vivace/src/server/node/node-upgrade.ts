import type { Socket } from "node:net";
import type { WebSocketServer, WebSocket as WsSocket } from "ws";
import { ClientGoneError } from "../../errors/client-gone.ts";
import { WebSocketDisconnect } from "../../errors/web-socket-errors.ts";
import type {
	SocketConnection,
	SocketEvents,
	SocketHead,
	SocketUpgrade,
} from "../../http/upgrade.ts";
import { Heartbeat } from "../lifecycle/heartbeat.ts";
import type { NodeExchange } from "./node-exchange.ts";
import { keepLines, webSocketServer } from "./web-socket-server.ts";

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
		const { socket, incoming, outgoing } = exchange;
		socket.off("data", this.#onEarly).off("end", this.#onEnd);
		if (socket.destroyed || !socket.writable) {
			throw new ClientGoneError();
		}
		outgoing.detachSocket(socket);
		keepLines(incoming, head);
		const ws = await upgraded(server, exchange, Buffer.concat(this.#early));
		const connection = new NodeSocket(ws, socket, head, events);
		exchange.upgraded = connection;
		this.#host.countSocket(1);
		ws.on("close", (code, reason) => {
			exchange.upgraded = undefined;
			connection.end(exchange, code, reason);
			this.#host.countSocket(-1);
		});
		ws.on("error", (error) => connection.fail(exchange, error));
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

/** An open socket of `ws`. */
class NodeSocket implements SocketConnection {
	readonly #ws: WsSocket;
	readonly #events: SocketEvents;
	readonly #heartbeat: Heartbeat;
	#isWaiting = false;
	#isOver = false;

	constructor(
		ws: WsSocket,
		socket: Socket,
		head: SocketHead,
		events: SocketEvents,
	) {
		this.#ws = ws;
		this.#events = events;
		this.#heartbeat = new Heartbeat(head, {
			ask: () => ws.ping(),
			cut: () => socket.destroy(),
		});
		const heartbeat = this.#heartbeat;
		ws.on("pong", () => heartbeat.hear());
		ws.on("message", (data, isBinary) => {
			heartbeat.hear();
			if (!this.#isOver) {
				const bytes = data as Buffer; // its `binaryType` is left as it is
				events.message(isBinary ? ownBytes(bytes) : bytes.toString());
			}
		});
	}

	send(data: string | Uint8Array): number {
		const ws = this.#ws;
		if (ws.readyState !== ws.OPEN) {
			return 0;
		}
		ws.send(data, this.#onWritten);
		const waitingBytes = ws.bufferedAmount;
		this.#isWaiting ||= waitingBytes > 0;
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
		this.#ws.pause();
	}

	resume(): void {
		this.#heartbeat.hear();
		this.#ws.resume();
	}

	shutdown(): void {
		this.#events.shutdown();
	}

	/** The connection is closed. */
	end(exchange: NodeExchange, code: number, reason: Buffer): void {
		this.#over(exchange, code, reason.toString());
	}

	/** The client has broken the protocol, which `ws` has answered with a close frame; or the connection is lost. */
	fail(exchange: NodeExchange, error: Error & { readonly code?: string }) {
		const code = violations[error.code ?? ""];
		const isProtocol = error.code?.startsWith("WS_ERR_") === true;
		if (isProtocol) {
			this.#over(exchange, code ?? 1002, error.message);
		}
	}

	#over(exchange: NodeExchange, code: number, reason: string): void {
		if (this.#isOver) {
			return;
		}
		this.#isOver = true;
		this.#heartbeat.stop();
		exchange.endSocket(new WebSocketDisconnect(code, reason));
		this.#events.closed(code, reason);
	}

	readonly #onWritten = (): void => {
		if (this.#isWaiting && this.#ws.bufferedAmount === 0) {
			this.#isWaiting = false;
			this.#events.drained();
		}
	};
}

/** The close codes that `ws` sends for what is no plain error of the protocol, RFC 6455 §7.4.1. */
const violations: Readonly<Record<string, number>> = {
	WS_ERR_INVALID_UTF8: 1007,
	WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
	WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
	WS_ERR_TOO_MANY_PENDING_PONGS: 1008,
};

function ownBytes(bytes: Buffer): Uint8Array {
	return bytes.length < copiedBytes
		? new Uint8Array(bytes)
		: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
