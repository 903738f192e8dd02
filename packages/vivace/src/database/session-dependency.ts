import type { Database, Session, SessionOptions } from "vivace-database";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { type Dependency, dependency } from "../inject/dependency.ts";
import { ErrorStatus } from "../inject/exit-stack.ts";
import { type OutageOptions, outageAnswers, outageRules } from "./outage.ts";
import { ownedSession } from "./owned-session.ts";

/** Options of {@link session}. */
export interface RequestSessionOptions
	extends SessionOptions,
		Pick<OutageOptions, "conflictStatus" | "retryAfterSeconds"> {
	/** Which response statuses roll the session back, although nothing was thrown. Default: 400 and above. */
	readonly rollbackOn?: (status: number) => boolean;
	/** Its name in messages. Default: `"session"`. */
	readonly name?: string;
}

const rules: OptionRules<RequestSessionOptions> = {
	name: "text",
	readOnly: "boolean",
	snapshot: "boolean",
	isolation: [
		"read uncommitted",
		"read committed",
		"repeatable read",
		"serializable",
		"snapshot",
	],
	timeoutMs: "milliseconds",
	log: "function",
	conflictStatus: outageRules.conflictStatus,
	retryAfterSeconds: outageRules.retryAfterSeconds,
	rollbackOn: "function",
};

/**
 * A dependency that gives each request a {@link Session}: at most one transaction, begun by the first statement that writes. It is
 * committed when the handler has returned and before the response is sent, so a client that reads a success can rely on it. It is rolled
 * back when an error is thrown, when the response has an error status, and when the client disconnects before the end. The handler, later
 * dependencies and all code that they call join it, also through the database's own `db`. A streamed body begins after the session has
 * ended; a generator handler keeps it until its own end. If the request already has a session of this database, from another dependency,
 * it is the same one.
 *
 * In `app.scope({ session }, fn)` it works the same for a script or a job: all writes are committed when the function has returned, or
 * none. Inside another session (a scope in a scope or in a handler, `withSession`) it is a nested part, a savepoint.
 *
 * An outage of the database gets a 503 with `Retry-After`, and so does a conflict with a concurrent change (a deadlock, also at the
 * commit; `conflictStatus` sets another status). The log has a line for each.
 *
 * @example
 * ```ts
 * import { App, HTTPException } from "vivace";
 * import { database, session } from "vivace/database";
 * import { z } from "zod";
 *
 * interface Tables {
 * 	account: { id: number; balance: number };
 * }
 *
 * const bank = database<Tables>("mysql://app:secret@127.0.0.1/bank");
 * const app = new App({ dependencies: [session(bank)] });
 *
 * async function add(id: number, amount: number) {
 * 	const { numUpdatedRows } = await bank.db
 * 		.updateTable("account")
 * 		.set(({ eb }) => ({ balance: eb("balance", "+", amount) }))
 * 		.where("id", "=", id)
 * 		.executeTakeFirstOrThrow();
 * 	if (numUpdatedRows === 0n) throw new HTTPException(404, `There is no account ${id}`);
 * }
 *
 * app.post("/transfers", { from: z.int(), to: z.int(), amount: z.int().min(1) }, async ({ from, to, amount }) => {
 * 	await add(from, -amount);
 * 	await add(to, amount);
 * });
 * ```
 */
export function session<Tables>(
	database: Dependency<Database<Tables>, "app">,
	options: RequestSessionOptions = {},
): Dependency<Session<Tables>, "function"> {
	assertOptions("session()", options, rules);
	const {
		rollbackOn = (status) => status >= 400,
		name = "session",
		conflictStatus,
		retryAfterSeconds,
		...rest
	} = options;
	const toAnswer = outageAnswers(options);
	return dependency(
		{ database },
		async function* (
			{ database },
			request,
		): AsyncGenerator<Session<Tables>, void, undefined> {
			const owned = await ownedSession(database, request, rest);
			const { session, isJoined, end } = owned;
			if (isJoined) {
				yield session;
				return;
			}
			try {
				try {
					yield session;
				} catch (error) {
					if (!(error instanceof ErrorStatus) || rollbackOn(error.status)) {
						throw error;
					}
				}
				if (session.isOpen) {
					await session.commit();
				}
			} catch (error) {
				await session.rollback();
				const answer = toAnswer(request, error);
				throw answer ?? error;
			} finally {
				end();
			}
		},
		{
			name,
			scope: "function",
			around: (session, next) => session.run(next),
		},
	);
}
