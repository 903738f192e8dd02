import type {
	Server as HttpServer,
	IncomingMessage,
	ServerResponse,
} from "node:http";
import type { Server as NetServer, Socket } from "node:net";
import type { Answer } from "../../http/answer.ts";
import type { AnswerTaker } from "../../http/answer-taker.ts";
import type { AppPort } from "../../http/app-port.ts";
import { aborted } from "../../time/waiting.ts";
import type {
	ConnectionSource,
	ListenAddress,
} from "../lifecycle/connection-source.ts";
import { endIfEndless } from "../lifecycle/end-if-endless.ts";
import { FullNotice } from "../lifecycle/full-notice.ts";
import { listenPlace } from "../lifecycle/listen-place.ts";
import type { Engine, Listener } from "../lifecycle/listener.ts";
import {
	compileProxyTrust,
	type ProxyTrust,
} from "../lifecycle/proxy-trust.ts";
import type {
	ResolvedServeOptions,
	ServerLog,
} from "../lifecycle/serve-options.ts";
import { refuseRequest } from "./bad-request.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import type { HandshakeExchange } from "./handshake-exchange.ts";
import { createHttpServer } from "./http-server.ts";
import { type KnownHeads, knownHeads } from "./known-heads.ts";
import { limitConnections } from "./limit-connections.ts";
import { ListeningSocket } from "./listening-socket.ts";
import { NodeExchange } from "./node-exchange.ts";
import type { UpgradeHost } from "./node-socket.ts";
import { OpenConnections } from "./open-connections.ts";
import { OpenExchanges } from "./open-exchanges.ts";
import { sendInternalError } from "./outgoing.ts";
import { refusalOf } from "./request-rules.ts";
import { sendResponse } from "./send-response.ts";
import { takeHandshake } from "./take-handshake.ts";
import { TlsFront } from "./tls-front.ts";

/** Serves by `node:http`. */
export const nodeEngine: Engine = {
	createListener: (app, options, connections) =>
		new NodeListener(app, options, connections),
};

