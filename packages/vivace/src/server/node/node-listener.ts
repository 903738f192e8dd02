import type {
	Server as HttpServer,
	IncomingMessage,
	ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Answer } from "../../http/answer.ts";
import type { AppPort } from "../../http/app-port.ts";
import { aborted } from "../../time/waiting.ts";
import type {
	ConnectionSource,
	ListenAddress,
} from "../lifecycle/connection-source.ts";
import type { Engine, Listener } from "../lifecycle/listener.ts";
import {
	compileProxyTrust,
	type ProxyTrust,
} from "../lifecycle/proxy-trust.ts";
import type {
	ResolvedServeOptions,
	ServerLog,
} from "../lifecycle/serve-options.ts";
import { acceptWaiting } from "./accept-waiting.ts";
import {
	answerBadRequest,
	answerConnect,
	refuseRequest,
} from "./bad-request.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import { LinkedSet } from "./linked-set.ts";
import { NodeExchange } from "./node-exchange.ts";
import { OpenConnections } from "./open-connections.ts";
import { sendInternalError } from "./outgoing.ts";
import { refusalOf } from "./request-rules.ts";
import { sendResponse } from "./send-response.ts";

// An import would ask the module for all that it has, WebSocket among it, and with that load Node's HTTP client: 16 MB and 40 ms.
const { createServer } = process.getBuiltinModule("node:http");

/** How often at most the log says that there are too many connections. */
const fullLineMs = 60_000;

/**
 * How long a body that never ends by itself has to end after its signal was aborted. Then the server ends it, and as much later gives
 * up waiting for the generator behind it.
 */
const endlessMs = 250;

/** Serves by `node:http`. */
export const nodeEngine: Engine = {
	createListener: (app, options, connections) =>
		new NodeListener(app, options, connections),
};

class NodeListener implements Listener, ExchangeHost {
	readonly log: ServerLog;
	onAbandoned: (() => void) | undefined;
	isClosing = false;
	readonly #app: AppPort;
	readonly #options: ResolvedServeOptions;
	readonly #source: ConnectionSource | undefined;
	readonly #usedFarewellMs: number | undefined;
	readonly #trust: ProxyTrust;
	readonly #server: HttpServer;
	readonly #connections = new OpenConnections();
	/** Those that were not over when their listener returned. */
	readonly #exchanges = new LinkedSet<NodeExchange>();
	readonly #over = Promise.withResolvers<void>();
	#acceptedCount = 0;
	/** When the log has last said that there are too many connections. */
	#fullToldMs = Number.NEGATIVE_INFINITY;
	#abandonedCount = 0;
	#isClosed = false;

	/** @throws SetupError `VIV_OPTION` for a wrong `trustProxy` */
	constructor(
		app: AppPort,
		options: ResolvedServeOptions,
		source?: ConnectionSource,
	) {
		this.#app = app;
		this.#options = options;
		this.#source = source;
		this.#usedFarewellMs = source?.usedFarewellMs;
		this.log = options.log;
		this.#trust = compileProxyTrust(options.trustProxy);
		this.#server = this.#createServer();
	}

	get exchangeCount(): number {
		return this.#exchanges.size;
	}

	get abandonedCount(): number {
		return this.#abandonedCount;
	}

	listen(): Promise<ListenAddress> {
		const { host, port, backlog, writeTimeoutMs } = this.#options;
		const server = this.#server;
		this.#watchWrites(writeTimeoutMs);
		if (this.#source !== undefined) {
			server.emit("listening"); // has Node watch over clients that send slowly
			return this.#source.open((socket) => this.#take(socket));
		}
		return new Promise((resolve, reject) => {
			server.once("error", reject);
			server.listen({ host, port, backlog }, () => {
				server.off("error", reject);
				server.on("error", (error) =>
					this.log.error("the listening socket failed", error),
				);
				resolve(server.address() as AddressInfo); // it listens on a port, not a path
			});
		});
	}

