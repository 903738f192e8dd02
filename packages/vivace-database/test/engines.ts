import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ColumnDefinitionBuilder, Generated, Kysely } from "kysely";
import { sql } from "kysely";
import { MariaDb } from "../../vivace/test/support/mariadb.ts";
import { Postgres } from "../../vivace/test/support/postgres.ts";
import {
	type Database,
	type DatabaseOptions,
	type Engine,
	engineOf,
	openDatabase,
} from "../src/index.ts";

/** The table of the tests. */
export interface Tables {
	note: {
		id: Generated<number>;
		text: string | null;
		amount: number | bigint | null;
		entry_time: Generated<Date>;
	};
}

/** An engine that the same suite runs on. */
export interface TestedEngine {
	readonly name: string;
	readonly engine: Exclude<Engine, "other">;
	/** Why it can't be tested here. */
	readonly missing: string | undefined;
	/** A place for databases, gone at the end. */
	start(): Promise<TestedServer>;
}

/** A folder or a server. */
export interface TestedServer extends AsyncDisposable {
	/** The options that open its database, the same each time. */
	readonly options: DatabaseOptions;
}

export const engines: readonly TestedEngine[] = [
	{
		name: "SQLite",
		engine: "sqlite",
		missing: undefined,
		async start() {
			const folder = await mkdtemp(join(tmpdir(), "vivace-sqlite-"));
			return {
				options: { sqlite: { path: join(folder, "test.db") } },
				[Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
			};
		},
	},
	{
		name: "MariaDB",
		engine: "mysql",
		missing: MariaDb.missing,
		async start() {
			const server = await MariaDb.start();
			return {
				options: { mysql: server.account },
				[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
			};
		},
	},
	{
		name: "PostgreSQL",
		engine: "postgres",
		missing: Postgres.missing,
		async start() {
			const server = await Postgres.start();
			return {
				options: { postgres: server.account },
				[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
			};
		},
	},
];

/** Opens the database and empties the table of the tests. */
export async function openEmpty(
	options: DatabaseOptions,
): Promise<Database<Tables>> {
	const database = await openDatabase<Tables>(options);
	await database.db.schema.dropTable("note").ifExists().execute();
	await createNote(database.db);
	return database;
}

export async function createNote(db: Kysely<Tables>): Promise<void> {
	const engine = engineOf(db);
	const number = (column: ColumnDefinitionBuilder) =>
		engine === "postgres"
			? column.primaryKey()
			: column.autoIncrement().primaryKey();
	await db.schema
		.createTable("note")
		.addColumn("id", engine === "postgres" ? "serial" : "integer", number)
		.addColumn(
			"text",
			engine === "mysql" ? sql`varchar(100) unique` : sql`text unique`,
		)
		.addColumn("amount", "bigint")
		.addColumn("entry_time", "timestamp", (column) =>
			column.notNull().defaultTo(sql`current_timestamp`),
		)
		.execute();
}

/** Stores a note. */
export async function writeNote(
	db: Kysely<Tables>,
	text: string,
): Promise<void> {
	await db.insertInto("note").values({ text }).execute();
}

/** The texts of the stored notes that begin so, in the order in which they were written. */
export async function storedNotes(
	{ db }: Database<Tables>,
	beginning: string,
): Promise<string[]> {
	const rows = await db
		.selectFrom("note")
		.select("text")
		.where("text", "like", `${beginning}%`)
		.orderBy("id")
		.execute();
	return rows.map(({ text }) => text ?? "");
}
