import type { Incoming } from "../http/incoming.ts";
import type { Response } from "../http/response.ts";

/**
 * The way of a response that comes later, or of the error in its place. It is called within the promise that makes the response, so that
 * no further one waits for that.
 */
export interface Reply {
	complete(incoming: Incoming, response: Response): unknown;
	fail(incoming: Incoming, error: unknown): unknown;
}

/**
 * Answers a request: at once, or later by the reply, whose result the promise then has. May throw what is to be handled as an exception; the
 * promise rejects only where the reply lets it.
 */
export type Respond = (
	incoming: Incoming,
	reply: Reply,
) => Response | Promise<unknown>;

/** The reply for a response that comes by a promise of its own. */
export function replied(
	incoming: Incoming,
	response: Response | Promise<Response>,
	reply: Reply,
): Response | Promise<unknown> {
	return response instanceof Promise
		? response.then(
				(made) => reply.complete(incoming, made),
				(error: unknown) => reply.fail(incoming, error),
			)
		: response;
}

/** The response of whoever answers, for those who wait for it and are told of errors by a rejection. */
export function responseOf(
	respond: Respond,
): (incoming: Incoming) => Response | Promise<Response> {
	return (incoming) =>
		respond(incoming, handedOn) as Response | Promise<Response>; // it gives what it gets
}

const handedOn: Reply = {
	complete: (_, response) => response,
	fail: (_, error) => {
		throw error;
	},
};
