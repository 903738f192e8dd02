import { isDeadlock, isUnavailable } from "vivace-database";
import { httpExceptionHandler } from "../app/exception-handlers.ts";
import { isAnswerStatus } from "../errors/answer-status.ts";
import { HTTPException } from "../errors/http-exception.ts";
import type { OptionRules } from "../errors/options.ts";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import { isAbsentRequest } from "../inject/absent-request.ts";

/** How requests are answered whose database failed, or where another one was in the way. */
export interface OutageOptions {
	/**
	 * The status of a request that lost to a concurrent one (a deadlock, a lock wait that took too long, a conflict at the commit) and may simply
	 * be sent again. Default: 503, as for an outage: clients that know `Retry-After` do so by themselves.
	 */
	readonly conflictStatus?: number;
	/** The value of `Retry-After`, in seconds. Default: 1. */
	readonly retryAfterSeconds?: number;
	/** Gets the reason, at most once a second: a line for the operator. Default: `warn` of the app's `logger`. */
	readonly log?: (line: string) => void;
}

/** Rules of {@link OutageOptions}. */
export const outageRules: OptionRules<OutageOptions> = {
	conflictStatus: (value) =>
		isAnswerStatus(value) ? undefined : "a status from 200 to 599",
	retryAfterSeconds: "count",
	log: "function",
};

/** The answer while the database can't be used. */
export const unavailableDetail = "The database is not available at the moment.";
/** The answer when another client was in the way. */
export const conflictDetail =
	"Somebody else has changed the same data at the same time; try again.";

/** An outage fails many requests; one line a second says as much. */
const logEveryMs = 1_000;

/**
 * Makes what turns an error that is the database's, and not the program's, into the answer for it, and tells the operator; the error is its
 * `cause`. It gives undefined for any other error.
 */
export function outageAnswers({
	conflictStatus = 503,
	retryAfterSeconds = 1,
	log,
}: OutageOptions): (
	request: Request,
	error: unknown,
) => HTTPException | undefined {
	let loggedAt = Number.NEGATIVE_INFINITY;
	return (request, error) => {
		if (error instanceof HTTPException) {
			return undefined; // an answer already, whatever has caused it
		}
		const isOutage = isUnavailable(error);
		if (!isOutage && !isDeadlock(error)) {
			return undefined;
		}
		const status = isOutage ? 503 : conflictStatus;
		const now = performance.now();
		if (now - loggedAt >= logEveryMs) {
			loggedAt = now;
			const reason = error instanceof Error ? error.message : String(error);
			const tell = log ?? ((line) => loggerOf(request).warn(line));
			tell(`${placeOf(request)}: ${status}: ${reason}`);
		}
		return new HTTPException(
			status,
			isOutage ? unavailableDetail : conflictDetail,
			{ headers: { "Retry-After": String(retryAfterSeconds) }, cause: error },
		);
	};
}

/** The app's, so that an outage stands where all else does that goes wrong. */
function loggerOf(request: Request): Pick<Console, "warn"> {
	const app = isAbsentRequest(request) ? undefined : request.exchange.app;
	return app?.logger ?? console;
}

function placeOf(request: Request): string {
	return isAbsentRequest(request)
		? "app.scope()"
		: `${request.method} ${request.rawPath}`;
}

/** Has the app answer an exception, as it answers those of path operations: one outage has one body, wherever it is noticed. */
export async function answered(
	request: Request,
	error: HTTPException,
): Promise<Response> {
	const { answer } = request.context;
	return answer === undefined
		? httpExceptionHandler(request, error)
		: ((await answer(request, error)) as Response); // the app's answers are responses
}
