import {
	assertDatabaseOptions,
	type Database,
	type DatabaseOptions,
} from "./database.ts";
import { fromUrl } from "./database-url.ts";
import { openDialect } from "./open-dialect.ts";
import { openMysql } from "./open-mysql.ts";
import { openPostgres } from "./open-postgres.ts";
import { openSqlite } from "./open-sqlite.ts";

/**
 * Opens a database and checks that it answers.
 *
 * @throws SetupError `VIV_OPTION` for options that make no sense.
 * @throws DatabaseError `POOL_TIMEOUT` that names host and port, when the server can't be reached within `acquireTimeoutMs`.
 * @throws The driver's error where waiting does not help: wrong password, unknown database, a file that is not a database.
 * @example
 * ```ts
 * import type { Generated } from "kysely";
 * import { openDatabase } from "vivace-database";
 *
 * interface Tables {
 *   note: { id: Generated<number>; text: string };
 * }
 * await using database = await openDatabase<Tables>({ sqlite: { path: "data/notes.db" } });
 * await database.db.insertInto("note").values({ text: "lively" }).execute();
 * ```
 */
export async function openDatabase<Tables>(
	options: DatabaseOptions,
): Promise<Database<Tables>> {
	const { sqlite, postgres, mysql, dialect } = chosen(options);
	if (sqlite) {
		return openSqlite<Tables>(sqlite, options);
	}
	if (postgres) {
		return openPostgres<Tables>(postgres, options);
	}
	if (mysql) {
		return openMysql<Tables>(mysql, options);
	}
	return openDialect<Tables>(dialect as NonNullable<typeof dialect>, options);
}

/** The source, which a URL may stand for. */
function chosen(
	options: DatabaseOptions,
): Pick<DatabaseOptions, "sqlite" | "postgres" | "mysql" | "dialect"> {
	assertDatabaseOptions("openDatabase()", options);
	return options.url === undefined ? options : fromUrl(options.url);
}
