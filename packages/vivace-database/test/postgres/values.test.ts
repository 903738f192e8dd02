import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import {
	BindError,
	compileQuery,
	type Database,
	openDatabase,
} from "../../src/index.ts";

/** A column's type, a value that is bound, and the value that comes back, if that is another one. */
const values: readonly (readonly [
	type: string,
	bound: unknown,
	read?: unknown,
])[] = [
	["smallint", -32_768],
	["integer", 2_147_483_647],
	["bigint", 9_007_199_254_740_991],
	["bigint", 9_007_199_254_740_993n],
	["bigint", -(2n ** 63n)],
	["bigint", 5n, 5],
	["numeric", "12345678901234567890.123456789"],
	["numeric(10, 2)", 1.5, "1.50"],
	["real", 0.1],
	["double precision", 1.7976931348623157e308],
	["boolean", true],
	["boolean", false],
	["text", "é 北京 🎼 \\ ' \" \u0001 $1"],
	["varchar(5)", ""],
	["uuid", "019c1b2e-7d6a-7bb1-9d5a-3a0c9d1c5f00"],
	["bytea", Buffer.from([0, 1, 255, 0x5c])],
	["bytea", new Uint8Array([7]), Buffer.from([7])],
	["date", new Date("0001-01-01T00:00:00Z")],
	["date", new Date("9999-12-31T00:00:00Z")],
	["timestamp", new Date("0050-06-01T12:00:00.123Z")],
	["timestamptz", new Date("9999-12-31T23:59:59.999Z")],
	[
		"timestamptz",
		"2026-03-29T01:30:00+02:00",
		new Date("2026-03-28T23:30:00Z"),
	],
	["time", "23:59:59.123456"],
	["interval", "1 year 2 months 3 days 04:05:06.789", "P1Y2M3DT4H5M6.789S"],
	["json", { a: [1, null, "x"], b: { c: true } }],
	["jsonb", [1, { a: 2 }]],
	["jsonb", '"text"', "text"],
	["integer[]", [1, null, 3]],
	[
		"integer[]",
		[
			[1, 2],
			[3, 4],
		],
	],
	["text[]", ["", "NULL", 'a"b\\c', "{}", "é,"]],
	["text[]", []],
	["bigint[]", [1, 9_007_199_254_740_993n]],
	["timestamptz[]", [new Date("2026-01-02T03:04:05.678Z")]],
	["jsonb[]", [{ a: 1 }, [2]]],
	["bytea[]", [Buffer.from([0, 255])]],
	["uuid[]", ["019c1b2e-7d6a-7bb1-9d5a-3a0c9d1c5f00"]],
	["mood", "fine"],
	["mood[]", ["fine", "so so"]],
	["email", "ada@example.org"],
	["int4range", "[1,3)"],
	["point", "(1,2)"],
	["inet", "10.0.0.1"],
	["text", null],
	["integer[]", null],
];

