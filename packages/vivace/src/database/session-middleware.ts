import { type AnyDatabase, databaseCheck } from "vivace-database";
import { assertArgument, assertOptions } from "../errors/options.ts";
import type { Middleware } from "../http/middleware.ts";
import { answered, outageAnswers } from "./outage.ts";
import { openedOf, ownedSession } from "./owned-session.ts";
import {
	type RequestSessionOptions,
	requestSessionRules,
} from "./session-dependency.ts";

/**
 * Middleware that gives every request a session, as the dependency `session()` does: all that runs below it, through the database's own
 * `db`, is one transaction, stored before the response leaves and undone when something is thrown or the answer has an error status.
 * A request that asks nothing of the database takes no connection.
 *
 * Differences from the dependency: the body of a handler that is a generator runs after the session's end, and background tasks run
 * also when the commit has failed.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { database, sessionMiddleware } from "vivace/database";
 *
 * interface Tables {
 * 	note: { id: number; text: string };
 * }
 *
 * const notes = database<Tables>("sqlite:data/notes.db");
 * const app = new App({ resources: [notes] });
 * app.use(sessionMiddleware(notes));
 * app.get("/notes", () => notes.db.selectFrom("note").selectAll().limit(100).execute());
 * ```
 */
export function sessionMiddleware<Tables>(
	database: AnyDatabase<Tables>,
	options: Omit<RequestSessionOptions, "name"> = {},
): Middleware {
	assertArgument("sessionMiddleware()", "database", database, databaseCheck);
	assertOptions("sessionMiddleware()", options, requestSessionRules);
	const {
		rollbackOn = (status) => status >= 400,
		conflictStatus,
		retryAfterSeconds,
		...rest
	} = options;
	const toAnswer = outageAnswers(options);
	return async function session(request, next) {
		const opened = openedOf(database);
		const owned = await ownedSession(opened, request, rest);
		const { session, isJoined, end } = owned;
		if (isJoined) {
			return next(request);
		}
		try {
			const response = await session.run(() => next(request));
			if (rollbackOn(response.status)) {
				await session.rollback();
			} else if (session.isOpen) {
				await session.commit();
			}
			return response;
		} catch (error) {
			await session.rollback();
			const answer = toAnswer(request, error);
			if (answer === undefined) {
				throw error;
			}
			return answered(request, answer);
		} finally {
			end();
		}
	};
}
