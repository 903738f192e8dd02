import { HTTPException } from "../errors/http-exception.ts";
import { isDeadlock, isUnavailable } from "./database-error.ts";

/** A statement was given to a session that is over: a mistake in the program. */
export class SessionEndedError extends Error {
	override readonly name = "SessionEndedError";

	/** @param how how it ended: `committed` or `rolled back` */
	constructor(how: string) {
		super(
			`the database session is ${how}: what owned it (a request, a unit of work, a nested() call) has ended. Await what uses it ` +
				"before that; what comes later, a streamed body or a background task, works outside of it or in withSession().",
		);
	}
}

/** What a client is told while the database can't be used. */
export const unavailableDetail = "The database is not available at the moment.";

/**
 * The answer for an error that is the database's and not the program's: 503 with `Retry-After` when it can't be used at the moment,
 * 409 when a concurrent change was in the way; the error is its `cause`. Undefined for any other error.
 */
export function toHttpError(error: unknown): HTTPException | undefined {
	if (isUnavailable(error)) {
		return new HTTPException(503, unavailableDetail, {
			headers: { "Retry-After": "1" },
			cause: error,
		});
	}
	if (isDeadlock(error)) {
		return new HTTPException(
			409,
			"Somebody else has changed the same data at the same time; try again.",
			{ cause: error },
		);
	}
	return undefined;
}

/** An outage fails many requests; one line a second says as much. */
const logEveryMs = 1_000;

/** Tells an operator why a request was answered with 503, at most once a second. */
export function outageLog(
	log: (line: string) => void,
): (where: string, error: unknown) => void {
	let loggedAt = Number.NEGATIVE_INFINITY;
	return (where, error) => {
		const now = performance.now();
		if (now - loggedAt < logEveryMs) {
			return;
		}
		loggedAt = now;
		const reason = error instanceof Error ? error.message : String(error);
		log(`${where}: 503: ${reason}`);
	};
}
