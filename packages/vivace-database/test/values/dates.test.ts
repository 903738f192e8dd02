import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import { compileQuery, type Database, openDatabase } from "../../src/index.ts";
import { engines, type TestedServer } from "../engines.ts";

interface Tables {
	event: { id: number; at: Date; day: Date };
}

const times = [
	"0001-01-01T00:00:00.000Z",
	"0050-06-01T12:00:00.000Z",
	"0099-12-31T23:59:59.000Z",
	"0100-01-01T00:00:00.000Z",
	"1582-10-10T00:00:00.000Z",
	"1969-12-31T23:59:59.000Z",
	"2026-02-28T01:02:03.000Z",
	"9999-12-31T23:59:59.000Z",
];

for (const { name, engine, missing, start } of engines) {
	suite(`dates on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<Tables>;
		before(async () => {
			server = await start();
			database = await openDatabase<Tables>(server.options);
			await sql`create table event (id int primary key, at ${sql.raw(engine === "postgres" ? "timestamptz" : "datetime")} not null, day date not null)`.execute(
				database.db,
			);
			await database.db
				.insertInto("event")
				.values(
					times.map((time, id) => ({
						id,
						at: new Date(time),
						day: new Date(`${time.slice(0, 10)}T00:00:00Z`),
					})),
				)
				.execute();
		});
		after(async () => {
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		const expected = times.map((time) => [time, time.slice(0, 10)]);
		const shown = (rows: readonly { at: Date; day: Date }[]) =>
			rows.map(({ at, day }) => [
				at.toISOString(),
				day.toISOString().slice(0, 10),
			]);

		test("of every year come back as they were stored", async () => {
			const query = database.db.selectFrom("event").selectAll().orderBy("id");
			assert.deepEqual(shown(await query.execute()), expected);
		});

		test("of every year come back from a statement that is prepared, and from a stream", async () => {
			const { db } = database;
			const from = compileQuery(db, ({ id }: { id: number }) =>
				db.selectFrom("event").selectAll().where("id", ">=", id).orderBy("id"),
			);
			assert.deepEqual(shown((await from({ id: 0 })).rows), expected);
			const streamed: { at: Date; day: Date }[] = [];
			for await (const row of db
				.selectFrom("event")
				.selectAll()
				.orderBy("id")
				.stream()) {
				streamed.push(row);
			}
			assert.deepEqual(shown(streamed), expected);
		});

		test("of every year are found by their value", async () => {
			for (const [id, time] of times.entries()) {
				const row = await database.db
					.selectFrom("event")
					.select("id")
					.where("at", "=", new Date(time))
					.executeTakeFirst();
				assert.equal(row?.id, id, time);
			}
		});

		test("keep their milliseconds where the column has them", async () => {
			const column = {
				mysql: "datetime(6)",
				sqlite: "datetime",
				postgres: "timestamp",
			}[engine];
			await sql
				.raw(`create table fine (id int primary key, at ${column})`)
				.execute(database.db);
			await sql`insert into fine values (1, '0050-01-02 03:04:05.678901')`.execute(
				database.db,
			);
			const { rows } = await sql<{ at: Date }>`select at from fine`.execute(
				database.db,
			);
			assert.equal(rows[0]?.at.toISOString(), "0050-01-02T03:04:05.678Z");
		});
	});
}
