import { openDatabase, tableTypes } from "vivace-database";
import { type DatabaseDependency, optionsOf } from "./database-dependency.ts";

/** The tables of one database of an app. */
export interface AppTableTypes {
	/** The name of its dependency. */
	readonly name: string;
	/** The text of a module. */
	readonly text: string;
}

/**
 * Reads the tables of every `database()` of an app, without starting the app.
 *
 * @param resources the app's dependencies of app scope, of which databases are picked
 */
export async function readTableTypes(
	resources: readonly unknown[],
): Promise<readonly AppTableTypes[]> {
	const found: AppTableTypes[] = [];
	for (const { name, source } of resources.filter(isDatabase)) {
		const database = await openDatabase<object>(optionsOf(source));
		try {
			found.push({ name, text: await tableTypes(database) });
		} finally {
			await database[Symbol.asyncDispose]();
		}
	}
	return found;
}

// by its members: the program may have another copy of this package
function isDatabase(
	resource: unknown,
): resource is Pick<DatabaseDependency<object>, "name" | "source"> {
	const { source } = resource as Partial<DatabaseDependency<object>>;
	return source !== undefined && "migrations" in Object(resource);
}
