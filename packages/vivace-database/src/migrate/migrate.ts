import { setTimeout as sleep } from "node:timers/promises";
import type { Kysely } from "kysely";
import {
	DEFAULT_MIGRATION_TABLE,
	type MigrationResult,
	type MigrationResultSet,
	Migrator,
	NO_MIGRATIONS,
} from "kysely/migration";
import { DatabaseError, isDeadlock } from "../errors/database-error.ts";
import {
	assertArgument,
	isRecord,
	type OptionCheck,
	objectWith,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Database } from "../open/database.ts";
import { PostgresMigrationAdapter } from "../postgres/migration-lock.ts";
import { engineBy } from "../session/engine-by.ts";
import type { Engine } from "../session/statement-kind.ts";
import type { Migrations, MigrationTarget } from "./migrations.ts";
import { migrateOnPostgres } from "./postgres-steps.ts";

/** One migration and whether it has been run. */
export interface MigrationStatus {
	readonly name: string;
	/** When it was run; undefined while it is pending. */
	readonly executedAt: Date | undefined;
	/** True for one that has been run and is not among the migrations: {@link migrate} refuses until it is there again. */
	readonly isMissing?: true;
}

/**
 * Brings the schema to the newest migration, or to the one that is asked for. Several processes may do this at once: one migrates,
 * the others wait and find nothing left to do.
 *
 * On SQLite and PostgreSQL all migrations share one transaction: a failing one leaves nothing behind. MySQL commits at every change of a schema, so
 * give each migration one change and let it be repeatable (`if not exists`).
 *
 * @returns The migrations that were run, in order; empty if there was nothing to do.
 * @throws MigrationError That names the migration that failed; its `cause` is the database's error.
 * @throws DatabaseError `MIGRATION_LOCKED` when another process is still migrating after ten minutes.
 */
export async function migrate<Tables>(
	database: Database<Tables>,
	migrations: Migrations,
	target: MigrationTarget = "latest",
): Promise<readonly MigrationResult[]> {
	assertArgument("migrate()", "database", database, openedDatabase);
	assertArgument("migrate()", "migrations", migrations, migrationsCheck);
	assertArgument("migrate()", "target", target, targetIn(migrations));
	const unhurried = await database.unhurried();
	try {
		return await tryMigrating(unhurried, migrations, target);
	} finally {
		await unhurried[Symbol.asyncDispose]();
	}
}

async function tryMigrating<Tables>(
	{ db }: Pick<Database<Tables>, "db">,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<readonly MigrationResult[]> {
	for (let tries = 1; ; tries++) {
		const { error, results = [] } = await run(db, migrations, target);
		if (error === undefined) {
			return results;
		}
		// SQLite's file is being migrated by another process; each try has waited `busyTimeoutMs` for it.
		if (!isDeadlock(error)) {
			throw toError(error, results);
		}
		if (tries === mostTries) {
			throw lockedError(error);
		}
		await sleep(busyPauseMs);
	}
}

/** The migrations in order, each with the time at which it was run; with those that were run and are not among them. */
export async function migrationStatus<Tables>(
	database: Database<Tables>,
	migrations: Migrations,
): Promise<readonly MigrationStatus[]> {
	assertArgument("migrationStatus()", "database", database, openedDatabase);
	assertArgument(
		"migrationStatus()",
		"migrations",
		migrations,
		migrationsCheck,
	);
	const infos = await migratorOf(database.db, migrations).getMigrations();
	const status: MigrationStatus[] = infos.map(({ name, executedAt }) => ({
		name,
		executedAt,
	}));
	for (const { name, timestamp } of await executed(database.db)) {
		if (!Object.hasOwn(migrations, name)) {
			const executedAt = new Date(timestamp);
			status.push({ name, executedAt, isMissing: true });
		}
	}
	return status.sort((one, other) => one.name.localeCompare(other.name));
}

interface MigrationTable {
	readonly [DEFAULT_MIGRATION_TABLE]: {
		readonly name: string;
		readonly timestamp: string;
	};
}

/** The migrations that the migrator has written down; it tells itself only what is among the migrations. */
async function executed<Tables>(
	db: Kysely<Tables>,
): Promise<readonly MigrationTable[typeof DEFAULT_MIGRATION_TABLE][]> {
	const tables = await db.introspection.getTables({
		withInternalKyselyTables: true,
	});
	return tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)
		? await (db.withoutPlugins() as Kysely<unknown> as Kysely<MigrationTable>)
				.selectFrom(DEFAULT_MIGRATION_TABLE)
				.select(["name", "timestamp"])
				.execute()
		: [];
}

