import type { Socket } from "node:net";
import type { WebSocketServer, WebSocket as WsSocket } from "ws";
import { ClientGoneError } from "../../errors/client-gone.ts";
import type {
	SocketConnection,
	SocketEvents,
	SocketHead,
	SocketUpgrade,
} from "../../http/upgrade.ts";
import {
	answerHandshake,
	prepareHandshake,
	webSocketServer,
} from "../lifecycle/web-socket-server.ts";
import { type HandshakeExchange, ignoreError } from "./handshake-exchange.ts";
import { NodeSocket, type UpgradeHost } from "./node-socket.ts";
import { toldSocketClass } from "./told-socket.ts";

/** More than a client has to say before its handshake was answered. */
const mostEarlyBytes = 65_536;

/** The way from a handshake on `node:http` to a socket of `ws`. */
export class NodeUpgrade implements SocketUpgrade {
	readonly #exchange: HandshakeExchange;
	readonly #host: UpgradeHost;
	/** The bytes that came behind the request. */
	readonly #head: Buffer;
	#watch: EarlyWatch | undefined;
	#isAccepted = false;

	/** @param head what came behind the request */
	constructor(exchange: HandshakeExchange, head: Buffer, host: UpgradeHost) {
		this.#exchange = exchange;
		this.#host = host;
		this.#head = head;
	}

	/** Notices a client that goes away before it is accepted. Most are at once, and need none of this. */
	watch(): void {
		if (!this.#isAccepted) {
			this.#watch = new EarlyWatch(this.#exchange.socket);
		}
	}

	accept(
		head: SocketHead,
		events: SocketEvents,
	): SocketConnection | Promise<SocketConnection> {
		const server = webSocketServer(head, toldSocketClass);
		return server instanceof Promise
			? this.#acceptLater(server, head, events)
			: this.#accept(server, head, events);
	}

	/** A function of its own, as those below: one that makes closures takes memory for their variables also where it makes none. */
	async #acceptLater(
		server: Promise<WebSocketServer>,
		head: SocketHead,
		events: SocketEvents,
	): Promise<SocketConnection> {
		return this.#accept(await server, head, events);
	}

	#accept(
		server: WebSocketServer,
		head: SocketHead,
		events: SocketEvents,
	): SocketConnection {
		const exchange = this.#exchange;
		const host = this.#host;
		this.#isAccepted = true;
		const ws = upgraded(server, exchange, this.#earlyBytes(), head);
		exchange.leaveHttp();
		exchange.socket.resume(); // it rests where more has come than is read before
		const connection = new NodeSocket(ws, exchange, head, events, host);
		if (host.isClosing) {
			shutDownSoon(connection);
		}
		return connection;
	}

	#earlyBytes(): Buffer {
		const later = this.#watch?.end();
		return later === undefined || later.length === 0
			? this.#head
			: Buffer.concat([this.#head, ...later]);
	}
}

/** When the app has it. */
function shutDownSoon(connection: NodeSocket): void {
	queueMicrotask(() => connection.shutdown());
}

/** Reads from a client whose handshake is not answered yet: one that is not read from could go away unnoticed. */
class EarlyWatch {
	readonly #socket: Socket;
	readonly #early: Buffer[] = [];
	#earlyBytes = 0;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("error", ignoreError);
		socket.on("data", this.#onEarly).on("end", this.#onEnd);
	}

	/** Gives what has come. */
	end(): readonly Buffer[] {
		this.#socket.off("data", this.#onEarly).off("end", this.#onEnd);
		return this.#early;
	}

	readonly #onEarly = (chunk: Buffer): void => {
		this.#early.push(chunk);
		this.#earlyBytes += chunk.length;
		if (this.#earlyBytes > mostEarlyBytes) {
			this.#socket.pause();
		}
	};

	readonly #onEnd = (): void => {
		this.#socket.destroy();
	};
}

/**
 * Answers the handshake, which is well-formed: that was seen before.
 * @throws ClientGoneError when the client has gone meanwhile
 */
function upgraded(
	server: WebSocketServer,
	{ incoming, socket }: HandshakeExchange,
	early: Buffer,
	head: SocketHead,
): WsSocket {
	made = undefined;
	if (!socket.destroyed && socket.writable) {
		prepareHandshake(incoming, head);
		answerHandshake(server, incoming, socket, early, takeMade);
	}
	const ws = made as WsSocket | undefined; // the compiler does not see who has set it
	if (ws === undefined) {
		socket.on("error", ignoreError);
		throw new ClientGoneError();
	}
	made = undefined;
	return ws;
}

/** The socket that `ws` has made last. A function of each handshake that puts its own away would be made for each. */
let made: WsSocket | undefined;

function takeMade(ws: WsSocket): void {
	made = ws;
}
