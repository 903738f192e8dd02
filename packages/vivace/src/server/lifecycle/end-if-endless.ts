import type { ServerExchange } from "./server-exchange.ts";

/** An exchange as a stop sees it. */
interface Endless extends ServerExchange {
	/** True when the server keeps it: it is not over. */
	readonly isTracked: boolean;
	/** True when the body of its answer never ends by itself. */
	readonly endsOnShutdown: boolean;
	/** The body that is being streamed. */
	readonly stream: { end(): void; abandon(): void } | undefined;
}

/**
 * How long a body that never ends by itself has to end after its signal was aborted. Then the server ends it, and as much later gives
 * up waiting for the generator behind it.
 */
const endlessMs = 250;

/**
 * At a stop: tells a socket to end, also one whose handshake waits, a body that never ends by itself, and one that nobody reads any more but whose
 * generator has not noticed.
 */
export function endIfEndless(exchange: Endless): void {
	if (exchange.upgraded !== undefined) {
		exchange.upgraded.shutdown();
		exchange.abortForShutdown();
		return;
	}
	if (exchange.source.upgrade !== undefined && !exchange.isAnswered) {
		exchange.abortForShutdown(); // its client can come back elsewhere, and no answer of the app's would be of use to it
	}
	const { endsOnShutdown, stream, isClientGone, isTracked } = exchange;
	const isUnread = stream !== undefined && isClientGone;
	if (!isTracked || (!endsOnShutdown && !isUnread)) {
		return;
	}
	exchange.abortForShutdown();
	setTimeout(() => {
		exchange.stream?.end();
		setTimeout(() => exchange.stream?.abandon(), endlessMs).unref();
	}, endlessMs).unref();
}