	async stopListening(farewellMs: number, hurry: AbortSignal): Promise<void> {
		if (this.#source !== undefined) {
			await Promise.race([this.#source.close(), aborted(hurry)]);
		} else {
			await acceptWaiting(this.#server, () => this.#acceptedCount, hurry);
		}
		// not before: clients that are told to close would connect again, and be reset
		this.isClosing = true;
		this.#server.close(() => {
			this.#isClosed = true;
			this.#resolveIfOver();
		});
		for (const exchange of this.#exchanges.members()) {
			this.#endIfEndless(exchange);
		}
		// a client that takes nothing must not use up the time that others have
		const { writeTimeoutMs, drainTimeoutMs } = this.#options;
		this.#watchWrites(Math.ceil(Math.min(writeTimeoutMs, drainTimeoutMs / 2)));
		void this.#connections
			.closeIdle(
				() => this.#busySockets(),
				{
					idleMs: farewellMs,
					usedMs: this.#usedFarewellMs ?? farewellMs,
					drainMs: drainTimeoutMs,
				},
				hurry,
			)
			.then(() => this.#source?.onIdleClosed?.());
	}

	whenOver(): Promise<void> {
		return this.#over.promise;
	}

	cut(): void {
		for (const exchange of this.#exchanges.members()) {
			exchange.abortForShutdown();
		}
		for (const socket of this.#connections.sockets()) {
			socket.destroy();
		}
	}

	track(exchange: NodeExchange): void {
		if (exchange.isTracked) {
			return;
		}
		exchange.isTracked = true;
		this.#exchanges.add(exchange);
	}

	release(exchange: NodeExchange): void {
		if (!exchange.isTracked) {
			return;
		}
		exchange.isTracked = false;
		this.#exchanges.delete(exchange);
		if (!this.isClosing) {
			return;
		}
		// its head may have promised to keep the connection
		if (!this.#busySockets().has(exchange.socket)) {
			exchange.socket.destroySoon();
		}
		this.#resolveIfOver();
	}

	abandon(exchange: NodeExchange): void {
		this.#abandonedCount++;
		this.log.warn(exchange.leftBehind);
		this.onAbandoned?.();
	}

	#createServer(): HttpServer {
		const { maxConnections, headersTimeoutMs, requestTimeoutMs } =
			this.#options;
		const server = createServer(
			{
				requireHostHeader: false, // refused with a body, see `refusalOf`
				maxHeaderSize: this.#options.maxHeaderBytes,
				headersTimeout: headersTimeoutMs,
				requestTimeout: requestTimeoutMs,
				keepAliveTimeout: this.#options.keepAliveTimeoutMs,
				connectionsCheckingInterval: checkingIntervalMs(
					headersTimeoutMs,
					requestTimeoutMs,
				),
			},
			(incoming, outgoing) => this.#answer(incoming, outgoing, false),
		);
		if (maxConnections !== 0) {
			server.maxConnections = maxConnections;
			server.on("drop", this.#onFull);
		}
		server.on("checkContinue", (incoming, outgoing) =>
			this.#answer(incoming, outgoing, true),
		);
		server.on("checkExpectation", (incoming, outgoing) =>
			this.#refuse(
				new NodeExchange(incoming, outgoing, this.#trust, false),
				417,
			),
		);
		server.on("connect", (_, socket) => {
			const connection = socket as Socket; // of a plain TCP server
			answerConnect(connection, this.#currentOn(connection));
		});
		server.on("connection", (socket) => {
			this.#acceptedCount++;
			this.#connections.add(socket, () => {
				if (this.isClosing) {
					this.#resolveIfOver();
				}
			});
		});
		server.on("clientError", (error, socket) => {
			const connection = socket as Socket; // of a plain TCP server
			answerBadRequest(error, connection, () => this.#currentOn(connection));
		});
		// `close` would call it, and it cuts answers that were given but not yet taken by a slow client; see #closeIdle
		server.closeIdleConnections = () => {};
		return server;
	}

	/** As Node does it with what it accepts itself. */
	#take(socket: Socket): void {
		const { maxConnections } = this.#options;
		if (maxConnections !== 0 && this.#connections.size >= maxConnections) {
			socket.destroy();
			this.#onFull();
			return;
		}
		socket.allowHalfOpen = true; // a client that has said all still wants its answer
		this.#server.emit("connection", socket);
	}

	readonly #onFull = (): void => {
		const now = performance.now();
		if (now - this.#fullToldMs < fullLineMs) {
			return;
		}
		this.#fullToldMs = now;
		this.log.warn(
			`${this.#options.maxConnections} connections are open (maxConnections); further ones are closed`,
		);
	};

