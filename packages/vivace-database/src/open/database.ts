import type { Dialect, KyselyPlugin, Logger } from "kysely";
import type { ErrorKind } from "../errors/error-kind.ts";
import {
	assertOptions,
	type OptionRules,
	objectWith,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import {
	type MysqlOptions,
	resolveMysqlOptions,
} from "../mysql/mysql-options.ts";
import type { PoolStats } from "../pool/pool-stats.ts";
import {
	type PostgresOptions,
	resolvePostgresOptions,
} from "../postgres/postgres-options.ts";
import type { DatabaseSessions } from "../session/database-sessions.ts";
import {
	resolveSqliteOptions,
	type SqliteOptions,
} from "../sqlite/sqlite-options.ts";
import type { DatePrecision } from "../values/encode.ts";

/** Which database to open: exactly one of `url`, `sqlite`, `postgres`, `mysql` and `dialect`. */
export interface DatabaseOptions {
	/**
	 * `sqlite:data/app.db`, `sqlite::memory:`, `postgres://user:password@host:5432/name?size=20`, `mysql://…` or `mariadb://…`; the query names
	 * options of {@link SqliteOptions}, {@link PostgresOptions} or {@link MysqlOptions}, on PostgreSQL also `sslmode`, `application_name`,
	 * `connect_timeout`, `search_path` and `target_session_attrs=read-write`, as libpq has them. The hosts of a cluster are separated by commas.
	 */
	readonly url?: string | URL;
	readonly sqlite?: SqliteOptions;
	readonly postgres?: PostgresOptions;
	readonly mysql?: MysqlOptions;
	/**
	 * Any other dialect of Kysely: PGlite, libSQL, better-sqlite3, SQL Server. Sessions are the same; the pool, deadlines and `ping` are the dialect's
	 * own affair, and several processes may migrate at once only where its adapter has a lock for that.
	 */
	readonly dialect?: Dialect;
	/** The meaning of an error of that `dialect`, for `isUnavailable`, `isSafeToRetry` and the classes of constraints. Default: known for PostgreSQL, MySQL and `node:sqlite`. */
	readonly classify?: (error: unknown) => ErrorKind | undefined;
	/**
	 * How finely a bound `Date` is written; the rest is cut off. Default: `"seconds"` on SQLite and MySQL, as `TIMESTAMP` stores it there;
	 * `"milliseconds"` on PostgreSQL.
	 */
	readonly dates?: DatePrecision;
	/** How many workers of this process have one open; `database()` of the framework says it, see `processes` of the server's options. Default: 1. */
	readonly workers?: number;
	/**
	 * How long a server that refuses connections, or whose name is not known, is tried while it is opened, in milliseconds; with 0 once. `database()` of
	 * the framework says 0, since the lifespan tries again and tells of it. Default: `acquireTimeoutMs` of the server's options.
	 */
	readonly openTimeoutMs?: number;
	/** Called with the path of a SQLite file that was not there and has been made. Default: nothing; `database()` of the framework tells it in a line. */
	readonly onMade?: (path: string) => void;
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
	postgres: "record", // resolvePostgresOptions
	mysql: "record", // resolveMysqlOptions
	dialect: objectWith("createDriver", "createAdapter"),
	classify: "function",
	dates: ["seconds", "milliseconds"],
	workers: (value) =>
		Number.isInteger(value) && Number(value) > 0
			? undefined
			: "a whole number of at least 1",
	openTimeoutMs: "milliseconds",
	onMade: "function",
	plugins: (value) =>
		Array.isArray(value) && value.every((each) => Object(each).transformQuery)
			? undefined
			: "a list of Kysely's plugins",
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

const sources = ["url", "sqlite", "postgres", "mysql", "dialect"] as const;

/** @throws SetupError `VIV_OPTION` for options that make no sense; those of a URL are looked at when it is opened */
export function assertDatabaseOptions(
	where: string,
	options: DatabaseOptions,
): void {
	assertOptions(where, options, rules);
	const given = sources.filter((name) => options[name] !== undefined);
	if (given.length !== 1) {
		throw new SetupError(
			"VIV_OPTION",
			`a database needs exactly one of ${sources.slice(0, -1).join(", ")} and dialect, not ${given.length === 0 ? "none" : given.join(" and ")}.`,
		);
	}
	if (options.classify !== undefined && options.dialect === undefined) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: classify is for a dialect; the errors of the other engines are known.`,
		);
	}
	if (options.sqlite !== undefined) {
		resolveSqliteOptions(options.sqlite);
	}
	if (options.mysql !== undefined) {
		resolveMysqlOptions(options.mysql);
	}
	if (options.postgres !== undefined) {
		resolvePostgresOptions(options.postgres);
	}
}
