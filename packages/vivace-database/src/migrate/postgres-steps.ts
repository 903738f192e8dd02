import { type Kysely, sql } from "kysely";
import {
	type MigrationResult,
	type MigrationResultSet,
	Migrator,
	NO_MIGRATIONS,
} from "kysely/migration";
import { takeMigrationLock } from "../postgres/migration-lock.ts";
import type { Migrations, MigrationTarget } from "./migrations.ts";

/** A part of the way to a target, which is a transaction, or a migration that must not be in one. */
interface Step {
	readonly target: MigrationTarget;
	readonly isApart: boolean;
}

/** Migrates in one transaction; where a migration can't be in one, in as many steps as it takes, under a lock of the session. */
export function migrateOnPostgres(
	db: Kysely<unknown>,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<MigrationResultSet> {
	if (
		!Object.values(migrations).some(({ transaction }) => transaction === false)
	) {
		return inTransaction(db, migrations, target);
	}
	return db.connection().execute(async (pinned) => {
		await takeMigrationLock(pinned);
		try {
			return await inSteps(pinned, migrations, target);
		} finally {
			await pinned.getExecutor().adapter.releaseMigrationLock(pinned, noTable);
		}
	});
}

/** Kysely's lock tables are for other engines. */
const noTable = { lockTable: "", lockRowId: "" };

async function inTransaction(
	db: Kysely<unknown>,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<MigrationResultSet> {
	let done: MigrationResultSet = {};
	try {
		await db.transaction().execute(async (trx) => {
			// before the migrator makes its tables: two that do so at once fail
			await takeMigrationLock(trx);
			done = await run(trx, migrations, target, false);
			if (done.error !== undefined) {
				throw done.error;
			}
		});
		return done;
	} catch (error) {
		return { ...done, error };
	}
}

async function inSteps(
	pinned: Kysely<unknown>,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<MigrationResultSet> {
	const results: MigrationResult[] = [];
	for (const step of await stepsTo(pinned, migrations, target)) {
		const done = step.isApart
			? await apart(pinned, migrations, step.target)
			: await inTransaction(pinned, migrations, step.target);
		results.push(...(done.results ?? []));
		if (done.error !== undefined) {
			return { error: done.error, results };
		}
	}
	return { results };
}

/** It may wait for locks as long as it takes: what is made concurrently keeps nobody waiting. */
async function apart(
	pinned: Kysely<unknown>,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<MigrationResultSet> {
	const { rows } = await sql<{
		before: string;
	}>`select current_setting('lock_timeout') as before, set_config('lock_timeout', '0', false)`.execute(
		pinned,
	);
	try {
		return await run(pinned, migrations, target, true);
	} finally {
		await sql`select set_config('lock_timeout', ${rows[0]?.before ?? "0"}, false)`.execute(
			pinned,
		);
	}
}

function run(
	db: Kysely<unknown>,
	migrations: Migrations,
	target: MigrationTarget,
	disableTransactions: boolean,
): Promise<MigrationResultSet> {
	const migrator = new Migrator({
		db,
		provider: { getMigrations: async () => ({ ...migrations }) },
		disableTransactions,
	});
	if (target === "latest") {
		return migrator.migrateToLatest();
	}
	return migrator.migrateTo(target === "none" ? NO_MIGRATIONS : target.name);
}

/** The steps from where the database is, each migration that is apart alone, those between two of them together. */
async function stepsTo(
	db: Kysely<unknown>,
	migrations: Migrations,
	target: MigrationTarget,
): Promise<readonly Step[]> {
	const migrator = new Migrator({
		db,
		provider: { getMigrations: async () => ({ ...migrations }) },
	});
	const infos = await migrator.getMigrations();
	const names = infos.map(({ name }) => name);
	const done = infos.filter(({ executedAt }) => executedAt).length;
	const goal = goalIn(names, target);
	const isUp = goal >= done;
	const way = isUp
		? names.slice(done, goal)
		: names.slice(goal, done).toReversed();
	return way.flatMap((name, index) => {
		const isApart = migrations[name]?.transaction === false;
		const next = way[index + 1];
		const isLast =
			isApart || next === undefined || migrations[next]?.transaction === false;
		if (!isLast) {
			return [];
		}
		const before = names[names.indexOf(name) - 1];
		const down: MigrationTarget =
			before === undefined ? "none" : { name: before };
		return [{ target: isUp ? { name } : down, isApart }];
	});
}

/** How many migrations have been run at the end. */
function goalIn(names: readonly string[], target: MigrationTarget): number {
	if (target === "latest") {
		return names.length;
	}
	return target === "none" ? 0 : names.indexOf(target.name) + 1;
}
