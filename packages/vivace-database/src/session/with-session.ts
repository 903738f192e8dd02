import {
	assertArgument,
	assertOptions,
	type OptionCheck,
	type OptionRules,
} from "../errors/options.ts";
import type { DatabaseSessions } from "./database-sessions.ts";
import { retryUnit } from "./retry.ts";
import type { Session } from "./session.ts";
import { type SessionOptions, sessionRules } from "./session-options.ts";

/** A database, or what knows the one that is open, as the framework's `database()` does. */
export type AnyDatabase<Tables> =
	| DatabaseSessions<Tables>
	| { readonly opened: DatabaseSessions<Tables> };

/** Options of {@link withSession}. */
export interface WithSessionOptions extends SessionOptions {
	/**
	 * How often it is all run again when it is certainly undone ({@link isSafeToRetry}): a concurrent change was in the way, at the commit
	 * too; the server had become read-only or was out of quorum; the connection was lost before the commit. What the function does beside
	 * the database it does again then. Not inside another session, which would have to be run again as a whole. Default: 0.
	 */
	readonly retries?: number;
	/** Rolls back when it is aborted. Default: none. */
	readonly signal?: AbortSignal;
}

/**
 * Runs a unit of work in a session of its own: in scripts, jobs, background tasks. What it writes, through the session's `db` or the
 * database's, is stored when it has returned and undone when it throws. Inside another session of the same database it is a part of
 * that ({@link Session.nested}).
 *
 * @throws what the function throws, or why its work could not be stored
 * @example
 * ```ts
 * import { openDatabase, withSession } from "vivace-database";
 *
 * interface Tables {
 * 	account: { id: number; balance: number };
 * }
 *
 * await using bank = await openDatabase<Tables>({ url: "sqlite:data/bank.db" });
 *
 * async function add(id: number, amount: number) {
 * 	await bank.db
 * 		.updateTable("account")
 * 		.set(({ eb }) => ({ balance: eb("balance", "+", amount) }))
 * 		.where("id", "=", id)
 * 		.execute();
 * }
 *
 * await withSession(bank, async () => {
 * 	await add(1, -10);
 * 	await add(2, 10);
 * }, { retries: 3 });
 * ```
 */
export async function withSession<Tables, Value>(
	database: AnyDatabase<Tables>,
	work: (session: Session<Tables>) => Value | Promise<Value>,
	options: WithSessionOptions = {},
): Promise<Value> {
	assertArgument("withSession()", "database", database, databaseCheck);
	assertArgument("withSession()", "work", work, "function");
	assertOptions("withSession()", options, rules);
	const { retries = 0, signal, ...rest } = options;
	const opened = openedOf(database);
	const outer = opened.currentSession();
	if (outer?.isOpen) {
		return outer.nested(work);
	}
	return retryUnit(
		async () => {
			const session = opened.session({
				...rest,
				...(signal && { signal: () => signal }),
			});
			try {
				const value = await session.run(() => work(session));
				await session.commit();
				return value;
			} finally {
				await session[Symbol.asyncDispose]();
			}
		},
		{ tries: retries + 1 },
	);
}

const rules: OptionRules<WithSessionOptions> = {
	...sessionRules,
	retries: "count",
	signal: "record",
};

/** The check of {@link AnyDatabase}; what stands in for one in a test may not know sessions. */
export const databaseCheck: OptionCheck = (value) =>
	typeof value === "object" &&
	value !== null &&
	("opened" in value || "db" in value)
		? undefined
		: "a database, as database() or openDatabase() gives it";

/** The open database. */
export function openedOf<Tables>(
	database: AnyDatabase<Tables>,
): DatabaseSessions<Tables> {
	return "opened" in database ? database.opened : database;
}
