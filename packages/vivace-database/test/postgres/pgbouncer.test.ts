import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { PgBouncer } from "../../../vivace/test/support/pgbouncer.ts";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import {
	compileQuery,
	openDatabase,
	type PostgresOptions,
	withSession,
} from "../../src/index.ts";

interface Tables {
	note: { id: number; text: string };
}

const missing = Postgres.missing ?? PgBouncer.missing;

suite("behind PgBouncer in transaction mode", {
	skip: missing ?? false,
}, () => {
	let server: Postgres;
	let bouncer: PgBouncer;
	before(async () => {
		server = await Postgres.start();
		await server.root(
			"create table note (id int primary key, text text not null); alter table note owner to app",
			"vivace",
		);
		bouncer = await PgBouncer.start(server, 3);
	});
	after(async () => {
		await bouncer?.[Symbol.asyncDispose]();
		await server?.[Symbol.asyncDispose]();
	});

	const open = (options: Partial<PostgresOptions> = {}) =>
		openDatabase<Tables>({
			postgres: {
				...bouncer.account,
				transactionPooling: true,
				...options,
			},
		});
	const empty = () => server.root("truncate note", "vivace");

	test("many connections share few sessions, and transactions stay whole", async () => {
		await empty();
		await using database = await open({ size: 20 });
		const one = (id: number) =>
			withSession(database, async ({ db }) => {
				await db.insertInto("note").values({ id, text: "a" }).execute();
				await db
					.updateTable("note")
					.set({ text: `b${id}` })
					.where("id", "=", id)
					.execute();
				if (id % 3 === 0) {
					throw new Error("undone");
				}
			});
		const ids = Array.from({ length: 60 }, (_, index) => index + 1);
		const results = await Promise.allSettled(ids.map(one));
		assert.equal(
			results.filter(({ status }) => status === "fulfilled").length,
			40,
		);
		const rows = await database.db.selectFrom("note").selectAll().execute();
		assert.equal(rows.length, 40);
		assert.ok(rows.every(({ id, text }) => text === `b${id}` && id % 3 !== 0));
		assert.ok((await server.sessions()).length <= 3);
	});

	test("a query that is compiled once runs on whichever session it gets", async () => {
		await empty();
		await using database = await open();
		const find = compileQuery(database.db, ({ id }: { id: number }) =>
			database.db.selectFrom("note").selectAll().where("id", "=", id),
		);
		await database.db.insertInto("note").values({ id: 1, text: "a" }).execute();
		const found = await Promise.all(
			Array.from({ length: 30 }, () => find({ id: 1 })),
		);
		assert.ok(found.every(({ rows }) => rows[0]?.text === "a"));
		// lists and objects are asked about first, in an exchange of their own
		const { rows } = await sql<{ a: number[]; j: unknown }>`
			select ${[1, 2]}::int[] a, ${{ b: 1 }}::jsonb j`.execute(database.db);
		assert.deepEqual(rows, [{ a: [1, 2], j: { b: 1 } }]);
	});

	test("dates and intervals are the same on a session that others have set up, and nothing is set for them", async () => {
		await using database = await open({ size: 6, openAhead: 6 });
		// another program, which knows nothing of us
		const other = new pg.Pool({ ...bouncer.account, max: 3 });
		const values = sql<Record<string, unknown>>`
			select timestamptz '2026-01-02 03:04:05.6+02' t, interval '1 year 2 mons -3 days 04:05:06.7' i, date '2026-01-02' d,
				pg_sleep(0.05) is null s, current_setting('TimeZone') z`;
		await Promise.all(
			[1, 2, 3].map(() => other.query("set timezone = 'Asia/Tokyo'")),
		);
		const rows = await Promise.all(
			Array.from({ length: 6 }, () => values.execute(database.db)),
		);
		for (const {
			rows: [row],
		} of rows) {
			assert.deepEqual(row, {
				t: new Date("2026-01-02T01:04:05.600Z"),
				i: "P1Y2M-3DT4H5M6.7S",
				d: new Date("2026-01-02"),
				s: false,
				z: "UTC",
			});
		}
		const seen = await Promise.all(
			[1, 2, 3].map(() =>
				other.query(
					"select pg_sleep(0.05), current_setting('statement_timeout') a, current_setting('lock_timeout') b, current_setting('search_path') c, current_setting('TimeZone') z",
				),
			),
		);
		for (const { rows } of seen) {
			assert.equal(rows[0].a, "0");
			assert.equal(rows[0].b, "0");
			assert.equal(rows[0].c, '"$user", public');
		}
		await other.end();
	});

	test("intervals in the server's own style are read as in ISO 8601", async () => {
		await using database = await open();
		await using direct = await openDatabase<Tables>({
			postgres: server.account,
		});
		for (const text of [
			"0",
			"1 year",
			"-14 months",
			"2 days -3 hours",
			"-1 day 00:00:00.000001",
			"1 mon -1 day -100:20:30.5",
			"-0.5 seconds",
			"999 years 11 mons 30 days 23:59:59.999999",
		]) {
			const query = sql`select ${text}::interval i, array[${text}::interval] l`;
			const { rows } = await query.execute(database.db);
			assert.deepEqual(rows, (await query.execute(direct.db)).rows, text);
		}
		await assert.rejects(
			withSession(database, async ({ db }) => {
				await sql`set local intervalstyle = postgres_verbose`.execute(db);
				await sql`select interval '1 day'`.execute(db);
			}),
			{ message: /IntervalStyle = iso_8601/ },
		);
	});

	test("a statement that outlasts its limit is ended on the server, and a stream is read to its end", async () => {
		await using database = await open({ queryTimeoutMs: 200 });
		await assert.rejects(sql`select pg_sleep(30)`.execute(database.db), {
			code: "QUERY_TIMEOUT",
		});
		const isAsleep = async () =>
			(await server.sessions()).some(
				({ command, info }) => command === "active" && info.includes("30"),
			);
		while (await isAsleep()) {
			await sleep(10);
		}
		let count = 0;
		const series = sql<{ n: number }>`generate_series(1, 1000)`;
		await withSession(
			database,
			async ({ db }) => {
				const stream = db
					.selectFrom(series.as<"n">(sql`s(n)`))
					.select("n")
					.stream(100);
				for await (const { n } of stream) {
					count += n > 0 ? 1 : 0;
				}
			},
			{ snapshot: true },
		);
		assert.equal(count, 1000);
	});

	test("what such a proxy can't keep for a session is refused", async () => {
		for (const options of [
			{ searchPath: "app" },
			{ onConnect: ["set role reader"] },
			{ lockWaitTimeoutMs: 100 },
		]) {
			const [name = ""] = Object.keys(options);
			await assert.rejects(open(options), {
				message: new RegExp(
					`^VIV_OPTION: postgres\\.${name} is set for a session, .* with transactionPooling`,
				),
			});
		}
	});
});