class NodeListener
	implements
		Listener,
		ExchangeHost,
		AnswerTaker<NodeExchange, void>,
		UpgradeHost
{
	readonly log: ServerLog;
	readonly heads: KnownHeads | undefined;
	onAbandoned: (() => void) | undefined;
	onSockets: (() => void) | undefined;
	isClosing = false;
	isLeaving = false;
	requestCount = 0;
	socketCount = 0;
	readonly #app: AppPort;
	readonly #options: ResolvedServeOptions;
	readonly #source: ConnectionSource | undefined;
	readonly #usedFarewellMs: number | undefined;
	readonly #trust: ProxyTrust;
	readonly #server: HttpServer;
	#tls: TlsFront | undefined;
	readonly #accepting: NetServer;
	/** None when connections come from another process. */
	#socket: ListeningSocket | undefined;
	#address: ListenAddress | undefined;
	readonly #exchanges = new OpenExchanges();
	readonly #connections = new OpenConnections(
		() => this.#exchanges.busySockets(),
		() => this.#exchanges.upgradedSockets(),
		(socket) => {
			this.#exchanges.endQueued(socket);
			if (this.isClosing) {
				this.#resolveIfOver();
			}
		},
	);
	readonly #openCount = () =>
		this.#connections.size + (this.#tls?.handshakeCount ?? 0);
	readonly #fullNotice: FullNotice;
	readonly #over = Promise.withResolvers<void>();
	#acceptedCount = 0;
	#abandonedCount = 0;
	#isClosed = false;

	/** @throws SetupError `VIV_OPTION` for a wrong `trustProxy`, and for a certificate that can't be used */
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
		this.heads = knownHeads(options);
		this.#fullNotice = new FullNotice(options, "connections", "closed");
		this.#trust = compileProxyTrust(
			options,
			() => this.#address?.port === 0, // of a Unix socket
		);
		this.#server = this.#createServer();
		this.#accepting = this.#makeAccepting();
	}

	openExchanges(): readonly NodeExchange[] {
		return this.#exchanges.members();
	}

	onUpgraded(exchange: HandshakeExchange): void {
		this.#connections.lend(exchange.socket);
		this.socketCount++;
		this.onSockets?.();
	}

	onUpgradedEnd(exchange: HandshakeExchange): void {
		if (exchange.isTracked) {
			this.#connections.giveBack(exchange.socket); // otherwise it was before
		}
		this.socketCount--;
		this.onSockets?.();
	}

	get abandonedCount(): number {
		return this.#abandonedCount;
	}

	async listen(): Promise<ListenAddress> {
		const { backlog, writeTimeoutMs, keepAliveTimeoutMs } = this.#options;
		this.#watchWrites(writeTimeoutMs);
		this.#connections.watchIdle(keepAliveTimeoutMs);
		if (this.#source !== undefined || this.#tls !== undefined) {
			this.#server.emit("listening"); // has Node watch over clients that send slowly
		}
		if (this.#source === undefined) {
			const place = listenPlace(this.#options);
			this.#socket = new ListeningSocket(this.#accepting, place);
		}
		this.#address =
			(await this.#socket?.open(backlog, this.log)) ??
			(await this.#source?.open((socket) => this.#take(socket)));
		return this.#address as ListenAddress; // one of both was there
	}

	async stopListening(farewellMs: number, hurry: AbortSignal): Promise<void> {
		if (this.#source !== undefined) {
			await Promise.race([this.#source.close(), aborted(hurry)]);
		} else {
			await this.#socket?.acceptWaiting(() => this.#acceptedCount, hurry);
		}
		// not before: clients that are told to close would connect again, and be reset
		this.isClosing = true;
		const closed = () => {
			this.#isClosed = true;
			this.#resolveIfOver();
		};
		this.#server.close(this.#tls === undefined ? closed : undefined);
		this.#tls?.close(closed);
		for (const exchange of this.#exchanges.members()) {
			endIfEndless(exchange);
		}
		// a client that takes nothing must not use up the time that others have
		const { writeTimeoutMs, drainTimeoutMs } = this.#options;
		this.#watchWrites(Math.ceil(Math.min(writeTimeoutMs, drainTimeoutMs / 2)));
		void this.#connections
			.closeIdle(
				{
					idleMs: farewellMs,
					usedMs: this.#usedFarewellMs ?? farewellMs,
					drainMs: drainTimeoutMs,
				},
				hurry,
			)
			.then(() => {
				this.#tls?.cutHandshakes();
				this.#source?.onIdleClosed?.();
			});
	}

	whenOver(): Promise<void> {
		return this.#over.promise;
	}

	cut(): void {
		for (const exchange of this.#exchanges.members()) {
			exchange.cutOff();
		}
		this.#tls?.cutHandshakes();
		for (const socket of this.#connections.sockets()) {
			socket.destroy();
		}
	}

	track(exchange: NodeExchange): void {
		if (exchange.isTracked) {
			return;
		}
		exchange.isTracked = true;
		exchange.trackedMs = Math.round(performance.now());
		this.#exchanges.add(exchange);
	}

	release(exchange: NodeExchange): void {
		if (!exchange.isTracked) {
			return;
		}
		exchange.isTracked = false;
		this.#exchanges.delete(exchange);
		if (exchange.upgraded !== undefined) {
			this.#connections.giveBack(exchange.socket); // closing it takes longer
		}
		if (!this.isClosing) {
			return;
		}
		// its head may have promised to keep the connection
		if (!this.#exchanges.busySockets().has(exchange.socket)) {
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
		const handshakes = {
			trust: this.#trust,
			handle: (exchange: HandshakeExchange) => this.#handleLater(exchange),
			refuse: (exchange: NodeExchange, status: number) =>
				this.#refuse(exchange, status),
		};
		return createHttpServer(this.#options, {
			hasNodeHandlers: this.#app.hasNodeHandlers ?? false,
			onRequest: (incoming, outgoing) =>
				this.#answer(incoming, outgoing, false),
			onContinue: (incoming, outgoing) =>
				this.#answer(incoming, outgoing, true),
			onWrongExpectation: (incoming, outgoing) =>
				this.#refuse(
					new NodeExchange(incoming, outgoing, this.#trust, false),
					417,
				),
			onHandshake: (handshake) => takeHandshake(handshake, this, handshakes),
			onConnection: (socket) => this.#connections.add(socket),
			currentOn: (socket) => this.#exchanges.currentOn(socket),
		});
	}

	/** The server that accepts connections: encrypted ones are handed on when their handshake is over. */
	#makeAccepting(): NetServer {
		const { tls, maxConnections } = this.#options;
		if (tls !== undefined) {
			this.#tls = new TlsFront(tls, this.#options, (socket) => {
				this.#server.emit("connection", socket);
				if (this.isClosing) {
					this.#connections.closeUnlessUsed(socket);
				}
			});
		}
		const accepting = this.#tls?.server ?? this.#server;
		accepting.on("connection", () => {
			this.#acceptedCount++;
		});
		const openCount = this.#openCount;
		limitConnections(accepting, maxConnections, openCount, this.#fullNotice);
		return accepting;
	}

	/** As Node does it with what it accepts itself. */
	#take(socket: Socket): void {
		const { maxConnections } = this.#options;
		if (maxConnections !== 0 && this.#openCount() >= maxConnections) {
			socket.destroy();
			this.#fullNotice.tell();
			return;
		}
		socket.allowHalfOpen = true; // a client that has said all still wants its answer
		if (this.#tls === undefined) {
			this.#server.emit("connection", socket);
		} else {
			this.#tls.take(socket);
		}
	}

	#watchWrites(limitMs: number): void {
		this.#connections.watchWrites(
			limitMs,
			() => this.#exchanges.members(),
			this.#onStalled,
		);
	}

	/** Cuts a connection whose client takes nothing; its request scope is left then. */
	readonly #onStalled = (socket: Socket, limitMs: number): void => {
		const what = this.#exchanges.clientOn(socket);
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
		this.requestCount++;
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
			const answer = this.#app.handle(exchange, this);
			if (answer instanceof Promise) {
				this.track(exchange); // it is sent by then
			} else {
				this.take(exchange, answer);
			}
		} catch (error) {
			this.fail(exchange, error);
		}
	}

	#handleLater(exchange: HandshakeExchange): void {
		this.requestCount++;
		this.track(exchange);
		const answer = Promise.resolve(this.#app.handle(exchange));
		exchange.awaitAnswer(answer, this);
	}

	#refuse(exchange: NodeExchange, status: number): void {
		this.track(exchange);
		exchange.outgoing.once("close", () => this.release(exchange));
		refuseRequest(exchange, status);
	}

	take(exchange: NodeExchange, answer: Answer | undefined): void {
		if (answer === undefined) {
			this.release(exchange); // it was a socket, and all of it is over
			return;
		}
		try {
			sendResponse(this, exchange, answer);
			if (this.isClosing) {
				endIfEndless(exchange);
			}
		} catch (error) {
			this.fail(exchange, error);
		}
	}

	// the port promises not to fail; a mistake there must not take the process with it
	fail(exchange: NodeExchange, error: unknown): void {
		this.log.error(`${exchange.method} ${exchange.target}: no response`, error);
		if (!exchange.outgoing.destroyed) {
			sendInternalError(this, exchange);
		}
		this.release(exchange);
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
