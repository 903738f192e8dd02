import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";
import type { FetchExchange, HandedOver } from "./fetch-exchange.ts";
import type { FetchHost } from "./fetch-host.ts";
import { StalledSockets, upgradedOf } from "./stalled-sockets.ts";

/** How old a request is when the runtime is told that it takes time; shorter than any limit on idle connections. */
const holdMs = 500;

/** How much a client has to take of a whole answer where the runtime does not tell when it takes nothing. */
const slowestBytesPerMs = 16;

/** How often those that take time are looked at. */
const longestLookMs = 1000;

type Limits = Pick<ResolvedServeOptions, "requestTimeoutMs" | "writeTimeoutMs">;

/** The server whose requests are watched. */
interface WatchedHost<Info> extends Pick<FetchHost<Info>, "log" | "port"> {
	/** Those that are not over. */
	openExchanges(): readonly FetchExchange<Info>[];
}

/** Looks now and then at the requests that take time, and keeps the limits that a runtime knows nothing of. */
export class ExchangeWatch<Info> {
	/** When they were last looked at: near enough for when one was tracked, and 0.1 µs less. */
	lookedMs: number = performance.now();
	readonly #host: WatchedHost<Info>;
	readonly #options: Limits;
	readonly #stalled = new StalledSockets();
	#looking: NodeJS.Timeout | undefined;
	#writeLimitMs: number;

	constructor(host: WatchedHost<Info>, options: Limits) {
		this.#host = host;
		this.#options = options;
		this.#writeLimitMs = options.writeTimeoutMs;
	}

	begin(): void {
		this.#look(lookMs(this.#options));
	}

	end(): void {
		clearInterval(this.#looking);
	}

	/** A client may take nothing for so long at most, where it was limited before. */
	boundWrites(limitMs: number): void {
		const { writeTimeoutMs } = this.#options;
		if (writeTimeoutMs > 0) {
			this.#writeLimitMs = Math.min(writeTimeoutMs, limitMs);
			this.#look(
				lookMs({ ...this.#options, writeTimeoutMs: this.#writeLimitMs }),
			);
		}
	}

	#look(everyMs: number): void {
		clearInterval(this.#looking);
		this.#looking = setInterval(() => {
			const now = performance.now();
			// while the event loop was held up, nothing could leave
			const lateMs = Math.max(0, now - this.lookedMs - 2 * everyMs);
			this.lookedMs = now;
			for (const exchange of this.#host.openExchanges()) {
				if (lateMs > 0) {
					excuse(exchange, lateMs);
				}
				this.#watch(exchange, now, lateMs);
			}
		}, everyMs).unref();
	}

	/** Keeps the limits of a request that takes time, which a runtime knows nothing of. */
	#watch(exchange: FetchExchange<Info>, now: number, lateMs: number): void {
		const { request, info, trackedMs, body, stream, handedOver } = exchange;
		const ageMs = now - trackedMs;
		if (!exchange.isHeld && ageMs >= holdMs) {
			exchange.isHeld = true;
			this.#host.port.holdOpen?.(request, info);
			this.#watchClient(exchange);
		}
		const { requestTimeoutMs } = this.#options;
		if (
			requestTimeoutMs > 0 &&
			ageMs > requestTimeoutMs &&
			body?.isAwaited === true
		) {
			body.timeOut();
		}
		const upgraded = upgradedOf(exchange);
		const limitMs = this.#writeLimitMs;
		if (limitMs === 0) {
			return;
		}
		if (upgraded !== undefined) {
			if (this.#stalled.isStalled(upgraded, now, limitMs + lateMs)) {
				this.#cutStalled(exchange);
			}
		} else if (handedOver !== undefined) {
			this.#watchHandedOver(exchange, handedOver, now);
		} else if (now - (stream?.waitsSinceMs ?? now) > limitMs) {
			this.#cutStalled(exchange);
		}
	}

	/** Notices that the client leaves, where a runtime tells that only who asks: too dear for each request, but not for one that takes time. */
	#watchClient(exchange: FetchExchange<Info>): void {
		const { answer, upgrade } = exchange;
		if (
			this.#host.port.abortsWhenAnswered === true &&
			answer === undefined &&
			upgrade === undefined
		) {
			void exchange.signal;
		}
	}

	#watchHandedOver(
		exchange: FetchExchange<Info>,
		handedOver: HandedOver,
		now: number,
	): void {
		const { request, info } = exchange;
		const { waitingOf } = this.#host.port;
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
		const upgraded = upgradedOf(exchange);
		this.#host.log.warn(
			`${method} ${target}: the client took nothing of the answer for ${this.#writeLimitMs / 1000} s (writeTimeoutMs); its connection was cut`,
		);
		if (upgraded !== undefined) {
			upgraded.terminate();
		} else if (handedOver === undefined) {
			stream?.cut();
		} else {
			exchange.handedOver = undefined; // told once
			exchange.markGone(); // Bun does not say so of a file
			this.#host.port.cutOff?.(request, info);
		}
	}
}

/** A client could take nothing for so long. */
function excuse(
	{ handedOver, stream }: Pick<FetchExchange<unknown>, "handedOver" | "stream">,
	lateMs: number,
): void {
	if (handedOver !== undefined) {
		handedOver.sinceMs += lateMs;
	}
	if (stream?.waitsSinceMs !== undefined) {
		stream.waitsSinceMs += lateMs;
	}
}

/** How often to look, so that a short limit is kept closely enough. */
function lookMs({ requestTimeoutMs, writeTimeoutMs }: Limits): number {
	const limits = [requestTimeoutMs, writeTimeoutMs].filter((ms) => ms > 0);
	return Math.max(
		20,
		Math.min(longestLookMs, Math.floor(Math.min(...limits, 8000) / 8)),
	);
}
