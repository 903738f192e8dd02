import type { Driver } from "kysely";
import {
	assertArgument,
	assertOptions,
	objectWith,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { PoolStats } from "../pool/pool-stats.ts";
import type { DatabaseSessions } from "../session/database-sessions.ts";
import {
	type AnyDatabase,
	databaseCheck,
	openedOf,
} from "../session/with-session.ts";
import {
	LentClient,
	libraryErrors,
	type PgClient,
	SessionClient,
} from "./pg-client.ts";
import type { PgTypeParsers } from "./pg-port.ts";
import { type PgResult, pgRequest } from "./pg-request.ts";
import { answerOf } from "./raw-query.ts";

/** Options of {@link pgPool}. */
export interface PgPoolOptions {
	/** Makes values of columns' texts, for statements that bring nothing of that kind. Default: the `types` of `pg`. */
	readonly types?: PgTypeParsers;
}

/** The parts of an open PostgreSQL database that {@link pgPool} needs. */
export interface PgAccess {
	/** Gives connections that know nothing of sessions. */
	readonly driver: Driver;
	readonly types: PgTypeParsers;
	readonly stats: () => PoolStats;
}

const accesses = new WeakMap<object, PgAccess>();

/** Has {@link pgPool} know an open database. */
export function allowPgPool(database: object, access: PgAccess): void {
	accesses.set(database, access);
}

/**
 * A database of PostgreSQL as the pool of `pg` that other libraries stand on: Drizzle, MikroORM, Prisma's adapter, a Kysely object of your own. Their
 * statements run on this database's connections, with its deadlines and hosts, and belong to the session of the code that runs them: begun
 * with the first write, stored before the response leaves, undone with the rest. A transaction of theirs is a nested part of the session, a
 * savepoint; outside of any it is one of its own.
 *
 * An error that such a library makes of the database's is told apart by `isDuplicateKey`, `isDeadlock`, `isSafeToRetry` and the others, and
 * answered by `session()` as if it had come from the database itself.
 *
 * Cursors and callbacks of `pg` are refused. `end()` closes nothing: the database has its own end.
 *
 * @param database open, or `database()` of the framework, which is looked for with each statement
 * @param Pool the class `Pool` of the `pg` that the library has, so that it knows the pool for one
 * @example
 * ```ts
 * import { sql } from "kysely";
 * import { Pool } from "pg";
 * import { openDatabase, pgPool, withSession } from "vivace-database";
 *
 * await using shop = await openDatabase<object>({ url: "postgres://app:secret@127.0.0.1/shop" });
 * const pool = pgPool(shop, Pool); // drizzle(pool), new PrismaPg(pool)
 *
 * await withSession(shop, async ({ db }) => {
 * 	await pool.query("insert into note values ($1)", ["one transaction"]);
 * 	await sql`insert into note values ('with this')`.execute(db);
 * });
 * ```
 */
export function pgPool<Tables, PoolClass extends AnyClass>(
	database: AnyDatabase<Tables>,
	Pool: PoolClass,
	options: PgPoolOptions = {},
): InstanceType<PoolClass> {
	assertArgument("pgPool()", "database", database, databaseCheck);
	assertArgument("pgPool()", "Pool", Pool, (value) =>
		typeof value === "function" && "connect" in Object(value.prototype)
			? undefined
			: 'the class Pool of "pg"',
	);
	assertOptions("pgPool()", options, {
		types: objectWith("getTypeParser"),
	});
	return new (poolClass(Pool))(
		() => openedOf(database),
		options,
	) as InstanceType<PoolClass>; // in all that libraries use of it
}

// biome-ignore lint/suspicious/noExplicitAny: any class's arguments, as TypeScript wants them of a class that others extend
type AnyClass = new (...args: any[]) => object;

function poolClass(Base: AnyClass) {
	return class SessionPool extends Base {
		readonly #opened: () => DatabaseSessions<unknown>;
		readonly #options: PgPoolOptions;

		// biome-ignore lint/suspicious/noExplicitAny: as above
		constructor(...[opened, options]: any[]) {
			super();
			this.#opened = opened;
			this.#options = options;
		}

		get totalCount(): number {
			return this.#access.stats().open;
		}

		get idleCount(): number {
			return this.#access.stats().idle;
		}

		get waitingCount(): number {
			return this.#access.stats().waiting;
		}

		async query(...given: readonly unknown[]): Promise<PgResult> {
			const { driver } = this.#access;
			const { query, read } = pgRequest(given, this.#types);
			const session = this.#opened().currentSession();
			return libraryErrors(async () => {
				if (session) {
					return read(answerOf(await session.execute(query)));
				}
				const connection = await driver.acquireConnection();
				try {
					return read(answerOf(await connection.executeQuery(query)));
				} finally {
					await driver.releaseConnection(connection);
				}
			});
		}

		async connect(...callbacks: readonly unknown[]): Promise<PgClient> {
			if (callbacks.length > 0) {
				throw new TypeError(
					"connect() of pgPool() gives a promise and calls nothing back: leave the callback out and await it.",
				);
			}
			const { driver } = this.#access;
			const session = this.#opened().currentSession();
			if (session) {
				return new SessionClient(session, this.#types);
			}
			return libraryErrors(
				async () =>
					new LentClient(driver, await driver.acquireConnection(), this.#types),
			);
		}

		async end(): Promise<void> {}

		get #types(): PgTypeParsers {
			return this.#options.types ?? this.#access.types;
		}

		get #access(): PgAccess {
			const access = accesses.get(this.#opened());
			if (access === undefined) {
				throw new SetupError(
					"VIV_OPTION",
					"pgPool() is for a database of PostgreSQL that was opened with a URL or { postgres }; another one has its own drivers.",
				);
			}
			return access;
		}
	};
}
