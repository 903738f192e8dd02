import assert from "node:assert/strict";
import { test } from "node:test";
import { type Kysely, sql } from "kysely";
import { MariaDb } from "../../../vivace/test/support/mariadb.ts";
import { migrate, openDatabase } from "../../src/index.ts";

interface Tables {
	note: { id: number; text: string };
}

const migrations = {
	"001": {
		// biome-ignore lint/suspicious/noExplicitAny: a migration is of any tables
		up: (db: Kysely<any>) =>
			db.schema
				.createTable("note")
				.addColumn("id", "integer", (column) => column.primaryKey())
				.addColumn("text", "varchar(100)")
				.execute(),
	},
};
const music = "🎼 é 北京";

test("a schema that can't hold all text is told, and the tables of migrations hold it all the same", {
	skip: MariaDb.missing ?? false,
}, async () => {
	await using server = await MariaDb.start(["--character-set-server=latin1"]);
	const lines: string[] = [];
	const open = () =>
		openDatabase<Tables>({
			mysql: { ...server.account, log: (line) => void lines.push(line) },
		});
	{
		await using database = await open();
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/"vivace" has the character set latin1.*alter/,
		);
		await migrate(database, migrations);
		const { db } = database;
		await db.insertInto("note").values({ id: 1, text: music }).execute();
		const { text } = await db
			.selectFrom("note")
			.select("text")
			.executeTakeFirstOrThrow();
		assert.equal(text, music);
		await db.schema
			.createTable("own")
			.addColumn("text", "varchar(10)")
			.modifyEnd(sql`charset=ascii`)
			.execute();
	}
	await server.root(
		"alter database vivace character set utf8mb4 collate utf8mb4_bin",
	);
	lines.length = 0;
	await using database = await open();
	assert.deepEqual(lines, []);
	const { db } = database;
	await db.schema
		.createTable("later")
		.addColumn("text", "varchar(10)")
		.execute();
	const { rows } = await sql<{ name: string; collation: string }>`
		select table_name as name, table_collation as collation from information_schema.tables
		where table_schema = database() and table_name in ('later', 'own') order by 1`.execute(
		db,
	);
	assert.deepEqual(rows, [
		{ name: "later", collation: "utf8mb4_bin" },
		{ name: "own", collation: "ascii_general_ci" },
	]);
});
