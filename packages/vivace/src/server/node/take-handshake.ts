import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { handshakeRefusal, isHandshake } from "../lifecycle/handshake-rules.ts";
import type { ProxyTrust } from "../lifecycle/proxy-trust.ts";
import { NodeExchange } from "./node-exchange.ts";
import { NodeUpgrade, type UpgradeHost } from "./node-upgrade.ts";
import { refusalOf } from "./request-rules.ts";

// as in http-server.ts: an import would load all of the module
const { ServerResponse: OutgoingResponse } =
	process.getBuiltinModule("node:http");

/** A handshake as Node hands it over: on its bare connection, with what came behind it. */
export interface Handshake {
	readonly incoming: IncomingMessage;
	readonly socket: Socket;
	readonly head: Buffer;
}

/** True when a request on HTTP/1.1 asks for a socket. */
export function asksForSocket({
	method,
	headers,
	httpVersion,
}: IncomingMessage): boolean {
	return httpVersion === "1.1" && isHandshake(method, headers.upgrade);
}

/** Takes the exchange that a handshake begins. */
interface HandshakeTaker {
	readonly trust: ProxyTrust;
	handle(exchange: NodeExchange): void;
	refuse(exchange: NodeExchange, status: number): void;
}

/** Begins the exchange of a handshake, when what was asked before on its connection has been answered. */
export function takeHandshake(
	handshake: Handshake,
	host: UpgradeHost,
	taker: HandshakeTaker,
): void {
	const { incoming, socket, head } = handshake;
	socket.on("error", ignore);
	const { _httpMessage: earlier } = socket as {
		_httpMessage?: ServerResponse | null;
	};
	if (earlier) {
		earlier.once("close", () => takeHandshake(handshake, host, taker));
		return;
	}
	if (socket.destroyed) {
		return;
	}
	const outgoing = new OutgoingResponse(incoming);
	outgoing.shouldKeepAlive = false;
	outgoing.assignSocket(socket);
	outgoing.once("finish", endConnection);
	const exchange = new NodeExchange(incoming, outgoing, taker.trust, false);
	const isSocket = asksForSocket(incoming); // before Node 24.9 other wishes come here too, which are ignored
	const refusal =
		refusalOf(incoming) ??
		(isSocket
			? handshakeRefusal((name) => headerOf(incoming, name))
			: undefined);
	if (refusal !== undefined) {
		taker.refuse(exchange, refusal);
		return;
	}
	if (isSocket) {
		exchange.upgrade = new NodeUpgrade(exchange, head, host);
	}
	taker.handle(exchange);
}

function headerOf({ headers }: IncomingMessage, name: string) {
	const value = headers[name];
	return typeof value === "string" ? value : undefined; // only cookies and the like come as lists
}

/** `close` follows. */
function ignore(): void {}

/** A function of its own: one that is made for each handshake would hold all that came with it, as long as the socket lives. */
function endConnection(this: ServerResponse): void {
	this.socket?.destroySoon();
}
