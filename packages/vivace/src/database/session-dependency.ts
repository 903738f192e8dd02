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
	/** True for a status whose answer undoes what was written, though nothing was thrown. Default: from 400 on. */
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
 * A dependency that gives each request a {@link Session}: one transaction at most, begun by the first statement that writes. It is
 * stored when the handler has returned and before the response leaves, so that a client that reads a success can rely on it; it is
 * undone when something is thrown, when the answer has an error status, and when the client is gone before the end.
 *
 * The handler, what is injected after the session and all that they call join it, also through the database's own `db`. A streamed body
 * begins after the session's end; a handler that is a generator has it to its own end.
 *
 * Where the request has a session of this database already, of another dependency, it is that one.
 *
 * In `app.scope({ session }, fn)` it is the same for a script or a job: stored when the function has returned, or nothing of it. Within
 * another's session (a scope in a scope or in a handler, `withSession`) it is a nested part of that: a savepoint.
 *
 * An outage of the database is answered with 503 and `Retry-After`, and so is a concurrent change that was in the way (a deadlock, at the
 * commit too; `conflictStatus` is another status for it). The operator gets a line for either.
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
