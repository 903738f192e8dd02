import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import { until } from "../../../vivace/test/support/until.ts";
import {
	BindError,
	type Database,
	isDeadlock,
	isDuplicateKey,
	isSafeToRetry,
	isUnavailable,
	openDatabase,
	pgPool,
	withSession,
} from "../../src/index.ts";

interface Tables {
	note: { id: number; text: string };
}

test("pgPool() is refused on other databases, and without the class of a pool", async () => {
	await using other = await openDatabase<Tables>({
		sqlite: { path: ":memory:" },
	});
	await assert.rejects(pgPool(other, pg.Pool).query("select 1"), {
		message: /^VIV_OPTION: pgPool\(\) is for a database of PostgreSQL/,
	});
	assert.throws(() => pgPool(other, class {}), {
		message: /^VIV_OPTION: pgPool\(\): Pool must be the class Pool of "pg"/,
	});
});

suite("pgPool()", { skip: Postgres.missing ?? false }, () => {
	let server: Postgres;
	let database: Database<Tables>;
	let pool: pg.Pool;
	/** The real one, for the comparison. */
	let real: pg.Pool;
	before(async () => {
		server = await Postgres.start();
		await server.root(
			"create table note (id int primary key, text text not null); alter table note owner to app",
			"vivace",
		);
		database = await openDatabase<Tables>({ postgres: server.account });
		pool = pgPool(database, pg.Pool);
		real = new pg.Pool({ ...server.account, options: "-c TimeZone=UTC" });
		real.on("error", () => undefined); // a test ends its sessions too
	});
	after(async () => {
		await real?.end();
		await database?.close();
		await server?.[Symbol.asyncDispose]();
	});

	const stored = async () => {
		const rows = await server.root(
			"select text from note order by id",
			"vivace",
		);
		return rows.map(({ text }) => text);
	};
	const empty = () => server.root("truncate note", "vivace");
	const insert = "insert into note values ($1, $2)";

	test("gives what the pool of pg gives", async () => {
		await empty();
		const date = new Date("2026-01-02T03:04:05.678Z");
		const array = { rowMode: "array" } as const;
		const cases: readonly [pg.QueryConfig | string, unknown[]?][] = [
			["select 1 as a, 'x'::text as b, null as c"],
			["select $1::int as a, $1::int as a", [7]],
			[{ text: "select 1 as a, 2 as a", ...array }],
			[{ text: "select $1::text", values: ["given"] }],
			[{ name: "named", text: "select $1::int + 1", values: [1] }],
			[
				"select $1::int[] a, $2::text[] b",
				[
					[1, 2],
					['a"\\', null, ""],
				],
			],
			["select $1::int[][]", [[[1], [2]]]],
			["select $1::bytea[]", [[Buffer.from([1, 255])]]],
			["select $1::jsonb, $2::json", [{ a: [1] }, JSON.stringify([1])]],
			["select $1::bytea", [Buffer.from([0, 1, 255])]],
			["select $1::bytea", [new Uint8Array([3, 4])]],
			["select $1::timestamptz, $2::bool, $3::int8", [date, true, 9n]],
			["select $1::timestamptz", [new Date("0001-01-01T00:00:00Z")]],
			["select $1::text, $2::text", [undefined, null]],
			[
				"select $1::text",
				[{ toPostgres: (to: (v: unknown) => unknown) => to([1]) }],
			],
			["insert into note values (1, 'a'), (2, 'b')"],
			["update note set text = 'c' where id > 0 returning id"],
			["delete from note"],
			["create temporary table if not exists gone (id int)"],
			["select"],
		];
		for (const [text, values] of cases) {
			await empty();
			const ours = await pool.query(text as string, values);
			await empty();
			const theirs = await real.query(text as string, values);
			const where = JSON.stringify(text);
			assert.deepEqual(ours.rows, theirs.rows, where);
			assert.equal(ours.command, theirs.command, where);
			assert.equal(ours.rowCount, theirs.rowCount, where);
			assert.deepEqual(
				ours.fields.map(({ name, dataTypeID }) => [name, dataTypeID]),
				theirs.fields.map(({ name, dataTypeID }) => [name, dataTypeID]),
				where,
			);
		}
	});

	test("makes values by the parsers that it is given, for the pool or for a statement", async () => {
		const types = { getTypeParser: () => (text: string) => `<${text}>` };
		const own = pgPool(database, pg.Pool, { types });
		assert.deepEqual((await own.query("select 1 as a")).rows, [{ a: "<1>" }]);
		const result = await pool.query({ text: "select 1 as a", types });
		assert.deepEqual(result.rows, [{ a: "<1>" }]);
	});

	test("is a pool for who asks, with its numbers, and closes nothing", async () => {
		assert.ok(pool instanceof pg.Pool);
		const client = await pool.connect();
		assert.equal(pool.totalCount - pool.idleCount, 1);
		assert.equal(pool.waitingCount, 0);
		client.release();
		await pool.end();
		assert.equal((await pool.query("select 1 as a")).rowCount, 1);
	});

	test("gives a connection of its own outside of a session, undone when it is given back inside a transaction", async () => {
		await empty();
		const client = await pool.connect();
		await client.query("begin isolation level serializable");
		await client.query(insert, [1, "kept"]);
		await client.query("commit");
		await client.query("begin");
		await client.query(insert, [2, "lost"]);
		client.release();
		await assert.rejects(async () => client.query("select 1"), /was released/);
		const broken = await pool.connect();
		await broken.query("begin");
		await broken.query(insert, [3, "lost"]);
		broken.release(true);
		assert.deepEqual(await stored(), ["kept"]);
		// the server is told first to end what may run there
		await until(() => database.stats().inUse === 0);
	});

	test("belongs to the session, whose parts are a library's transactions and savepoints", async () => {
		await empty();
		await withSession(database, async ({ db }) => {
			await db.insertInto("note").values({ id: 1, text: "session" }).execute();
			const client = await pool.connect();
			await client.query("BEGIN");
			await client.query(insert, [2, "part"]);
			await client.query('savepoint "S"');
			await client.query(insert, [3, "gone"]);
			await client.query('rollback to savepoint "S"');
			await client.query(insert, [4, "again"]);
			await client.query("savepoint inner");
			await client.query(insert, [5, "inner"]);
			await client.query("release INNER");
			await client.query("commit;");
			await client.query("start transaction read only");
			await client.query("end");
			await client.query("begin");
			await client.query(insert, [6, "undone"]);
			await client.query("rollback");
			client.release();
			const unfinished = await pool.connect();
			await unfinished.query("begin");
			await unfinished.query(insert, [7, "undone"]);
			unfinished.release();
			const { rows } = await pool.query("select count(*)::int n from note");
			assert.deepEqual(rows, [{ n: 4 }]);
			assert.deepEqual(await stored(), []);
		});
		assert.deepEqual(await stored(), ["session", "part", "again", "inner"]);
		await assert.rejects(
			withSession(database, async () => {
				await pool.query(insert, [8, "lost"]);
				throw new Error("no");
			}),
			/^Error: no$/,
		);
		assert.equal((await stored()).length, 4);
	});

	test("a part of a session has no isolation of its own, and savepoints have to be there", async () => {
		await withSession(database, async () => {
			const client = await pool.connect();
			for (const text of [
				"begin isolation level serializable",
				"set transaction isolation level serializable",
				"prepare transaction 'x'",
			]) {
				await assert.rejects(client.query(text), {
					message: /is a part of the session's here/,
				});
			}
			await assert.rejects(client.query("release nothing"), {
				message: "there is no savepoint nothing here.",
			});
			client.release();
		});
	});

	test("transactions that begin at the same time in a session wait for each other", async () => {
		await empty();
		await withSession(database, async () => {
			const one = async (id: number) => {
				const client = await pool.connect();
				await client.query("begin");
				await client.query(insert, [id, `t${id}`]);
				await client.query(id % 2 === 0 ? "rollback" : "commit");
				client.release();
			};
			await Promise.all([1, 2, 3, 4, 5].map(one));
		});
		assert.deepEqual(await stored(), ["t1", "t3", "t5"]);
	});

	test("serves another Kysely object, whose transaction is a part of the session", async () => {
		await empty();
		const other = new Kysely<Tables>({
			dialect: new PostgresDialect({ pool }),
		});
		await withSession(database, async () => {
			await other.transaction().execute(async (trx) => {
				await trx.insertInto("note").values({ id: 1, text: "a" }).execute();
			});
			const trx = await other.startTransaction().execute();
			await trx.insertInto("note").values({ id: 2, text: "b" }).execute();
			await trx.rollback().execute();
		});
		assert.deepEqual(await stored(), ["a"]);
		await other.destroy();
	});

	test("gives errors the fields of pg's, and what they mean is known", async () => {
		await empty();
		await pool.query(insert, [1, "a"]);
		await assert.rejects(
			pool.query(insert, [1, "b"]),
			(error: pg.DatabaseError) => {
				assert.equal(error.code, "23505");
				assert.equal(error.constraint, "note_pkey");
				assert.equal(error.severity, "ERROR");
				assert.ok(isDuplicateKey(error));
				assert.ok(isDuplicateKey(new Error("a library's", { cause: error })));
				// one of the program's is its own affair
				const own = new Error("own", {
					cause: new Error("x", { cause: error }),
				});
				assert.ok(!isDuplicateKey(own));
				return true;
			},
		);
		const raise = (code: string) =>
			pool.query(
				`do $$ begin raise exception 'x' using errcode = '${code}'; end $$`,
			);
		await assert.rejects(raise("40001"), (error) => {
			assert.ok(isDeadlock(error) && isSafeToRetry(error));
			assert.equal((error as pg.DatabaseError).code, "40001");
			return true;
		});
		await assert.rejects(raise("53100"), isUnavailable);
	});

	test("a connection that is lost inside a session is told as such, and may be run again", async () => {
		const lost = withSession(database, async () => {
			await pool.query(insert, [100, "a"]);
			await server.endSessions();
			await pool.query(insert, [101, "b"]);
		});
		await assert.rejects(lost, (error) => {
			assert.ok(isUnavailable(error) && isSafeToRetry(error));
			return true;
		});
	});

	test("refuses what PostgreSQL and a session can't do, in words", async () => {
		const bind = [insert, [1, "a\0b"]] as const;
		await assert.rejects(pool.query(bind[0], [...bind[1]]), BindError);
		await assert.rejects(
			pool.query("select $1::timestamp", [new Date(Number.NaN)]),
			{ message: /an invalid Date/ },
		);
		const anything = pool as unknown as {
			query(...given: unknown[]): Promise<unknown>;
			connect(...given: unknown[]): Promise<unknown>;
		};
		await assert.rejects(
			anything.query("select 1", () => 1),
			{
				message: /leave the callback out/,
			},
		);
		await assert.rejects(
			anything.connect(() => 1),
			{
				message: /leave the callback out/,
			},
		);
		await assert.rejects(anything.query({ submit() {} }), {
			message: /a cursor or a stream of pg can't be read/,
		});
		await assert.rejects(anything.query(null), {
			message: /takes a text or \{ text, values \}, not null/,
		});
	});

	test("statements of raw SQL by Kysely's own object see what the pool has written in the session", async () => {
		await empty();
		await withSession(database, async ({ db }) => {
			await pool.query(insert, [1, "a"]);
			const { rows } = await sql<{
				n: number;
			}>`select count(*)::int n from note`.execute(db);
			assert.deepEqual(rows, [{ n: 1 }]);
		});
	});
});
