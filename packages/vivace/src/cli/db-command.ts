import {
	type MigratedDatabase,
	type MigrationAction,
	migrateResources,
} from "../database/migrate-app.ts";
import { describeFailure } from "../server/lifecycle/failure-text.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { seeApp } from "./seen-app.ts";
import { textTable } from "./text-table.ts";

/** Options of `vivace db …`. */
export interface DbOptions {
	readonly app?: string;
}

/** Runs, lists or takes back the migrations of an app's databases, and prints what there is to say of them. */
export async function dbCommand(
	action: MigrationAction,
	file: string | undefined,
	options: DbOptions,
): Promise<number> {
	const { resources } = await seeApp(file, options.app);
	const databases = await migrateResources(resources, action).catch(
		(error: unknown) => {
			throw new CommandError(describeFailure(error), { cause: error });
		},
	);
	if (databases.length === 0) {
		throw new CommandError(
			"the app has no database with migrations; write database(…, { migrations })",
		);
	}
	for (const database of databases) {
		if (action === "status") {
			await print(statusTable(database));
		} else {
			await print(changes(database, action));
		}
	}
	return action === "status" &&
		databases.some(({ status }) => status.some(({ isMissing }) => isMissing))
		? 1
		: 0;
}

function changes(
	{ name, changed }: MigratedDatabase,
	action: MigrationAction,
): string {
	const verb = action === "migrate" ? "migrated" : "rolled back";
	return changed.length === 0
		? `${name}: nothing to ${action === "migrate" ? "migrate" : "roll back"}`
		: changed.map((each) => `${name}: ${verb} ${each}`).join("\n");
}

function statusTable({ name, status }: MigratedDatabase): string {
	return textTable(
		status.map((each) => [
			name,
			each.name,
			each.isMissing
				? "has run, is missing from the program"
				: (each.executedAt?.toISOString() ?? "pending"),
		]),
	);
}
