import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endIfEndless } from "../lifecycle/end-if-endless.ts";
import { handshakeRefusal, isHandshake } from "../lifecycle/handshake-rules.ts";
import type { ProxyTrust } from "../lifecycle/proxy-trust.ts";
import { HandshakeExchange, ignoreError } from "./handshake-exchange.ts";
import type { NodeExchange } from "./node-exchange.ts";
import type { UpgradeHost } from "./node-socket.ts";
import { NodeUpgrade } from "./node-upgrade.ts";
import { refusalOf } from "./request-rules.ts";

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
	handle(exchange: HandshakeExchange): void;
	refuse(exchange: NodeExchange, status: number): void;
}

/** Begins the exchange of a handshake, when what was asked before on its connection has been answered. */
export function takeHandshake(
	handshake: Handshake,
	host: UpgradeHost,
	taker: HandshakeTaker,
): void {
	const { incoming, socket, head } = handshake;
	const { _httpMessage: earlier } = socket as {
		_httpMessage?: ServerResponse | null;
	};
	if (earlier) {
		socket.on("error", ignoreError);
		takeAfter(earlier, handshake, host, taker);
		return;
	}
	if (socket.destroyed) {
		return;
	}
	const exchange = new HandshakeExchange(incoming, taker.trust);
	const isSocket = asksForSocket(incoming); // before Node 24.9 other wishes come here too, which are ignored
	const refusal =
		refusalOf(incoming) ??
		(isSocket ? handshakeRefusal(exchange) : lostBodyRefusal(incoming));
	if (refusal !== undefined) {
		socket.on("error", ignoreError);
		taker.refuse(exchange.beginAnswer(), refusal);
		return;
	}
	if (!isSocket) {
		socket.on("error", ignoreError);
		taker.handle(exchange);
		return;
	}
	const upgrade = new NodeUpgrade(exchange, head, host);
	exchange.upgrade = upgrade;
	if (host.isClosing) {
		endIfEndless(exchange);
	}
	try {
		taker.handle(exchange);
	} finally {
		upgrade.watch();
	}
}

function takeAfter(
	earlier: ServerResponse,
	handshake: Handshake,
	host: UpgradeHost,
	taker: HandshakeTaker,
): void {
	earlier.once("close", () => takeHandshake(handshake, host, taker));
}

/** Node has dropped the body of a request that it hands over as a handshake; a handler would take it for empty. */
function lostBodyRefusal({ headers }: IncomingMessage): 501 | undefined {
	const hasBody =
		headers["transfer-encoding"] !== undefined ||
		Number(headers["content-length"] ?? 0) > 0;
	return hasBody ? 501 : undefined;
}
