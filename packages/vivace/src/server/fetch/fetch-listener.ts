import type { Answer } from "../../http/answer.ts";
import type { AnswerTaker } from "../../http/answer-taker.ts";
import type { AppPort } from "../../http/app-port.ts";
import { LinkedSet } from "../../time/linked-set.ts";
import type {
	InheritedSocket,
	ListenAddress,
} from "../lifecycle/connection-source.ts";
import { endIfEndless } from "../lifecycle/end-if-endless.ts";
import { FullNotice } from "../lifecycle/full-notice.ts";
import { handshakeRefusal, isHandshake } from "../lifecycle/handshake-rules.ts";
import type { Engine, Listener } from "../lifecycle/listener.ts";
import {
	compileProxyTrust,
	type ProxyTrust,
} from "../lifecycle/proxy-trust.ts";
import type {
	ResolvedServeOptions,
	ServerLog,
} from "../lifecycle/serve-options.ts";
import { ExchangeWatch } from "./exchange-watch.ts";
import { FetchExchange } from "./fetch-exchange.ts";
import type { FetchHost } from "./fetch-host.ts";
import type { FetchPlatform, FetchPort } from "./fetch-platform.ts";
import { internalError, refusal } from "./fetch-response.ts";
import { FetchUpgrade } from "./fetch-upgrade.ts";
import { refusalOf } from "./request-rules.ts";
import { sendAnswer } from "./send-answer.ts";

/** An engine that serves by a runtime's own server. */
export function fetchEngine<Info>(platform: FetchPlatform<Info>): Engine {
	return {
		createListener: (app, options, _connections, inherited) =>
			new FetchListener(platform, app, options, inherited),
	};
}

