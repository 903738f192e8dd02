import type { Generated, Kysely } from "kysely";
import { type Dependency, dependency } from "vivace";
import { openDatabase } from "vivace/database";
import { z } from "zod";

/** The table of heroes. */
export interface Tables {
	hero: {
		id: Generated<number>;
		name: string;
		age: number | null;
		secret_name: string;
	};
}

/** The database of heroes in a file, which is made if it is not there. */
export function heroesIn(path: string): Dependency<Kysely<Tables>, "app"> {
	return dependency(
		async function* database() {
			await using database = await openDatabase<Tables>({
				sqlite: { path },
			});
			await database.db.schema
				.createTable("hero")
				.ifNotExists()
				.addColumn("id", "integer", (column) => column.primaryKey())
				.addColumn("name", "text", (column) => column.notNull())
				.addColumn("age", "integer")
				.addColumn("secret_name", "text", (column) => column.notNull())
				.execute();
			yield database.db;
		},
		{ scope: "app" },
	);
}

export const page: Dependency<{ offset: number; limit: number }> = dependency(
	{ offset: z.int().default(0), limit: z.int().max(100).default(100) },
	(page) => page,
);
