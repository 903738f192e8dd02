import { AsyncLocalStorage } from "node:async_hooks";
import { drizzle, type MySql2Database } from "drizzle-orm/mysql2";
import { createPool } from "mysql2/promise";
import { type Dependency, dependency } from "vivace";

/** The base that statements are built on: the database, or a transaction of it. */
export type Statements = Pick<
	MySql2Database,
	"select" | "insert" | "update" | "delete" | "execute"
>;

/** The transaction of the request that is running. */
const current = new AsyncLocalStorage<Statements>();

/** Connects before the first request and closes after the last. */
export const database: Dependency<MySql2Database, "app"> = dependency(
	async function* database() {
		const pool = createPool(process.env.DATABASE_URL ?? "");
		yield drizzle(pool);
		await pool.end();
	},
	{ scope: "app", check: (database) => database.execute("select 1") },
);

/**
 * A transaction for each request of the routes that ask for it. It is committed when the handler has returned, before the response
 * leaves; when something is thrown, or the answer has an error status, it is rolled back.
 */
export const transaction: Dependency<Statements, "function"> = dependency(
	{ database },
	async function* transaction({ database }) {
		// Drizzle's transactions last as long as a function that it calls: this one waits for the handler.
		const handled = Promise.withResolvers<void>();
		const begun = Promise.withResolvers<Statements>();
		const ended = database.transaction((statements) => {
			begun.resolve(statements);
			return handled.promise;
		});
		ended.catch(begun.reject);
		const statements = await begun.promise;
		try {
			yield statements;
		} catch (error) {
			handled.reject(error);
			await ended.catch(() => undefined); // the handler's error is the one to be seen
			throw error;
		}
		handled.resolve();
		await ended;
	},
	{
		scope: "function",
		around: (statements, next) => current.run(statements, next),
	},
);

/** The base for code that nothing is injected into: the request's transaction, or the database where there is none. */
export function statementsOf(database: MySql2Database): Statements {
	return current.getStore() ?? database;
}
