import type {
	Server as HttpServer,
	IncomingMessage,
	ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";
import { answerBadRequest, answerConnect } from "./bad-request.ts";
import { directMessages } from "./direct-message.ts";
import type { NodeExchange } from "./node-exchange.ts";
import { isOtherRuntime } from "./other-runtime.ts";
import { asksForSocket, type Handshake } from "./take-handshake.ts";

// An import would ask the module for all that it has, WebSocket among it, and with that load Node's HTTP client: 16 MB and 40 ms.
const { createServer } = process.getBuiltinModule("node:http");

/** Who hears of what comes on the connections of a server. */
export interface HttpEvents {
	/** True where handlers of `node:http` see the requests: they wait for the `end` of each. */
	readonly hasNodeHandlers: boolean;
	onRequest(incoming: IncomingMessage, outgoing: ServerResponse): void;
	/** A request waits for `100 Continue` before it sends its body. */
	onContinue(incoming: IncomingMessage, outgoing: ServerResponse): void;
	/** A request expects something else than `100-continue`. */
	onWrongExpectation(incoming: IncomingMessage, outgoing: ServerResponse): void;
	/** A request asks for another protocol, a socket: its connection is Node's no longer. */
	onHandshake(handshake: Handshake): void;
	onConnection(socket: Socket): void;
	/** The first exchange on a connection whose answer has not been sent. */
	currentOn(socket: Socket): NodeExchange | undefined;
}

/** A server of `node:http` with the limits of the options, which has yet to listen. */
export function createHttpServer(
	options: ResolvedServeOptions,
	events: HttpEvents,
): HttpServer {
	const { headersTimeoutMs, requestTimeoutMs } = options;
	const server = createServer(
		{
			requireHostHeader: false, // refused with a body, see `refusalOf`
			maxHeaderSize: options.maxHeaderBytes,
			headersTimeout: headersTimeoutMs,
			requestTimeout: requestTimeoutMs,
			// Node would set a timer with each answer and end it with each request, 0.2 µs: `OpenConnections` looks for all of them
			keepAliveTimeout: isOtherRuntime ? options.keepAliveTimeoutMs : 0,
			connectionsCheckingInterval: checkingIntervalMs(
				headersTimeoutMs,
				requestTimeoutMs,
			),
			shouldUpgradeCallback: asksForSocket, // Node 24.9 and later
			// no events of a stream that has nothing, 0.2 µs; Node 24.12 and later
			optimizeEmptyRequests: !events.hasNodeHandlers,
			...directMessages,
		},
		events.onRequest,
	);
	server.on("checkContinue", events.onContinue);
	server.on("checkExpectation", events.onWrongExpectation);
	server.on("connect", (_, socket) => {
		const connection = socket as Socket; // also an encrypted one is
		answerConnect(connection, events.currentOn(connection));
	});
	server.on(
		"upgrade",
		(incoming, socket, head) =>
			events.onHandshake({ incoming, socket: socket as Socket, head }), // as above
	);
	server.on("connection", events.onConnection);
	server.on("clientError", (error, socket) => {
		const connection = socket as Socket; // as above
		answerBadRequest(error, connection, () => events.currentOn(connection));
	});
	// `close` would call it, and it cuts answers that were given but not yet taken by a slow client; see OpenConnections.closeIdle
	server.closeIdleConnections = () => {};
	return server;
}

// Node looks for time-outs at an interval; its 30 s would make short limits meaningless
function checkingIntervalMs(...limitsMs: readonly number[]): number {
	const shortest = Math.min(...limitsMs.filter((limit) => limit > 0), 120_000);
	return Math.max(50, Math.floor(shortest / 4));
}
