import {
	DatabaseError,
	isSafeToRetry,
	type RetryUnitOptions,
	retryUnit,
} from "vivace-database";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { type Middleware, makesMiddleware } from "../http/middleware.ts";

/**
 * Route middleware that runs a path operation again when its transaction is certainly undone ({@link isSafeToRetry}): a concurrent one was
 * in the way, at the commit too; the server had become read-only or was out of quorum; the connection was lost before the commit was
 * sent. Dependencies are left with the error and made again, the body is not read twice. Nothing of the answer has left by then,
 * and background tasks of the run that failed do not run. What the handler does beside the database it does again.
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
