import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { MariaDb } from "../../../vivace/test/support/mariadb.ts";
import {
	compileQuery,
	type Database,
	type MysqlOptions,
	openDatabase,
} from "../../src/index.ts";

interface Tables {
	thing: { id: number; text: string };
}

/** A table with one column of each type, and a row of it with values that are hard to carry. */
const everyType = `
	create table every_type (
		id int primary key, tiny tinyint, small smallint unsigned, medium mediumint, big bigint, huge bigint unsigned,
		exact decimal(20, 6), single float, twice double, bits bit(9), flag boolean, day date, moment datetime(3), fine datetime(6),
		stamp timestamp null, hour time, precise time(3), finest time(6), yr year, fixed char(4), text varchar(50), long_text text, kind enum('a', 'b'),
		several set('x', 'y'), bytes varbinary(10), raw blob, doc json, nothing int
	);
	insert into every_type values
		(1, -128, 65535, -8388608, 9007199254740993, 18446744073709551615, 12345678901234.567891, 1.1, 0.1, b'101010101', true,
		'2026-02-28', '2026-01-02 03:04:05.678', '2026-01-02 03:04:05.678901', '2026-01-02 03:04:05', '-12:34:56', '01:02:03.4', '01:02:03.456789', 2026,
		'ab', '北京 😀', repeat('x', 300), 'b', 'x,y', x'00ff10', x'deadbeef', '{"a":[1,null]}', null),
		(2, 0, 0, 0, 0, 0, 0, 16777216, 1e300, b'0', false, '1000-01-01', '9999-12-31 23:59:59.999', '2026-01-02 03:04:05', '1970-01-01 00:00:01',
		'838:59:59', '00:00:00', '-00:00:00.5', 1901, '', '', '', 'a', '', '', '', 'null', null)`;

suite("prepared statements", { skip: MariaDb.missing ?? false }, () => {
	let server: MariaDb;
	before(async () => {
		server = await MariaDb.start();
		await server.root(
			`use ${server.account.database}; ${everyType}; create table thing (id int primary key, text varchar(50)); insert into thing values (1, 'one'), (2, 'two')`,
		);
	});
	after(() => server?.[Symbol.asyncDispose]());

	const open = (options: Partial<MysqlOptions> = {}) =>
		openDatabase<Tables>({ mysql: { ...server.account, size: 1, ...options } });

	const findOf = (db: Kysely<Tables>) =>
		compileQuery(db, ({ id }: { id: number }) =>
			db.selectFrom("thing").select("text").where("id", "=", id),
		);

	async function texts(
		find: ReturnType<typeof findOf>,
		...ids: number[]
	): Promise<string[]> {
		const found: string[] = [];
		for (const id of ids) {
			const { rows } = await find({ id });
			found.push(...rows.map(({ text }) => text));
		}
		return found;
	}

	/** The server's counter for the connections of a database. */
	async function counted(database: Database<Tables>, name: string) {
		const { rows } = await sql<{
			Value: string;
		}>`show session status like ${sql.lit(name)}`.execute(database.db);
		return Number(rows[0]?.Value);
	}

	test("are made of compiled queries, once for each connection, and of no others", async () => {
		await using database = await open();
		const find = findOf(database.db);
		assert.deepEqual(await texts(find, 1, 2, 1), ["one", "two", "one"]);
		await database.db.selectFrom("thing").selectAll().execute();
		assert.equal(await counted(database, "Com_stmt_prepare"), 1);
		assert.equal(await counted(database, "Com_stmt_execute"), 3);
	});

	test("give values of every type as text does", async () => {
		await using database = await open({ size: 2 });
		const text = sql`select * from every_type order by id`;
		const all = compileQuery(database.db, () => ({
			compile: () => text.compile(database.db),
		}));
		const { rows: prepared } = await all({});
		const { rows: plain } = await text.execute(database.db);
		assert.equal(plain.length, 2);
		assert.deepEqual(prepared, plain);
	});

	test("are not used where the option says so", async () => {
		await using database = await open({ preparedStatements: 0 });
		assert.deepEqual(await texts(findOf(database.db), 1, 2), ["one", "two"]);
		assert.equal(await counted(database, "Com_stmt_prepare"), 0);
	});

	test("are closed when there are more than the option says", async () => {
		await using database = await open({ preparedStatements: 2 });
		const { db } = database;
		for (const limit of [1, 2, 3, 4]) {
			const some = compileQuery(db, ({ id }: { id: number }) =>
				db
					.selectFrom("thing")
					.select("text")
					.where("id", "=", id)
					.limit(sql.lit(limit)),
			);
			assert.equal((await some({ id: 1 })).rows.length, 1);
		}
		assert.equal(await counted(database, "Com_stmt_prepare"), 4);
		assert.equal(await counted(database, "Com_stmt_close"), 2);
	});

	test("run as text where the server has no room for them, inside a transaction too", async () => {
		await server.root("set global max_prepared_stmt_count = 0");
		try {
			await using database = await open();
			const { db } = database;
			const find = findOf(db);
			const insert = compileQuery(db, (thing: { id: number; text: string }) =>
				db.insertInto("thing").values({ id: thing.id, text: thing.text }),
			);
			assert.deepEqual(await texts(find, 1), ["one"]);
			await db.transaction().execute(async (trx) => {
				await insert({ id: 3, text: "three" }, trx);
				await insert({ id: 4, text: "four" }, trx);
			});
			assert.deepEqual(await texts(find, 3, 4), ["three", "four"]);
		} finally {
			await server.root("set global max_prepared_stmt_count = default");
		}
	});

	test("go on after the table has changed, and on a new connection", async () => {
		await using database = await open();
		const { db } = database;
		const all = compileQuery(db, ({ id }: { id: number }) =>
			db.selectFrom("thing").selectAll().where("id", "=", id),
		);
		const keys = async () => Object.keys((await all({ id: 1 })).rows[0] ?? {});
		assert.deepEqual(await keys(), ["id", "text"]);
		await server.root(
			`alter table ${server.account.database}.thing add column later int`,
		);
		assert.deepEqual(await keys(), ["id", "text", "later"]);
		for (const { id } of await server.sessions()) {
			await server.root(`kill ${id}`);
		}
		assert.deepEqual(await keys(), ["id", "text", "later"]);
	});

	test("end at the deadline as others do", async () => {
		await using database = await open({ queryTimeoutMs: 200 });
		const { db } = database;
		const wait = compileQuery(db, ({ seconds }: { seconds: number }) =>
			db.selectNoFrom(sql<number>`sleep(${seconds})`.as("slept")),
		);
		await assert.rejects(wait({ seconds: 60 }), { code: "QUERY_TIMEOUT" });
		const { rows } = await wait({ seconds: 0 });
		assert.deepEqual(
			rows.map((row) => ({ ...row })),
			[{ slept: 0 }],
		);
	});
});
