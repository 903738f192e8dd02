import { type Dialect, type DialectAdapter, sql } from "kysely";
import { databaseSessions } from "../session/database-sessions.ts";
import { DialectDriver } from "../session/dialect-driver.ts";
import { engineBy } from "../session/engine-by.ts";
import type { Database, DatabaseOptions } from "./database.ts";

/** Opens a database by a dialect of the program's own. */
export async function openDialect<Tables>(
	dialect: Dialect,
	options: DatabaseOptions,
): Promise<Database<Tables>> {
	const adapter = dialect.createAdapter();
	const driver = new DialectDriver(
		dialect.createDriver(),
		adapter.supportsMultipleConnections ?? true,
		options.classify,
	);
	await driver.init();
	const sessions = databaseSessions<Tables>(
		{
			createDriver: () => driver,
			createQueryCompiler: () => dialect.createQueryCompiler(),
			createAdapter: () => withQueue(adapter),
			createIntrospector: (db) => dialect.createIntrospector(db),
		},
		engineBy(adapter),
		options,
	);
	const database: Database<Tables> = {
		...sessions,
		ping: async () => {
			await sql`select 1`.execute(sessions.db);
		},
		stats: () => driver.stats(),
		close: () => driver.destroy(),
		// nothing is known of its limits
		unhurried: async () => ({
			...database,
			close: async () => undefined,
			[Symbol.asyncDispose]: async () => undefined,
		}),
		[Symbol.asyncDispose]: () => driver.destroy(),
	};
	return database;
}

/** Our driver queues for the one connection itself: Kysely's own lock would be held by who waits for a session that waits for it. */
function withQueue(adapter: DialectAdapter): DialectAdapter {
	return Object.create(adapter, {
		supportsMultipleConnections: { value: true },
	});
}
