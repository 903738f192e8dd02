import {
	createServer,
	type Server as HttpServer,
	type IncomingMessage,
	type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { AppPort } from "../http/app-port.ts";
import type { Response } from "../http/response.ts";
import { answerBadRequest } from "./bad-request.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import { LinkedSet } from "./linked-set.ts";
import { NodeExchange } from "./node-exchange.ts";
import { sendInternalError } from "./outgoing.ts";
import { compileProxyTrust, type ProxyTrust } from "./proxy-trust.ts";
import { sendResponse } from "./send-response.ts";
import type { ConnectionSource } from "./serve-host.ts";
import type { ResolvedServeOptions, ServerLog } from "./serve-options.ts";

/**
 * How long an idle connection may bring one more request after the server was told to stop: one that is on its way already is
 * answered instead of running into a closed connection.
 */
const farewellMs = 100;

/**
 * How long a body that never ends by itself has to end after its signal was aborted. Then the server ends it, and as much later gives
 * up waiting for the generator behind it.
 */
const endlessMs = 250;

/** A listening socket, its connections, and the requests that are being answered on them. */
export class NodeListener implements ExchangeHost {
	readonly log: ServerLog;
	readonly #app: AppPort;
	readonly #options: ResolvedServeOptions;
	readonly #source: ConnectionSource | undefined;
	readonly #trust: ProxyTrust;
	readonly #server: HttpServer;
	readonly #sockets = new Set<Socket>();
	/** Those that were not over when their listener returned. */
	readonly #exchanges = new LinkedSet<NodeExchange>();
	readonly #over = Promise.withResolvers<void>();
	#acceptedCount = 0;
	#isClosing = false;
	#isClosed = false;

	/**
	 * @param source where connections come from, if not from a listening socket of its own
	 * @throws SetupError `VIV_OPTION` for a wrong `trustProxy`
	 */
	constructor(
		app: AppPort,
		options: ResolvedServeOptions,
		source?: ConnectionSource,
	) {
		this.#app = app;
		this.#options = options;
		this.#source = source;
		this.log = options.log;
		this.#trust = compileProxyTrust(options.trustProxy);
		this.#server = this.#createServer();
	}

	get isClosing(): boolean {
		return this.#isClosing;
	}

	/** How many requests are being answered. */
	get exchangeCount(): number {
		return this.#exchanges.size;
	}

	/** Resolves when it listens, with the address; rejects with the operating system's error. */
	listen(): Promise<AddressInfo> {
		const { host, port, backlog } = this.#options;
		const server = this.#server;
		if (this.#source !== undefined) {
			return this.#source.open((socket) => server.emit("connection", socket));
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

	/**
	 * Stops accepting connections. From now on every answer is the last on its connection, bodies that never end by themselves are
	 * ended, and idle connections are closed.
	 */
	async stopListening(hurry: AbortSignal): Promise<void> {
		this.#isClosing = true;
		if (this.#source === undefined) await this.#acceptWaiting(hurry);
		else this.#source.close();
		this.#server.close(() => {
			this.#isClosed = true;
			this.#resolveIfOver();
		});
		for (const exchange of this.#exchanges.members())
			this.#endIfEndless(exchange);
		this.#closeIdle(hurry);
	}

	/** Resolves when all requests have been answered and all connections are closed. */
	whenOver(): Promise<void> {
		return this.#over.promise;
	}

	/** Aborts the signals of the requests that are left and cuts all connections. */
	cut(): void {
		for (const exchange of this.#exchanges.members())
			exchange.abortForShutdown();
		for (const socket of this.#sockets) socket.destroy();
	}

	track(exchange: NodeExchange): void {
		if (exchange.isTracked) return;
		exchange.isTracked = true;
		this.#exchanges.add(exchange);
	}

	release(exchange: NodeExchange): void {
		if (!exchange.isTracked) return;
		exchange.isTracked = false;
		this.#exchanges.delete(exchange);
		if (!this.#isClosing) return;
		// its head may have promised to keep the connection
		if (!this.#busySockets().has(exchange.socket))
			exchange.socket.destroySoon();
		this.#resolveIfOver();
	}

	#createServer(): HttpServer {
		const { maxConnections, headersTimeoutMs, requestTimeoutMs } =
			this.#options;
		const server = createServer(
			{
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
		if (maxConnections !== undefined) server.maxConnections = maxConnections;
		server.on("checkContinue", (incoming, outgoing) =>
			this.#answer(incoming, outgoing, true),
		);
		server.on("connection", (socket) => {
			this.#acceptedCount++;
			this.#sockets.add(socket);
			socket.once("close", () => {
				this.#sockets.delete(socket);
				if (this.#isClosing) this.#resolveIfOver();
			});
		});
		server.on("clientError", (error, socket) => {
			const connection = socket as Socket; // of a plain TCP server
			answerBadRequest(error, connection, this.#currentOn(connection));
		});
		// `close` would call it, and it cuts answers that were given but not yet taken by a slow client; see #closeIdle
		server.closeIdleConnections = () => {};
		return server;
	}

	#answer(
		incoming: IncomingMessage,
		outgoing: ServerResponse,
		awaitsContinue: boolean,
	): void {
		const exchange = new NodeExchange(
			incoming,
			outgoing,
			this.#trust,
			awaitsContinue,
		);
		try {
			const response = this.#app.handle(this.#app.request(exchange));
			if (response instanceof Promise) {
				this.track(exchange);
				response.then(
					(response) => this.#send(exchange, response),
					(error: unknown) => this.#fail(exchange, error),
				);
			} else this.#send(exchange, response);
		} catch (error) {
			this.#fail(exchange, error);
		}
	}

	#send(exchange: NodeExchange, response: Response): void {
		sendResponse(this, exchange, response);
		if (this.#isClosing) this.#endIfEndless(exchange);
	}

	// the port promises not to fail; a mistake there must not take the process with it
	#fail(exchange: NodeExchange, error: unknown): void {
		this.log.error(`${exchange.method} ${exchange.target}: no response`, error);
		if (!exchange.outgoing.destroyed) sendInternalError(this, exchange);
		if (exchange.isTracked) this.release(exchange);
	}

	/** Tells a body that never ends by itself to end, and one that nobody reads any more but whose generator has not noticed. */
	#endIfEndless(exchange: NodeExchange): void {
		const { response, stream, isClientGone, isTracked } = exchange;
		const isUnread = stream !== undefined && isClientGone;
		if (!isTracked || (response?.endsOnShutdown !== true && !isUnread)) return;
		exchange.abortForShutdown();
		setTimeout(() => {
			exchange.stream?.end();
			setTimeout(() => exchange.stream?.abandon(), endlessMs).unref();
		}, endlessMs).unref();
	}

	/**
	 * Takes in the connections that the operating system has accepted already and would reset. Node takes one in each turn of the event
	 * loop; two turns without one mean that there are none.
	 */
	async #acceptWaiting(hurry: AbortSignal): Promise<void> {
		shrinkBacklog(this.#server);
		const endMs = performance.now() + farewellMs;
		let quietTurns = 0;
		while (quietTurns < 2 && performance.now() < endMs && !hurry.aborted) {
			const before = this.#acceptedCount;
			await new Promise(setImmediate);
			quietTurns = this.#acceptedCount === before ? quietTurns + 1 : 0;
		}
	}

	#closeIdle(hurry: AbortSignal): void {
		const before = new Map<Socket, number>();
		const busy = this.#busySockets();
		for (const socket of this.#sockets) {
			if (!busy.has(socket)) before.set(socket, socket.bytesRead);
		}
		const close = () => {
			clearTimeout(timer);
			hurry.removeEventListener("abort", close);
			const busyNow = this.#busySockets();
			for (const [socket, bytesRead] of before) {
				// more bytes: a request was answered with `connection: close`, or is still arriving
				if (!busyNow.has(socket) && socket.bytesRead === bytesRead)
					socket.destroySoon();
			}
		};
		const timer = setTimeout(close, farewellMs);
		hurry.addEventListener("abort", close);
	}

	#busySockets(): Set<Socket> {
		const sockets = new Set<Socket>();
		for (const exchange of this.#exchanges.members())
			sockets.add(exchange.socket);
		return sockets;
	}

	#currentOn(socket: Socket): ServerResponse | undefined {
		for (const exchange of this.#exchanges.members()) {
			if (exchange.socket === socket) return exchange.outgoing;
		}
		return undefined;
	}

	#resolveIfOver(): void {
		// a server that never listened is closed before the connections that it was given are
		if (
			this.#isClosed &&
			this.#exchanges.size === 0 &&
			(this.#source === undefined || this.#sockets.size === 0)
		)
			this.#over.resolve();
	}
}

/**
 * Has the operating system leave new connections unanswered; they are refused when the socket closes. Otherwise clients that come faster
 * than Node accepts would be reset then: of 64 that connect for each request some 40, with this 0 or 1. Node has no public way to ask
 * for it; where this one is missing, the rest still works.
 */
function shrinkBacklog(server: HttpServer): void {
	const { _handle: handle } = server as {
		_handle?: { listen?(backlog: number): number } | null;
	};
	handle?.listen?.(0);
}

// Node looks for time-outs at an interval; its 30 s would make short limits meaningless
function checkingIntervalMs(...limitsMs: readonly number[]): number {
	const shortest = Math.min(...limitsMs.filter((limit) => limit > 0), 120_000);
	return Math.max(50, Math.floor(shortest / 4));
}
