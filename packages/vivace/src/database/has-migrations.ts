import type { Migrations } from "vivace-database";
import type { DatabaseDependency } from "./database-dependency.ts";

/** The members of a `database()` with migrations that the commands need. */
export type Migrating = Pick<
	DatabaseDependency<object>,
	"label" | "source" | "onStart"
> & {
	readonly migrations: Migrations;
};

/**
 * True for a `database()` with migrations, by its members: the program may have another copy of this package. Asked before anything of databases is
 * loaded, which a program without one need not have installed.
 */
export function hasMigrations(resource: unknown): resource is Migrating {
	const { source, migrations } = resource as Partial<Migrating>;
	return source !== undefined && migrations !== undefined;
}