/**
 * @throws SetupError `VIV_MIGRATION` while one of the migrations has not been run.
 */
export async function assertMigrated<Tables>(
	database: Database<Tables>,
	migrations: Migrations,
): Promise<void> {
	assertArgument("assertMigrated()", "database", database, openedDatabase);
	assertArgument("assertMigrated()", "migrations", migrations, migrationsCheck);
	if (Object.keys(migrations).length === 0) {
		return;
	}
	const status = await migrationStatus(database, migrations);
	const pending = status.filter(({ executedAt }) => executedAt === undefined);
	if (pending.length === 0) {
		return;
	}
	throw new SetupError(
		"VIV_MIGRATION",
		`the schema of the database is not up to date: ${pending.map(({ name }) => `"${name}"`).join(", ")} ` +
			`${pending.length === 1 ? "has" : "have"} not been run; run "vivace db migrate", or give database() onStart: "run".`,
	);
}

/** Which SQL engine a migration runs on, for the few places where their definitions differ. */
export function engineOf<Tables>(db: Kysely<Tables>): Engine {
	assertArgument("engineOf()", "db", db, objectWith("getExecutor"));
	return engineBy(db.getExecutor().adapter);
}

/** A migration that failed; `cause` is the database's error. */
export class MigrationError extends Error {
	override readonly name = "MigrationError";
	/** Its name; undefined if none had begun. */
	readonly migration: string | undefined;

	constructor(migration: string | undefined, cause: unknown) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		super(
			migration === undefined
				? `migrating failed: ${reason}`
				: `migration "${migration}" failed: ${reason}`,
			{ cause },
		);
		this.migration = migration;
	}
}

const mostTries = 120;
const busyPauseMs = 50;

/** The check of an open database. */
export const openedDatabase: OptionCheck = (value) =>
	typeof Object(value).unhurried === "function"
		? undefined
		: "an open database, as openDatabase() gives it";

/** The check of {@link Migrations}. */
export const migrationsCheck: OptionCheck = (value) =>
	isRecord(value) && Object.values(value).every(isMigration)
		? undefined
		: "a record of migrations, each with a function up, and transaction, if at all, true or false";

function isMigration(value: unknown): boolean {
	const { up, transaction = true } = Object(value);
	return typeof up === "function" && typeof transaction === "boolean";
}

function targetIn(migrations: Migrations): OptionCheck {
	return (target) => {
		const isTarget =
			target === "latest" ||
			target === "none" ||
			(isRecord(target) &&
				"name" in target &&
				Object.hasOwn(migrations, String(target.name)));
		return isTarget
			? undefined
			: '"latest", "none" or { name } with the name of one of the migrations';
	};
}

function migratorOf<Tables>(
	db: Kysely<Tables>,
	migrations: Migrations,
): Migrator {
	return new Migrator({
		db,
		provider: { getMigrations: async () => ({ ...migrations }) },
	});
}

function run<Tables>(
	db: Kysely<Tables>,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<MigrationResultSet> {
	if (db.getExecutor().adapter instanceof PostgresMigrationAdapter) {
		return migrateOnPostgres(db as Kysely<unknown>, migrations, target);
	}
	const migrator = migratorOf(db, migrations);
	if (target === "latest") {
		return migrator.migrateToLatest();
	}
	return migrator.migrateTo(target === "none" ? NO_MIGRATIONS : target.name);
}

function lockedError(cause: unknown): DatabaseError {
	return new DatabaseError(
		"MIGRATION_LOCKED",
		"another process has been writing to this database all the time.",
		{ cause },
	);
}

function toError(error: unknown, results: readonly MigrationResult[]): Error {
	if (error instanceof DatabaseError) {
		return error;
	}
	const failed = results.find(({ status }) => status === "Error");
	return new MigrationError(failed?.migrationName, error);
}
