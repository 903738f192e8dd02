import type { ServerExchange } from "./server-exchange.ts";

/** How many requests a line names: it says what hung, and no crowd fills the log. */
const namedRequests = 5;

/** How much of a path a line shows. */
const pathCharacters = 200;

/**
 * Names requests that were not answered in time, the oldest first: `GET /report (ran 31.2 s), WebSocket /chat (open for 95.0 s)`. Without
 * the query, which may hold a token.
 *
 * @param nowMs as `performance.now()` counts
 */
export function toldRequests(
	exchanges: readonly ServerExchange[],
	nowMs: number = performance.now(),
): string {
	const named = exchanges
		.slice(0, namedRequests)
		.map((exchange) => toldRequest(exchange, nowMs));
	const more = exchanges.length - named.length;
	return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function toldRequest(exchange: ServerExchange, nowMs: number): string {
	const { method, target } = exchange.source;
	const path = target.split("?", 1)[0] as string; // split gives one piece at least
	const shown =
		path.length > pathCharacters ? `${path.slice(0, pathCharacters)}…` : path;
	const seconds = (Math.max(0, nowMs - exchange.trackedMs) / 1000).toFixed(1);
	const wasAccepted =
		exchange.upgraded !== undefined ||
		(exchange.source.upgrade !== undefined && exchange.isAnswered);
	return wasAccepted
		? `WebSocket ${shown} (open for ${seconds} s)`
		: `${method} ${shown} (ran ${seconds} s)`;
}