suite("values on PostgreSQL", { skip: Postgres.missing ?? false }, () => {
	let server: Postgres;
	let database: Database<{ [table: string]: { [column: string]: unknown } }>;
	before(async () => {
		server = await Postgres.start();
		database = await openDatabase({ postgres: server.account });
		await sql`create type mood as enum ('fine', 'so so')`.execute(database.db);
		await sql`create domain email as text check (value like '%@%')`.execute(
			database.db,
		);
	});
	after(async () => {
		await database?.close();
		await server?.[Symbol.asyncDispose]();
	});

	for (const [index, [type, bound, read = bound]] of values.entries()) {
		test(`of ${type} come back as they were bound, prepared and streamed too (${index})`, async () => {
			const { db } = database;
			const table = `value_${index}`;
			await sql.raw(`create table ${table} (id int, v ${type})`).execute(db);
			await db.insertInto(table).values({ id: 1, v: bound }).execute();
			const query = db.selectFrom(table).select("v").where("id", "=", 1);
			const prepared = compileQuery(db, ({ id }: { id: number }) =>
				db.selectFrom(table).select("v").where("id", "=", id),
			);
			const streamed: unknown[] = [];
			for await (const row of query.stream()) {
				streamed.push(row);
			}
			for (const rows of [
				streamed,
				await query.execute(),
				(await prepared({ id: 1 })).rows,
				(await prepared({ id: 1 })).rows,
			]) {
				assert.deepEqual(rows, [{ v: read }]);
			}
		});
	}

	test("that no column can have are refused, and nothing is rounded", async () => {
		const { db } = database;
		await sql`create table strict (n integer, at timestamptz, list text[], doc jsonb, t text)`.execute(
			db,
		);
		const insert = (row: Record<string, unknown>) =>
			db.insertInto("strict").values(row).execute();
		await assert.rejects(insert({ n: 1.5 }), { code: "22P02" });
		await assert.rejects(insert({ n: 2 ** 40 }), { code: "22003" });
		await assert.rejects(insert({ n: { a: 1 } }), BindError);
		await assert.rejects(insert({ t: ["a"] }), BindError);
		await assert.rejects(
			insert({ t: "a\0b" }),
			/BIND_VALUE: .* a text with a NUL character/,
		);
		await assert.rejects(insert({ list: ["\0"] }), BindError);
		await assert.rejects(insert({ list: { a: 1 } }), BindError);
		await assert.rejects(insert({ list: ["a", undefined] }), BindError);
		await assert.rejects(insert({ n: Number.NaN }), BindError);
		await assert.rejects(
			sql`insert into strict (t) values (${undefined})`.execute(db),
			BindError,
		);
		for (const time of ["-000001-01-01T00:00:00Z", "+010000-01-01T00:00:00Z"]) {
			await assert.rejects(insert({ at: new Date(time) }), BindError);
		}
		assert.deepEqual(await db.selectFrom("strict").selectAll().execute(), []);
	});

	test("of times keep their microseconds for who sorts by them, and infinity is no time", async () => {
		const { rows } = await sql<{ [name: string]: Date }>`select
			timestamptz '2026-01-02 03:04:05.678901+02' as fine, timestamptz 'infinity' as never, date '0044-03-15 BC' as ides`.execute(
			database.db,
		);
		const [row] = rows;
		assert.equal(row?.fine?.toISOString(), "2026-01-02T01:04:05.678Z");
		const exact = Object.getOwnPropertySymbols(row?.fine ?? {}).map(
			(symbol) => (row?.fine as never)?.[symbol],
		);
		assert.deepEqual(exact, ["2026-01-02 01:04:05.678901+00"]);
		assert.ok(Number.isNaN(row?.never?.getTime()));
		assert.equal(row?.ides?.toISOString(), "-000043-03-15T00:00:00.000Z");
	});

	test("are counted by the statement that changed them", async () => {
		const { db } = database;
		await sql`create table counted (n integer)`.execute(db);
		const inserted = await db
			.insertInto("counted")
			.values([{ n: 1 }, { n: 2 }, { n: 3 }])
			.executeTakeFirst();
		assert.equal(inserted.numInsertedOrUpdatedRows, 3n);
		const updated = await db
			.updateTable("counted")
			.set({ n: 5 })
			.where("n", ">", 1)
			.executeTakeFirst();
		assert.equal(updated.numUpdatedRows, 2n);
		const deleted = await db.deleteFrom("counted").returning("n").execute();
		assert.equal(deleted.length, 3);
	});
});

suite("prepared statements on PostgreSQL", {
	skip: Postgres.missing ?? false,
}, () => {
	let server: Postgres;
	before(async () => {
		server = await Postgres.start();
	});
	after(() => server?.[Symbol.asyncDispose]());

	interface Tables {
		thing: { id: number };
	}

	const namesIn = async ({ db }: Database<Tables>) =>
		(
			await sql<{
				statement: string;
			}>`select statement from pg_prepared_statements where statement like '%thing%' order by 1`.execute(
				db,
			)
		).rows.map(({ statement }) => statement);

	for (const preparedStatements of [2, 0]) {
		test(`are kept up to the limit of ${preparedStatements}, and survive a change of the schema and a refusal`, async () => {
			await using database = await openDatabase<Tables>({
				postgres: { ...server.account, size: 1, preparedStatements },
			});
			const { db } = database;
			await sql`drop table if exists thing`.execute(db);
			await sql`create table thing (id int primary key)`.execute(db);
			const all = compileQuery(db, () => db.selectFrom("thing").selectAll());
			const insert = compileQuery(db, ({ id }: { id: number }) =>
				db.insertInto("thing").values({ id }),
			);
			const first = compileQuery(db, () =>
				db.selectFrom("thing").selectAll().limit(1),
			);
			for (const id of [1, 2]) {
				await insert({ id });
				await assert.rejects(insert({ id }), { kind: "duplicateKey" });
				assert.equal((await all({})).rows.length, id);
				assert.equal((await first({})).rows.length, 1);
			}
			assert.equal((await namesIn(database)).length, preparedStatements);
			await sql`alter table thing add column more text`.execute(db);
			assert.deepEqual((await all({})).rows[0], { id: 1, more: null });
			await sql`deallocate all`.execute(db);
			assert.deepEqual((await all({})).rows[1], { id: 2, more: null });
		});
	}
});
