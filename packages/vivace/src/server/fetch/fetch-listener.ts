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
import { FetchExchange, type HandedOver } from "./fetch-exchange.ts";
import type { FetchHost } from "./fetch-host.ts";
import type { FetchPlatform, FetchPort } from "./fetch-platform.ts";
import { internalError, refusal } from "./fetch-response.ts";
import { FetchUpgrade } from "./fetch-upgrade.ts";
import { refusalOf } from "./request-rules.ts";
import { sendAnswer } from "./send-answer.ts";

/** How old a request is when the runtime is told that it takes time; shorter than any limit on idle connections. */
const holdMs = 500;

/** How much a client has to take of a whole answer where the runtime does not tell when it takes nothing. */
const slowestBytesPerMs = 16;

/** How often those that take time are looked at. */
const longestLookMs = 1000;

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
	/** When they were last looked at: near enough for when one was tracked, and 0.1 µs less. */
	#lookedMs = performance.now();
	#looking: NodeJS.Timeout | undefined;
	#writeLimitMs: number;
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
		this.#writeLimitMs = options.writeTimeoutMs;
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
		this.#look(lookMs(this.#options));
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
		const { drainTimeoutMs, writeTimeoutMs } = this.#options;
		if (writeTimeoutMs > 0) {
			this.#writeLimitMs = Math.min(writeTimeoutMs, drainTimeoutMs / 2);
			this.#look(
				lookMs({ ...this.#options, writeTimeoutMs: this.#writeLimitMs }),
			);
		}
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
		}
		this.port.cut();
	}

	track(exchange: FetchExchange<Info>): void {
		if (!exchange.isTracked) {
			exchange.isTracked = true;
			exchange.trackedMs = this.#lookedMs;
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

	#look(everyMs: number): void {
		clearInterval(this.#looking);
		this.#looking = setInterval(() => {
			const now = performance.now();
			this.#lookedMs = now;
			for (const exchange of this.#exchanges.members()) {
				this.#watch(exchange, now);
			}
		}, everyMs).unref();
	}

	/** Keeps the limits of a request that takes time, which a runtime knows nothing of. */
	#watch(exchange: FetchExchange<Info>, now: number): void {
		const { request, info, trackedMs, body, stream, handedOver } = exchange;
		const ageMs = now - trackedMs;
		if (!exchange.isHeld && ageMs >= holdMs) {
			exchange.isHeld = true;
			this.port.holdOpen?.(request, info);
		}
		const { requestTimeoutMs } = this.#options;
		if (
			requestTimeoutMs > 0 &&
			ageMs > requestTimeoutMs &&
			body?.isAwaited === true
		) {
			body.timeOut();
		}
		if (this.#writeLimitMs === 0) {
			return;
		}
		if (handedOver !== undefined) {
			this.#watchHandedOver(exchange, handedOver, now);
		} else if (now - (stream?.waitsSinceMs ?? now) > this.#writeLimitMs) {
			this.#cutStalled(exchange);
		}
	}

	#watchHandedOver(
		exchange: FetchExchange<Info>,
		handedOver: HandedOver,
		now: number,
	): void {
		const { request, info } = exchange;
		const { waitingOf } = this.port;
		const limitMs = this.#writeLimitMs;
		if (waitingOf === undefined) {
			const allowedMs = limitMs + handedOver.sizeBytes / slowestBytesPerMs;
			if (now - handedOver.sinceMs > allowedMs) {
				this.#cutStalled(exchange);
			}
			return;
		}
		const waiting = waitingOf(request, info);
		if (waiting === undefined || waiting !== handedOver.waiting) {
			handedOver.waiting = waiting;
			handedOver.sinceMs = now;
		} else if (now - handedOver.sinceMs > limitMs) {
			this.#cutStalled(exchange);
		}
	}

	#cutStalled(exchange: FetchExchange<Info>): void {
		const { method, target, stream, handedOver, request, info } = exchange;
		this.log.warn(
			`${method} ${target}: the client took nothing of the answer for ${this.#writeLimitMs / 1000} s (writeTimeoutMs); its connection was cut`,
		);
		if (handedOver === undefined) {
			stream?.cut();
		} else {
			exchange.handedOver = undefined; // told once
			this.port.cutOff?.(request, info);
		}
	}

	#resolveIfOver(): void {
		if (this.#isClosed && this.#exchanges.size === 0) {
			clearInterval(this.#looking);
			this.#over.resolve();
		}
	}
}

/** How often to look, so that a short limit is kept closely enough. */
function lookMs({
	requestTimeoutMs,
	writeTimeoutMs,
}: Pick<ResolvedServeOptions, "requestTimeoutMs" | "writeTimeoutMs">): number {
	const limits = [requestTimeoutMs, writeTimeoutMs].filter((ms) => ms > 0);
	return Math.max(
		20,
		Math.min(longestLookMs, Math.floor(Math.min(...limits, 8000) / 8)),
	);
}
