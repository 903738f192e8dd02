import { Pool } from "../pool/pool.ts";
import { Servers } from "../pool/servers.ts";
import { allowPgPool } from "../postgres/pg-pool.ts";
import { postgresConnector } from "../postgres/postgres-connector.ts";
import { PostgresPoolDialect } from "../postgres/postgres-dialect.ts";
import {
	type PostgresOptions,
	type ResolvedPostgresOptions,
	resolvePostgresOptions,
} from "../postgres/postgres-options.ts";
import { databaseSessions } from "../session/database-sessions.ts";
import { SchemaVersion } from "../values/schema-version.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import { openAhead, serverDatabase, withWorkers } from "./server-database.ts";

/** Opens a database of PostgreSQL, which answers. */
export async function openPostgres<Tables>(
	postgres: PostgresOptions,
	options: DatabaseOptions,
): Promise<Database<Tables>> {
	const resolved = withWorkers(resolvePostgresOptions(postgres), options);
	const database = await openResolved<Tables>(resolved, options);
	try {
		await database.ping(resolved.acquireTimeoutMs);
		return database;
	} catch (error) {
		await database.close();
		throw error;
	}
}

async function openResolved<Tables>(
	postgres: ResolvedPostgresOptions,
	options: DatabaseOptions,
	schema: SchemaVersion = new SchemaVersion(),
): Promise<Database<Tables>> {
	const connector = await postgresConnector(postgres);
	const pool = new Pool(
		postgres,
		new Servers(connector, postgres),
		options.openTimeoutMs,
	);
	await openAhead(pool, postgres.openAhead);
	const dialect = new PostgresPoolDialect(
		pool,
		options.dates ?? "milliseconds",
		schema,
	);
	const sessions = databaseSessions<Tables>(dialect, "postgres", options);
	const database = serverDatabase(pool, sessions, () =>
		openResolved<Tables>(
			{
				...postgres,
				size: 1,
				openAhead: 0,
				queryTimeoutMs: 0,
				log: () => undefined,
			},
			options,
			schema,
		),
	);
	allowPgPool(database, {
		driver: dialect.createDriver(),
		types: connector.typeParsers,
		stats: () => pool.stats(),
	});
	return database;
}
