import type { ServerResponse } from "node:http";
import type { ProxyTrust } from "../lifecycle/proxy-trust.ts";
import {
	type Handshake,
	handshakeRefusal,
	isHandshake,
} from "./handshake-rules.ts";
import { NodeExchange } from "./node-exchange.ts";
import { NodeUpgrade, type UpgradeHost } from "./node-upgrade.ts";
import { refusalOf } from "./request-rules.ts";

// as in http-server.ts: an import would load all of the module
const { ServerResponse: OutgoingResponse } =
	process.getBuiltinModule("node:http");

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
	socket.on("error", () => {}); // `close` follows
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
	outgoing.once("finish", () => socket.destroySoon());
	const exchange = new NodeExchange(incoming, outgoing, taker.trust, false);
	const isSocket = isHandshake(incoming); // before Node 24.9 other wishes come here too, which are ignored
	const refusal =
		refusalOf(incoming) ?? (isSocket ? handshakeRefusal(incoming) : undefined);
	if (refusal !== undefined) {
		taker.refuse(exchange, refusal);
		return;
	}
	if (isSocket) {
		exchange.upgrade = new NodeUpgrade(exchange, head, host);
	}
	taker.handle(exchange);
}
