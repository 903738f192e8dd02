import { ownResponse } from "../http/answer.ts";
import type { Middleware, Next } from "../http/middleware.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse, isWebResponse } from "../http/web-response.ts";

/** Answers a request. */
type Answering = (request: Request) => Response | Promise<Response>;

/** Middleware around what answers; each `next` gives a promise. */
export function chainMiddleware(
	middleware: readonly Middleware[],
	innermost: Answering,
): Answering {
	return middleware.reduceRight<Answering>(
		(next, layer) => async (request) => {
			const response: unknown = await layer(request, callableOnce(next, layer));
			if (response instanceof Response) {
				return ownResponse(response); // a middleware may keep what it returns, and what stands around it changes that
			}
			if (isWebResponse(response)) {
				return fromWebResponse(response);
			}
			throw new TypeError(
				`middleware "${layer.name}" must return the response of next(request) or one of its own, but returned ${typeof response}`,
			);
		},
		innermost,
	);
}

/**
 * `next` as one layer may call it for one request: a second answer would be made of what the first has changed already. After a
 * rejection nothing of the first is left, and it may be called again: that is how a unit that has lost a conflict is run anew.
 */
function callableOnce(next: Answering, { name }: Middleware): Next {
	let isAnswered = false;
	let isRunning = false;
	return async (request) => {
		if (isAnswered || isRunning) {
			throw new TypeError(
				`middleware "${name}" called next() a second time ${isRunning ? "while the first call is still running" : "after the first call has given a response"}; ` +
					"call it once, and again only after it has rejected",
			);
		}
		isRunning = true;
		try {
			const response = await next(request);
			isAnswered = true;
			return response;
		} finally {
			isRunning = false;
		}
	};
}
