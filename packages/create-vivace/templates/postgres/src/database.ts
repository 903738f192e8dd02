import type { Generated } from "kysely";
import { database, type Migrations } from "vivace/database";
import { config } from "./settings.ts";

export interface Tables {
	note: NoteTable;
}

interface NoteTable {
	id: Generated<number>;
	title: string;
	text: string;
}

export const migrations: Migrations = {
	"001_note": {
		up: (db) =>
			db.schema
				.createTable("note")
				.addColumn("id", "integer", (column) =>
					column.primaryKey().generatedAlwaysAsIdentity(),
				)
				.addColumn("title", "varchar(200)", (column) =>
					column.notNull().unique(),
				)
				.addColumn("text", "text", (column) => column.notNull())
				.execute(),
		down: (db) => db.schema.dropTable("note").execute(),
	},
};

/** Opened before the first request, closed after the last. */
export const notes = database<Tables>(() => ({ url: config.databaseUrl }), {
	migrations,
});
