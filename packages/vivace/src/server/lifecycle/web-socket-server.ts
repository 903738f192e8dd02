import type * as Ws from "ws";
import type { ServerOptions, WebSocketServer } from "ws";
import type { SocketHead } from "../../http/upgrade.ts";
import { rightOffers } from "./compression-offers.ts";

/** How long a client may take to answer a close frame. */
const closeTimeoutMs = 10_000;

/** Smaller messages are not worth the time. */
const compressedFromBytes = 1024;

const servers = new Map<number, WebSocketServer>();

/** The header lines that each handshake's answer is to have beside those of the protocol. */
const lines = new WeakMap<object, readonly string[]>();

/** Makes the class of the sockets of a server from what `ws` exports. */
export type SocketClass = (ws: typeof Ws) => typeof Ws.WebSocket;

/**
 * The server of `ws` for sockets of these limits, which it has for all of its sockets alike. A promise for the first: `ws` is loaded with that. Whoever has a socket
 * answers its pings, by a `PongLine`.
 *
 * @param own the class of its sockets, if not that of `ws`
 */
export function webSocketServer(
	head: Kind,
	own?: SocketClass,
): WebSocketServer | Promise<WebSocketServer> {
	const { messageBytes, isCompressed } = head;
	const flags = (isCompressed ? 1 : 0) + (own === undefined ? 2 : 0);
	const key = messageBytes * 4 + flags;
	return servers.get(key) ?? makeServer(key, head, own);
}

/** The limits that `ws` has for all sockets of a server alike. */
type Kind = Pick<SocketHead, "messageBytes" | "isCompressed">;

async function makeServer(
	key: number,
	{ messageBytes, isCompressed }: Kind,
	own: SocketClass | undefined,
): Promise<WebSocketServer> {
	const ws = await import("ws");
	const options: ServerOptions & { readonly closeTimeout: number } = {
		noServer: true,
		clientTracking: false,
		maxPayload: messageBytes,
		closeTimeout: closeTimeoutMs,
		autoPong: false,
		...(own && { WebSocket: own(ws) }),
		// memory for each message, and none between them
		perMessageDeflate: isCompressed && {
			serverNoContextTakeover: true,
			clientNoContextTakeover: true,
			threshold: compressedFromBytes,
		},
		handleProtocols: () => false, // it stands among the lines, whatever the client has offered
	};
	const server = new ws.WebSocketServer(options);
	server.on("headers", (headers, incoming) => {
		const own = lines.get(incoming);
		if (own !== undefined) {
			headers.push(...own);
		}
	});
	servers.set(key, server);
	return server;
}

/** A handshake, as far as `ws` and we look at it. */
interface Handshake {
	readonly headers: Record<string, string | readonly string[] | undefined>;
}

/** Prepares a handshake for `ws`: the lines that its answer is to have, and the offers that `ws` understands. */
export function prepareHandshake(
	incoming: Handshake,
	{ headers, subprotocol, isCompressed }: SocketHead,
): void {
	const offered = incoming.headers[extensions];
	if (isCompressed && typeof offered === "string") {
		incoming.headers[extensions] = rightOffers(offered);
	}
	if (headers.length === 0 && subprotocol === undefined) {
		return;
	}
	const own = headers.map(([name, value]) => `${name}: ${value}`);
	const protocol =
		subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`];
	lines.set(incoming, [...protocol, ...own]);
}

type HandshakeParts = Parameters<WebSocketServer["handleUpgrade"]>;

/** Answers a prepared handshake. Its lines leave in ISO 8859-1, as those of any answer; `ws` has its connection choose the bytes of a text. */
export function answerHandshake(
	server: WebSocketServer,
	...parts: HandshakeParts
): void {
	const [handshake, stream] = parts;
	if (!lines.has(handshake)) {
		server.handleUpgrade(...parts);
		return;
	}
	stream.setDefaultEncoding("latin1");
	try {
		server.handleUpgrade(...parts);
	} finally {
		stream.setDefaultEncoding("utf8");
	}
}

const extensions = "sec-websocket-extensions";

/** The close codes that `ws` sends for what is no plain error of the protocol, RFC 6455 §7.4.1. */
const violations: Readonly<Record<string, number>> = {
	WS_ERR_INVALID_UTF8: 1007,
	WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
	WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
	WS_ERR_TOO_MANY_PENDING_PONGS: 1008,
};

/** The code of the close frame with which `ws` has answered an error of the client; `undefined` where the connection was lost. */
export function violationCode({
	code = "",
}: Error & { readonly code?: string }): number | undefined {
	return code.startsWith("WS_ERR_") ? (violations[code] ?? 1002) : undefined;
}
