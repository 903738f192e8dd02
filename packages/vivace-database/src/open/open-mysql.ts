import {
	checkCharacters,
	type SchemaCharacters,
} from "../mysql/character-set.ts";
import { mysqlConnector } from "../mysql/mysql-connector.ts";
import { MysqlPoolDialect } from "../mysql/mysql-dialect.ts";
import {
	type MysqlOptions,
	resolveMysqlOptions,
} from "../mysql/mysql-options.ts";
import { Pool } from "../pool/pool.ts";
import type { ResolvedServerOptions } from "../pool/server-options.ts";
import { Servers } from "../pool/servers.ts";
import { databaseSessions } from "../session/database-sessions.ts";
import { SchemaVersion } from "../values/schema-version.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { openAhead, serverDatabase, withWorkers } from "./server-database.ts";

/** Opens a database of MySQL or MariaDB, which answers. */
export async function openMysql<Tables>(
	mysql: MysqlOptions,
	options: DatabaseOptions,
): Promise<Database<Tables>> {
	const resolved = withWorkers(resolveMysqlOptions(mysql), options);
	const characters: SchemaCharacters = { isPoor: false };
	const database = await openResolved<Tables>(resolved, options, characters);
	try {
		await checkCharacters(database.db, characters, resolved.log);
		return database;
	} catch (error) {
		await database.close();
		throw error;
	}
}

async function openResolved<Tables>(
	mysql: ResolvedServerOptions,
	options: DatabaseOptions,
	characters: SchemaCharacters,
	schema: SchemaVersion = new SchemaVersion(),
): Promise<Database<Tables>> {
	const connector = await mysqlConnector(mysql);
	const pool = new Pool(
		mysql,
		new Servers(connector, mysql),
		options.openTimeoutMs,
	);
	await openAhead(pool, mysql.openAhead);
	const dialect = new MysqlPoolDialect(
		pool,
		options.dates ?? "seconds",
		characters,
		schema,
	);
	const sessions = databaseSessions<Tables>(dialect, "mysql", options);
	return serverDatabase(pool, sessions, () =>
		openResolved<Tables>(
			{
				...mysql,
				size: 1,
				openAhead: 0,
				queryTimeoutMs: 0,
				log: () => undefined,
			},
			options,
			characters,
			schema,
		),
	);
}
