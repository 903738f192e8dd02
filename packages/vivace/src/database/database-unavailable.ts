import { assertOptions } from "../errors/options.ts";
import { type Middleware, makesMiddleware } from "../http/middleware.ts";
import {
	answered,
	type OutageOptions,
	outageAnswers,
	outageRules,
} from "./outage.ts";

/** Options of {@link databaseUnavailable}. */
export interface DatabaseUnavailableOptions extends OutageOptions {}

/**
 * Middleware that answers a request with 503 and `Retry-After` when its handler failed because the database can't be used at the
 * moment ({@link isUnavailable}): it is down or restarting, full of connections, read-only, out of disk; or because another request was in
 * the way ({@link isDeadlock}). It is answered as an `HTTPException` is, by the app's own handler for these if it has one; the reason,
 * which may name hosts, goes to the log only.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { databaseUnavailable } from "vivace/database";
 *
 * const app = new App();
 * app.use(databaseUnavailable({ retryAfterSeconds: 2 }));
 * ```
 * @see RFC 9110 §15.6.4 (503) and §10.2.3 (Retry-After)
 */
export function databaseUnavailable(
	options: DatabaseUnavailableOptions = {},
): Middleware {
	assertOptions("databaseUnavailable()", options, outageRules);
	const toAnswer = outageAnswers(options);
	return async function databaseUnavailable(request, next) {
		try {
			return await next(request);
		} catch (error) {
			const answer = toAnswer(request, error);
			if (answer === undefined) {
				throw error;
			}
			return answered(request, answer);
		}
	};
}

makesMiddleware(databaseUnavailable);
