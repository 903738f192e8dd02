import type { ServerLog } from "../lifecycle/serve-options.ts";
import type { FetchExchange, FetchReceiver } from "./fetch-exchange.ts";

/** The part of the server that sending an answer needs. */
export interface FetchHost<Info> extends FetchReceiver<Info> {
	readonly log: ServerLog;
	/** True when the server is stopping: every answer is the last on its connection. */
	readonly isClosing: boolean;
	/** True when it will be soon. */
	readonly isLeaving: boolean;
	/** Keeps an exchange that is not over when its answer has been handed over; stopping waits for it. */
	track(exchange: FetchExchange<Info>): void;
	/** Forgets it. */
	release(exchange: FetchExchange<Info>): void;
	/** One socket more, or one less. */
	countSocket(change: 1 | -1): void;
	/** Says that its body did not end in time, and counts it. */
	abandon(exchange: FetchExchange<Info>): void;
}

/** True when the connection is to be closed after this answer. */
export function isLastOnConnection<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
): boolean {
	return host.isClosing || host.isLeaving || exchange.isBodyRefused;
}

/** Ends an exchange, and forgets it. */
export function settle<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	error?: unknown,
): void {
	if (exchange.isTracked) {
		host.release(exchange);
	}
	void exchange.settle(error);
}
