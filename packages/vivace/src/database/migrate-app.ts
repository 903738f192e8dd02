import {
	type Database,
	type MigrationStatus,
	type Migrations,
	type MigrationTarget,
	migrate,
	migrationStatus,
	openDatabase,
} from "vivace-database";
import { optionsOf, startTreatment } from "./database-dependency.ts";
import { hasMigrations } from "./has-migrations.ts";

/** An action on the migrations of an app: run those that are pending, tell which there are, take the last one back. */
export type MigrationAction = "migrate" | "status" | "rollback";

/** One database after the action. */
export interface MigratedDatabase {
	/** The name of its dependency, in the record where it has none of its own. */
	readonly name: string;
	/** The migrations that were run or taken back, in this order. */
	readonly changed: readonly string[];
	readonly status: readonly MigrationStatus[];
	/** True when the app runs those that are pending itself, when it starts. */
	readonly runsAtStart: boolean;
}

/**
 * Does something with the migrations of every `database()` that has some, without starting the app, which may refuse to.
 *
 * @param resources the app's dependencies of app scope, of which databases are picked
 * @throws MigrationError and what opening a database throws
 */
export async function migrateResources(
	resources: readonly unknown[],
	action: MigrationAction,
): Promise<readonly MigratedDatabase[]> {
	const done: MigratedDatabase[] = [];
	for (const resource of resources.filter(hasMigrations)) {
		const { label, source, migrations, onStart } = resource;
		const database = await openDatabase<object>(optionsOf(source));
		try {
			done.push({
				name: label,
				changed: await perform(database, migrations, action),
				status: await migrationStatus(database, migrations),
				runsAtStart: startTreatment(database, onStart) === "run",
			});
		} finally {
			await database[Symbol.asyncDispose]();
		}
	}
	return done;
}

async function perform(
	database: Database<object>,
	migrations: Migrations,
	action: MigrationAction,
): Promise<readonly string[]> {
	const target = await targetOf(database, migrations, action);
	if (target === undefined) {
		return [];
	}
	const results = await migrate(database, migrations, target);
	return results.map(({ migrationName }) => migrationName);
}

async function targetOf(
	database: Database<object>,
	migrations: Migrations,
	action: MigrationAction,
): Promise<MigrationTarget | undefined> {
	if (action === "migrate") {
		return "latest";
	}
	if (action === "status") {
		return undefined;
	}
	const status = await migrationStatus(database, migrations);
	const run = status.filter(
		({ executedAt, isMissing }) => executedAt !== undefined && !isMissing,
	);
	if (run.length === 0) {
		return undefined;
	}
	const before = run.at(-2);
	return before === undefined ? "none" : { name: before.name };
}