class FetchListener<Info>
	implements
		Listener,
		FetchHost<Info>,
		AnswerTaker<
			FetchExchange<Info>,
			globalThis.Response | Promise<globalThis.Response>
		>
{
	readonly log: ServerLog;
	readonly trust: ProxyTrust;
	onAbandoned: (() => void) | undefined;
	onSockets: (() => void) | undefined;
	socketCount = 0;
	isClosing = false;
	isLeaving = false;
	requestCount = 0;
	#hasSockets = false;
	readonly #platform: FetchPlatform<Info>;
	readonly #app: AppPort;
	readonly #options: ResolvedServeOptions;
	readonly #inherited: InheritedSocket | undefined;
	/** Those that were not over when their answer was handed over, or have none yet. */
	readonly #exchanges = new LinkedSet<FetchExchange<Info>>();
	readonly #over = Promise.withResolvers<void>();
	#port: FetchPort<Info> | undefined;
	readonly #watch: ExchangeWatch<Info>;
	readonly #mostOpen: number;
	readonly #fullNotice: FullNotice;
	#abandonedCount = 0;
	#isClosed = false;

	/** @throws SetupError `VIV_OPTION` for a wrong `trustProxy` */
	constructor(
		platform: FetchPlatform<Info>,
		app: AppPort,
		options: ResolvedServeOptions,
		inherited: InheritedSocket | undefined,
	) {
		this.#platform = platform;
		this.#app = app;
		this.#options = options;
		this.#inherited = inherited;
		this.#watch = new ExchangeWatch(this, options);
		this.#mostOpen = options.maxConnections || Number.POSITIVE_INFINITY;
		this.#fullNotice = new FullNotice(
			options,
			"requests and sockets",
			"answered with 503",
		);
		this.log = options.log;
		this.trust = compileProxyTrust(
			options,
			() => this.port.address.port === 0, // of a Unix socket
		);
	}

	openExchanges(): readonly FetchExchange<Info>[] {
		return this.#exchanges.members();
	}

	get abandonedCount(): number {
		return this.#abandonedCount;
	}

	get port(): FetchPort<Info> {
		if (this.#port === undefined) {
			throw new Error("the server does not listen");
		}
		return this.#port;
	}

	async listen(): Promise<ListenAddress> {
		this.#hasSockets = this.#app.hasSockets ?? false;
		const inherited = await this.#inherited?.open();
		this.#port = await this.#platform.open(
			this.#options,
			this.#answer,
			inherited,
		);
		this.#watch.begin();
		return this.#port.address;
	}

	async stopListening(farewellMs: number, hurry: AbortSignal): Promise<void> {
		await this.#inherited?.close();
		await this.port.refuseNew(hurry);
		this.#inherited?.left();
		// not before: clients that are told to close would connect again, and be reset
		this.isClosing = true;
		for (const exchange of this.#exchanges.members()) {
			endIfEndless(exchange);
		}
		// a client that takes nothing must not use up the time that others have
		this.#watch.boundWrites(this.#options.drainTimeoutMs / 2);
		void this.port
			.close(farewellMs, hurry, () => this.#exchanges.size === 0)
			.then(() => {
				this.#isClosed = true;
				this.#resolveIfOver();
			});
	}

	whenOver(): Promise<void> {
		return this.#over.promise;
	}

	cut(): void {
		for (const exchange of this.#exchanges.members()) {
			exchange.abortForShutdown();
			exchange.markGone();
			exchange.body?.cut(); // Deno leaves who waits for a part of it waiting
		}
		this.port.cut();
	}

	track(exchange: FetchExchange<Info>): void {
		if (!exchange.isTracked) {
			exchange.isTracked = true;
			exchange.trackedMs = this.#watch.lookedMs;
			this.#exchanges.add(exchange);
		}
	}

	release(exchange: FetchExchange<Info>): void {
		if (exchange.isTracked) {
			exchange.isTracked = false;
			this.#exchanges.delete(exchange);
			this.#resolveIfOver();
		}
	}

	countSocket(change: 1 | -1): void {
		this.socketCount += change;
		this.onSockets?.();
	}

	abandon(exchange: FetchExchange<Info>): void {
		this.#abandonedCount++;
		this.log.warn(exchange.leftBehind);
		this.onAbandoned?.();
	}

	readonly #answer = (
		request: globalThis.Request,
		info: Info,
	): globalThis.Response | Promise<globalThis.Response> => {
		this.requestCount++;
		// of connections the runtime tells nothing; those that are idle hold nothing of ours
		if (this.#exchanges.size >= this.#mostOpen) {
			this.#fullNotice.tell();
			return refusal(503);
		}
		const port = this.#port as FetchPort<Info>; // it listens
		const { method } = request;
		const target = port.readTarget(request, method);
		if (typeof target === "number") {
			return refusal(target);
		}
		const exchange = new FetchExchange(this, request, info, method, target);
		if (
			this.#hasSockets &&
			method === "GET" &&
			isHandshake("GET", request.headers.get("upgrade"))
		) {
			return this.#answerHandshake(exchange);
		}
		return this.#handle(exchange);
	};

	#answerHandshake(
		exchange: FetchExchange<Info>,
	): globalThis.Response | Promise<globalThis.Response> {
		const { request } = exchange;
		const refused = refusalOf(request) ?? handshakeRefusal(exchange);
		if (refused !== undefined) {
			const response = refusal(refused);
			if (refused === 426) {
				response.headers.set("sec-websocket-version", "13");
			}
			return response;
		}
		const upgrade = new FetchUpgrade(this, exchange);
		exchange.upgrade = upgrade;
		if (this.isClosing) {
			endIfEndless(exchange);
		}
		return upgrade.answered(this.#handle(exchange));
	}

	#handle(
		exchange: FetchExchange<Info>,
	): globalThis.Response | Promise<globalThis.Response> {
		try {
			const answer = this.#app.handle(exchange, this);
			if (answer instanceof Promise) {
				this.track(exchange);
				return answer;
			}
			return this.take(exchange, answer);
		} catch (error) {
			return this.fail(exchange, error);
		}
	}

	take(
		exchange: FetchExchange<Info>,
		answer: Answer | undefined,
	): globalThis.Response | Promise<globalThis.Response> {
		if (answer === undefined) {
			this.release(exchange); // the socket that it had become is over, and the app has settled it
			return new globalThis.Response(null); // goes nowhere
		}
		try {
			if (exchange.isHeld) {
				this.port.letGo?.(exchange.request, exchange.info);
			}
			const response = sendAnswer(this, exchange, answer);
			if (this.isClosing) {
				endIfEndless(exchange);
			}
			return exchange.body?.isCut === true ? refusal(400) : response;
		} catch (error) {
			return this.fail(exchange, error);
		}
	}

	// the port promises not to fail; a mistake there must not take the process with it
	fail(exchange: FetchExchange<Info>, error: unknown): globalThis.Response {
		this.log.error(`${exchange.method} ${exchange.target}: no response`, error);
		this.release(exchange);
		return exchange.body?.isCut === true
			? refusal(400)
			: internalError(this.isClosing);
	}

	#resolveIfOver(): void {
		if (this.#isClosed && this.#exchanges.size === 0) {
			this.#watch.end();
			this.#over.resolve();
		}
	}
}
