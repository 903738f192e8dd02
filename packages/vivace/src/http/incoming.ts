import type { Exchange } from "./exchange.ts";
import { Request, type RequestContext } from "./request.ts";

/**
 * A request on its way to its route: its exchange alone, for as long as nobody has asked for the `Request`, which most plain handlers never do;
 * from then on that.
 */
export type Incoming = Exchange | Request;

/** Gives the `Request`; one for an exchange, however often it is asked for. */
export type OpenRequest = (incoming: Incoming) => Request;

/** @param contextOf what the app gives its requests at that time */
export function requestOpener(contextOf: () => RequestContext): OpenRequest {
	return (incoming) => {
		if (incoming instanceof Request) {
			return incoming;
		}
		incoming.opened ??= new Request(incoming, contextOf());
		return incoming.opened as Request; // nothing else is written there
	};
}
