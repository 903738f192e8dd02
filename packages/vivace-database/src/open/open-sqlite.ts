import { databaseSessions } from "../session/database-sessions.ts";
import { SqliteFileDialect } from "../sqlite/sqlite-dialect.ts";
import { SqliteFile } from "../sqlite/sqlite-file.ts";
import {
	resolveSqliteOptions,
	type SqliteOptions,
} from "../sqlite/sqlite-options.ts";
import type { Database, DatabaseOptions } from "./database.ts";

/** Opens a file of SQLite. */
export async function openSqlite<Tables>(
	sqlite: SqliteOptions,
	{ dates = "seconds", onMade, ...options }: DatabaseOptions,
): Promise<Database<Tables>> {
	const file = await SqliteFile.open(resolveSqliteOptions(sqlite), onMade);
	const database: Database<Tables> = {
		...databaseSessions<Tables>(
			new SqliteFileDialect(file, dates),
			"sqlite",
			options,
		),
		ping: async () => {
			await file.read((handle) => handle.pragma("schema_version"));
		},
		stats: () => file.stats(),
		close: () => file.close(),
		// Statements of SQLite have no limit, and a file in memory can't be opened twice.
		unhurried: async () => ({
			...database,
			close: async () => undefined,
			[Symbol.asyncDispose]: async () => undefined,
		}),
		[Symbol.asyncDispose]: () => file.close(),
	};
	return database;
}
