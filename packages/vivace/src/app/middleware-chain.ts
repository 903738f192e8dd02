import type { Middleware } from "../http/middleware.ts";
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
	if (middleware.length === 0) {
		return innermost;
	}
	return middleware.reduceRight<(request: Request) => Promise<Response>>(
		(next, layer) => async (request) => {
			const response: unknown = await layer(request, next);
			if (response instanceof Response) {
				return response;
			}
			if (isWebResponse(response)) {
				return fromWebResponse(response);
			}
			throw new TypeError(
				`middleware "${layer.name}" must return the response of next(request) or one of its own, but returned ${typeof response}`,
			);
		},
		async (request) => innermost(request),
	);
}
