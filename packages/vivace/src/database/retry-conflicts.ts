import {
	DatabaseError,
	isSafeToRetry,
	type RetryUnitOptions,
	retryUnit,
} from "vivace-database";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { type Middleware, makesMiddleware } from "../http/middleware.ts";

/**
 * Route middleware that runs a route again when its transaction has certainly been undone ({@link isSafeToRetry}): because of a
 * concurrent transaction, also at the commit; because the server was read-only or had no quorum; or because the connection was lost
 * before the commit was sent. Dependencies get the error and are created again, and the body is not read twice. No part of the response
 * has been sent at that point, and background tasks of the failed run don't run. Effects outside of the database happen again.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { database, retryConflicts, session } from "vivace/database";
 *
 * interface Tables {
 * 	seat: { id: number; taken: number };
 * }
 *
 * const theatre = database<Tables>("mysql://app:secret@127.0.0.1/theatre");
 * const app = new App({ routeMiddleware: [retryConflicts({ tries: 4 })] });
 *
 * app.post("/seats", { session: session(theatre) }, async ({ session }) => {
 * 	const free = session.db.selectFrom("seat").select("id").where("taken", "=", 0).orderBy("id").limit(1).forUpdate();
 * 	const { id } = await free.executeTakeFirstOrThrow();
 * 	await session.db.updateTable("seat").set({ taken: 1 }).where("id", "=", id).execute();
 * 	return { seat: id };
 * });
 * ```
 */
export function retryConflicts(
	options: Pick<RetryUnitOptions, "tries"> = {},
): Middleware {
	assertOptions("retryConflicts()", options, rules);
	return function retryConflicts(request, next) {
		return retryUnit(() => next(request), {
			...options,
			when: isWorthAnotherRun,
		});
	};
}

makesMiddleware(retryConflicts);

const rules: OptionRules<Pick<RetryUnitOptions, "tries">> = {
	tries: (value) =>
		Number.isInteger(value) && Number(value) >= 1
			? undefined
			: "a whole number of at least 1",
};

/** A session hands an error on as the answer that the client gets, with the database's own as its cause. */
function isWorthAnotherRun(error: unknown): boolean {
	if (isSafeToRetry(error)) {
		return true;
	}
	// The cause of a wait that was in vain may be a server out of quorum; it is not worth another wait.
	const isAnswer = error instanceof Error && !(error instanceof DatabaseError);
	return isAnswer && isSafeToRetry(error.cause);
}
