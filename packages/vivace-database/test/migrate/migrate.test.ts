import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import {
	type Database,
	type DatabaseOptions,
	engineOf,
	MigrationError,
	type Migrations,
	migrate,
	migrationStatus,
	openDatabase,
} from "../../src/index.ts";
import { engines, type TestedServer } from "../engines.ts";

const createTable = (name: string): Migrations[string] => ({
	async up(db) {
		await db.schema.createTable(name).addColumn("id", "integer").execute();
	},
	async down(db) {
		await db.schema.dropTable(name).execute();
	},
});

for (const { name, engine, missing, start } of engines) {
	suite(`migrations on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<object>;
		before(async () => {
			server = await start();
			database = await openDatabase(server.options);
		});
		after(async () => {
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		/** Takes back every migration, so that the next test may bring its own. */
		async function undo(migrations: Migrations): Promise<void> {
			await migrate(database, migrations, "none");
		}

		async function tables(): Promise<string[]> {
			const all = await database.db.introspection.getTables();
			return all.map((table) => table.name).sort();
		}

		test("run in the order of their names, once", async () => {
			const migrations = {
				"002_b": createTable("b"),
				"001_a": createTable("a"),
			};
			const results = await migrate(database, migrations);
			assert.deepEqual(
				results.map(({ migrationName, status }) => [migrationName, status]),
				[
					["001_a", "Success"],
					["002_b", "Success"],
				],
			);
			assert.deepEqual(await migrate(database, migrations), []);
			assert.deepEqual(await tables(), ["a", "b"]);
			await undo(migrations);
			assert.deepEqual(await tables(), []);
		});

		test("go up and down to the one that is named", async () => {
			const migrations = {
				"001_a": createTable("a"),
				"002_b": createTable("b"),
				"003_c": createTable("c"),
			};
			await migrate(database, migrations, { name: "002_b" });
			assert.deepEqual(await tables(), ["a", "b"]);
			await migrate(database, migrations, { name: "001_a" });
			assert.deepEqual(await tables(), ["a"]);
			await undo(migrations);
		});

		test("say which of them were run and when", async () => {
			const migrations = {
				"001_a": createTable("a"),
				"002_b": createTable("b"),
			};
			assert.deepEqual(
				(await migrationStatus(database, migrations)).map(
					({ executedAt }) => executedAt,
				),
				[undefined, undefined],
			);
			await migrate(database, migrations, { name: "001_a" });
			const [first, second] = await migrationStatus(database, migrations);
			assert.equal(first?.name, "001_a");
			assert.ok(first?.executedAt instanceof Date);
			assert.equal(second?.executedAt, undefined);
			await undo(migrations);
		});

		test("name the one that failed, and leave nothing behind where changes of the schema can be undone", async () => {
			const migrations: Migrations = {
				"001_a": createTable("a"),
				"002_b": {
					async up(db) {
						await db.schema
							.createTable("b")
							.addColumn("id", "integer")
							.execute();
						await sql`insert into nowhere values (1)`.execute(db);
					},
					async down(db) {
						await db.schema.dropTable("b").execute();
					},
				},
			};
			await assert.rejects(
				migrate(database, migrations),
				(error) =>
					error instanceof MigrationError &&
					error.migration === "002_b" &&
					/migration "002_b" failed: .*nowhere/.test(error.message) &&
					error.cause instanceof Error,
			);
			assert.deepEqual(
				await tables(),
				engine === "mysql" ? ["a", "b"] : [], // MySQL commits at every change of the schema
			);
			await undo({ ...migrations, "002_b": createTable("b") });
			await database.db.schema.dropTable("b").ifExists().execute();
		});

		test("know the engine they run on", async () => {
			let seen: string | undefined;
			const migrations: Migrations = {
				"001_engine": {
					async up(db) {
						seen = engineOf(db);
					},
					async down() {},
				},
			};
			await migrate(database, migrations);
			assert.equal(seen, engine);
			assert.equal(engineOf(database.db), engine);
			await undo(migrations);
		});

		test("are run by one of three processes that start at once", async () => {
			await using folder = await start();
			const children = await Promise.all([
				startMigrating(),
				startMigrating(),
				startMigrating(),
			]);
			const ran = await Promise.all(
				children.map((child) => letMigrate(child, folder.options)),
			);
			assert.deepEqual(
				ran.toSorted((a, b) => b.length - a.length),
				[["001_first", "002_second"], [], []],
			);
			await using migrated = await openDatabase(folder.options);
			for (const table of ["first", "second"]) {
				const { rows } = await sql`select * from ${sql.table(table)}`.execute(
					migrated.db,
				);
				assert.deepEqual(rows, [{ id: 1 }]);
			}
		});
	});
}

async function startMigrating(): Promise<ChildProcess> {
	const script = join(import.meta.dirname, "../fixtures/migrating-process.ts");
	const child = fork(script, ["slow"]);
	await once(child, "message");
	return child;
}

async function letMigrate(
	child: ChildProcess,
	options: DatabaseOptions,
): Promise<string[]> {
	const exited = once(child, "exit");
	child.send(options);
	const answer = await Promise.race([
		once(child, "message"),
		exited.then(() => {
			throw new Error("the process ended without an answer");
		}),
	]);
	assert.deepEqual(await exited, [0, null]);
	return answer[0];
}
