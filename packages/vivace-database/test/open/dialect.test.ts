import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, PGliteDialect } from "kysely";
import {
	type Database,
	DuplicateKeyError,
	type ErrorKind,
	isDuplicateKey,
	isUnavailable,
	migrate,
	openDatabase,
	withSession,
} from "../../src/index.ts";
import { createNote, type Tables } from "../engines.ts";

suite("a database by a dialect of the program's own", () => {
	async function open(): Promise<Database<Tables>> {
		const database = await openDatabase<Tables>({
			dialect: new PGliteDialect({ pglite: new PGlite() }),
		});
		await createNote(database.db);
		return database;
	}

	const texts = async ({ db }: Database<Tables>) =>
		(await db.selectFrom("note").select("text").orderBy("id").execute()).map(
			({ text }) => text,
		);

	test("has sessions that are stored as a whole, with nested parts, whoever else asks meanwhile", async () => {
		await using database = await open();
		assert.equal(database.engine, "postgres");
		await database.ping();
		const add = (text: string) =>
			database.db.insertInto("note").values({ text }).execute();
		await assert.rejects(
			withSession(database, async () => {
				await add("undone");
				throw new Error("on purpose");
			}),
			/on purpose/,
		);
		await Promise.all([
			withSession(database, async (session) => {
				await add("one");
				await assert.rejects(
					session.nested(() => add("one")),
					DuplicateKeyError,
				);
				await add("two");
			}),
			add("beside"),
		]);
		assert.deepEqual((await texts(database)).sort(), ["beside", "one", "two"]);
		assert.equal(database.stats().inUse, 0);
	});

	test("has errors by kind, with the constraint, and tells that a transaction is spoiled", async () => {
		await using database = await open();
		const add = () =>
			database.db.insertInto("note").values({ text: "same" }).execute();
		await add();
		await assert.rejects(add(), (error) => {
			assert.ok(error instanceof DuplicateKeyError && isDuplicateKey(error));
			assert.equal(error.constraint, "note_text_key");
			return true;
		});
		await assert.rejects(
			withSession(database, async () => {
				await assert.rejects(add(), DuplicateKeyError);
			}),
			{ code: "TRANSACTION_SPOILED" },
		);
	});

	test("migrates", async () => {
		await using database = await open();
		const results = await migrate(database, {
			"001_more": {
				up: (db) =>
					db.schema.createTable("more").addColumn("id", "integer").execute(),
			},
		});
		assert.deepEqual(
			results.map(({ migrationName }) => migrationName),
			["001_more"],
		);
	});

	test("may say what its errors mean", async () => {
		const inner = new PGliteDialect({ pglite: new PGlite() });
		const dialect: Dialect = {
			createAdapter: () => inner.createAdapter(),
			createDriver: () => inner.createDriver(),
			createIntrospector: (db) => inner.createIntrospector(db),
			createQueryCompiler: () => inner.createQueryCompiler(),
		};
		const classify = (error: unknown): ErrorKind | undefined =>
			(error as { code?: string }).code === "42P01" ? "outage" : undefined;
		await using database = await openDatabase<Tables>({ dialect, classify });
		await assert.rejects(
			database.db.selectFrom("note").selectAll().execute(),
			isUnavailable,
		);
	});

	test("is one of the sources of a database, and its errors alone are classified", async () => {
		await assert.rejects(
			openDatabase({ url: "sqlite::memory:", classify: () => undefined }),
			/VIV_OPTION: openDatabase\(\): classify is for a dialect/,
		);
		await assert.rejects(
			openDatabase({}),
			/exactly one of url, sqlite, postgres, mysql and dialect, not none/,
		);
		await assert.rejects(
			openDatabase({ dialect: {} as Dialect }),
			/dialect must be an object with createDriver, createAdapter/,
		);
	});
});