	#watchWrites(limitMs: number): void {
		this.#connections.watchWrites(
			limitMs,
			() => this.#exchanges.members(),
			this.#onStalled,
		);
	}

	/** Cuts a connection whose client takes nothing; its request scope is left then. */
	readonly #onStalled = (socket: Socket, limitMs: number): void => {
		const exchange = this.#currentOn(socket);
		const what =
			exchange === undefined
				? "a client"
				: `${exchange.method} ${exchange.target}: the client`;
		this.log.warn(
			`${what} took nothing of the answer for ${limitMs / 1000} s (writeTimeoutMs); its connection was cut`,
		);
		socket.destroy();
	};

	#answer(
		incoming: IncomingMessage,
		outgoing: ServerResponse,
		awaitsContinue: boolean,
	): void {
		if (this.#usedFarewellMs !== undefined) {
			this.#connections.noteUse(incoming.socket);
		}
		const exchange = new NodeExchange(
			incoming,
			outgoing,
			this.#trust,
			awaitsContinue,
		);
		const refusal = refusalOf(incoming);
		if (refusal !== undefined) {
			this.#refuse(exchange, refusal);
			return;
		}
		try {
			const answer = this.#app.handle(exchange);
			if (answer instanceof Promise) {
				this.track(exchange);
				answer.then(
					(made) => this.#send(exchange, made),
					(error: unknown) => this.#fail(exchange, error),
				);
			} else {
				this.#send(exchange, answer);
			}
		} catch (error) {
			this.#fail(exchange, error);
		}
	}

	#refuse(exchange: NodeExchange, status: number): void {
		this.track(exchange);
		exchange.outgoing.once("close", () => this.release(exchange));
		refuseRequest(exchange, status);
	}

	#send(exchange: NodeExchange, answer: Answer | undefined): void {
		if (answer === undefined) {
			return; // upgraded: the app settles it
		}
		sendResponse(this, exchange, answer);
		if (this.isClosing) {
			this.#endIfEndless(exchange);
		}
	}

	// the port promises not to fail; a mistake there must not take the process with it
	#fail(exchange: NodeExchange, error: unknown): void {
		this.log.error(`${exchange.method} ${exchange.target}: no response`, error);
		if (!exchange.outgoing.destroyed) {
			sendInternalError(this, exchange);
		}
		if (exchange.isTracked) {
			this.release(exchange);
		}
	}

	/** Tells a body that never ends by itself to end, and one that nobody reads any more but whose generator has not noticed. */
	#endIfEndless(exchange: NodeExchange): void {
		const { answer, stream, isClientGone, isTracked } = exchange;
		const isUnread = stream !== undefined && isClientGone;
		if (!isTracked || (answer?.endsOnShutdown !== true && !isUnread)) {
			return;
		}
		exchange.abortForShutdown();
		setTimeout(() => {
			exchange.stream?.end();
			setTimeout(() => exchange.stream?.abandon(), endlessMs).unref();
		}, endlessMs).unref();
	}

	#busySockets(): Set<Socket> {
		const sockets = new Set<Socket>();
		for (const exchange of this.#exchanges.members()) {
			sockets.add(exchange.socket);
		}
		return sockets;
	}

	/** The first exchange on a connection whose answer has not been sent. */
	#currentOn(socket: Socket): NodeExchange | undefined {
		return this.#exchanges
			.members()
			.find((each) => each.socket === socket && !each.outgoing.destroyed);
	}

	#resolveIfOver(): void {
		// a server that never listened is closed before the connections that it was given are
		if (
			this.#isClosed &&
			this.#exchanges.size === 0 &&
			(this.#source === undefined || this.#connections.size === 0)
		) {
			this.#connections.close();
			this.#over.resolve();
		}
	}
}

// Node looks for time-outs at an interval; its 30 s would make short limits meaningless
function checkingIntervalMs(...limitsMs: readonly number[]): number {
	const shortest = Math.min(...limitsMs.filter((limit) => limit > 0), 120_000);
	return Math.max(50, Math.floor(shortest / 4));
}
