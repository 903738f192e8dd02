import type { KyselyPlugin, Logger } from "kysely";
import { assertOptions, type OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import {
	checkCharacters,
	type SchemaCharacters,
} from "../mysql/character-set.ts";
import { MysqlPoolDialect } from "../mysql/mysql-dialect.ts";
import {
	type MysqlOptions,
	type ResolvedMysqlOptions,
	resolveMysqlOptions,
} from "../mysql/mysql-options.ts";
import { MysqlPool } from "../mysql/mysql-pool.ts";
import { MysqlServers } from "../mysql/mysql-servers.ts";
import type { CreateConnection } from "../mysql/raw-connection.ts";
import type { PoolStats } from "../pool/pool-stats.ts";
import {
	type DatabaseSessions,
	databaseSessions,
} from "../session/database-sessions.ts";
import { SqliteFileDialect } from "../sqlite/sqlite-dialect.ts";
import { SqliteFile } from "../sqlite/sqlite-file.ts";
import {
	resolveSqliteOptions,
	type SqliteOptions,
} from "../sqlite/sqlite-options.ts";
import type { DatePrecision } from "../values/encode.ts";
import { SchemaVersion } from "../values/schema-version.ts";
import { fromUrl } from "./database-url.ts";

/** Which database to open: exactly one of `url`, `sqlite` and `mysql`. */
export interface DatabaseOptions {
	/**
	 * `sqlite:data/app.db`, `sqlite::memory:`, `mysql://user:password@host:3306/name?size=20` or `mariadb://…`; the query names options
	 * of {@link SqliteOptions} or {@link MysqlOptions}. The hosts of a cluster are separated by commas.
	 */
	readonly url?: string | URL;
	readonly sqlite?: SqliteOptions;
	readonly mysql?: MysqlOptions;
	/** How finely a bound `Date` is written; what is finer is cut off. Default: `"seconds"`, as `TIMESTAMP` stores it. */
	readonly dates?: DatePrecision;
	/** Plugins of Kysely. Default: none. */
	readonly plugins?: readonly KyselyPlugin[];
	/** Called for every statement with its duration, see Kysely's `log`. Default: not called. */
	readonly log?: Logger;
}

const rules: OptionRules<DatabaseOptions> = {
	url: (value) =>
		typeof value === "string" || value instanceof URL
			? undefined
			: "a text or a URL",
	sqlite: "record", // resolveSqliteOptions
	mysql: "record", // resolveMysqlOptions
	dates: ["seconds", "milliseconds"],
	plugins: "list",
	log: "function",
};

/** An open database: one Kysely object for all statements, and what its lifespan needs. Use it with `await using`. */
export interface Database<Tables>
	extends DatabaseSessions<Tables>,
		AsyncDisposable {
	/** Rejects if the database does not answer within `timeoutMs`. Default: 2,000 ms. */
	ping(timeoutMs?: number): Promise<void>;
	/** How many connections there are, and how many callers wait. */
	stats(): PoolStats;
	/** Waits for what is under way, within limits, and closes; a second call gives the same promise. */
	close(): Promise<void>;
	/**
	 * The same database through a connection of its own without a limit on statements, for what takes long: migrations. Its caller
	 * closes it.
	 */
	unhurried(): Promise<Database<Tables>>;
}

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
	const { sqlite, mysql } = chosen(options);
	if (sqlite) {
		return openSqlite<Tables>(sqlite, options);
	}
	const resolved = resolveMysqlOptions(mysql as MysqlOptions);
	const characters: SchemaCharacters = { isPoor: false };
	const database = await openMysql<Tables>(resolved, options, characters);
	try {
		await checkCharacters(database.db, characters, resolved.log);
		return database;
	} catch (error) {
		await database.close();
		throw error;
	}
}

/** @throws SetupError `VIV_OPTION` for options that make no sense; those of a URL are looked at when it is opened */
export function assertDatabaseOptions(
	where: string,
	options: DatabaseOptions,
): void {
	assertOptions(where, options, rules);
	const given = (["url", "sqlite", "mysql"] as const).filter(
		(name) => options[name] !== undefined,
	);
	if (given.length !== 1) {
		throw new SetupError(
			"VIV_OPTION",
			`a database needs exactly one of url, sqlite and mysql, not ${given.length === 0 ? "none" : given.join(" and ")}.`,
		);
	}
	if (options.sqlite !== undefined) {
		resolveSqliteOptions(options.sqlite);
	}
	if (options.mysql !== undefined) {
		resolveMysqlOptions(options.mysql);
	}
}

function chosen(options: DatabaseOptions): {
	readonly sqlite?: SqliteOptions;
	readonly mysql?: MysqlOptions;
} {
	assertDatabaseOptions("openDatabase()", options);
	return options.url === undefined ? options : fromUrl(options.url);
}

async function openSqlite<Tables>(
	sqlite: SqliteOptions,
	{ dates = "seconds", ...options }: DatabaseOptions,
): Promise<Database<Tables>> {
	const file = await SqliteFile.open(resolveSqliteOptions(sqlite));
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

async function openMysql<Tables>(
	mysql: ResolvedMysqlOptions,
	options: DatabaseOptions,
	characters: SchemaCharacters,
	schema: SchemaVersion = new SchemaVersion(),
): Promise<Database<Tables>> {
	const create = await importMysql2();
	const pool = new MysqlPool(mysql, new MysqlServers(create, mysql));
	return {
		...databaseSessions<Tables>(
			new MysqlPoolDialect(
				pool,
				options.dates ?? "seconds",
				characters,
				schema,
			),
			"mysql",
			options,
		),
		ping: async (timeoutMs = 2_000) => {
			const connection = await pool.acquire(timeoutMs);
			try {
				await connection.ping(timeoutMs);
			} finally {
				pool.release(connection);
			}
		},
		stats: () => pool.stats(),
		close: () => pool.close(),
		unhurried: () =>
			openMysql<Tables>(
				{ ...mysql, size: 1, queryTimeoutMs: 0, log: () => undefined },
				options,
				characters,
				schema,
			),
		[Symbol.asyncDispose]: () => pool.close(),
	};
}

/** mysql2 is an optional peer: programs with SQLite alone do without it. */
async function importMysql2(): Promise<CreateConnection> {
	try {
		const { createConnection } = await import("mysql2");
		return createConnection;
	} catch (cause) {
		throw new SetupError(
			"VIV_OPTION",
			'a MySQL or MariaDB database needs the package "mysql2": npm install mysql2.',
			{ cause },
		);
	}
}
