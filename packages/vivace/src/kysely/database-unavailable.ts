import { JSONResponse } from "../http/json-response.ts";
import type { Middleware } from "../http/middleware.ts";
import { isUnavailable } from "./database-error.ts";
import { outageLog, unavailableDetail } from "./session-error.ts";

/** Options of {@link databaseUnavailable}. */
export interface DatabaseUnavailableOptions {
	/** What `Retry-After` tells the client, in seconds. Default: 1. */
	readonly retryAfterSeconds?: number;
	/** Gets the reason, at most once a second: a line for the operator. Default: `console.warn`. */
	readonly log?: (line: string) => void;
}

/**
 * Middleware that answers a request with 503 and `Retry-After` when its handler failed because the database can't be used at the
 * moment ({@link isUnavailable}): it is down or restarting, full of connections, read-only, out of disk. The body is
 * `{"detail":"The database is not available at the moment."}`; the reason, which may name hosts, goes to the log only.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { databaseUnavailable } from "vivace/kysely";
 *
 * const app = new App();
 * app.use(databaseUnavailable({ retryAfterSeconds: 2 }));
 * ```
 * @see RFC 9110 §15.6.4 (503) and §10.2.3 (Retry-After)
 */
export function databaseUnavailable(
	options: DatabaseUnavailableOptions = {},
): Middleware {
	const { retryAfterSeconds = 1, log = console.warn } = options;
	const tell = outageLog(log);
	return async (request, next) => {
		try {
			return await next(request);
		} catch (error) {
			if (!isUnavailable(error)) {
				throw error;
			}
			tell(`${request.method} ${request.rawPath}`, error);
			return new JSONResponse(
				{ detail: unavailableDetail },
				{
					status: 503,
					headers: { "Retry-After": String(retryAfterSeconds) },
				},
			);
		}
	};
}
