import type { NodeExchange } from "./node-exchange.ts";

/**
 * How long a body that never ends by itself has to end after its signal was aborted. Then the server ends it, and as much later gives
 * up waiting for the generator behind it.
 */
const endlessMs = 250;

/** At a stop: tells a body that never ends by itself to end, and one that nobody reads any more but whose generator has not noticed. */
export function endIfEndless(exchange: NodeExchange): void {
	if (exchange.upgraded !== undefined) {
		exchange.upgraded.shutdown();
		exchange.abortForShutdown();
		return;
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
