import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import {
	BindError,
	type Database,
	type DatabaseError,
	isDuplicateKey,
	isUnavailable,
	retryUnit,
} from "../../src/index.ts";
import {
	engines,
	openEmpty,
	type Tables,
	type TestedServer,
} from "../engines.ts";

for (const { name, engine, missing, start } of engines) {
	suite(`a database on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<Tables>;
		before(async () => {
			server = await start();
			database = await openEmpty(server.options);
		});
		after(async () => {
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		/** Stores a note without a name clash and gives its id. */
		async function store(text: string | null): Promise<number> {
			const insert = database.db.insertInto("note").values({ text });
			if (engine === "mysql") {
				return Number((await insert.executeTakeFirstOrThrow()).insertId);
			}
			return (await insert.returning("id").executeTakeFirstOrThrow()).id;
		}

		async function texts(prefix: string): Promise<(string | null)[]> {
			const rows = await database.db
				.selectFrom("note")
				.select("text")
				.where("text", "like", `${prefix}%`)
				.orderBy("id")
				.execute();
			return rows.map(({ text }) => text);
		}

		test("names its engine and answers a ping", async () => {
			assert.equal(database.engine, engine);
			await database.ping();
		});

		test("gives values back as they were stored", async () => {
			const entry_time = new Date("2026-01-02T03:04:05Z");
			const big = 2n ** 60n + 1n;
			for (const amount of [7, -(2 ** 53) + 1, big]) {
				const { numInsertedOrUpdatedRows } = await database.db
					.insertInto("note")
					.values({ text: null, amount, entry_time })
					.executeTakeFirstOrThrow();
				assert.equal(numInsertedOrUpdatedRows, 1n);
				const row = await database.db
					.selectFrom("note")
					.selectAll()
					.orderBy("id", "desc")
					.limit(1)
					.executeTakeFirstOrThrow();
				assert.deepEqual(row, {
					id: row.id,
					text: null,
					amount,
					entry_time,
				});
			}
		});

		test("stores a number in a text column as its digits", async () => {
			await sql`insert into note (text) values (${12345})`.execute(database.db);
			assert.deepEqual(await texts("12345"), ["12345"]);
		});

		test("keeps the time of the server in UTC", async () => {
			const id = await store("now");
			const { entry_time } = await database.db
				.selectFrom("note")
				.select("entry_time")
				.where("id", "=", id)
				.executeTakeFirstOrThrow();
			const ageMs = Date.now() - entry_time.getTime();
			// A wrong zone would be an hour off, half an hour at the least.
			assert.ok(Math.abs(ageMs) < 1_200_000, entry_time.toISOString());
		});

		test("stores every character of Unicode", async () => {
			await store("unicode 北京 🎼 \\ ' \" \u0001");
			assert.deepEqual(await texts("unicode"), [
				"unicode 北京 🎼 \\ ' \" \u0001",
			]);
		});

		test("refuses what can't be bound and stores nothing", async () => {
			await assert.rejects(
				database.db
					.insertInto("note")
					.values({ text: { not: "text" } as unknown as string })
					.execute(),
				BindError,
			);
			await assert.rejects(
				database.db
					.selectFrom("note")
					.selectAll()
					.where("text", "=", undefined as unknown as string)
					.execute(),
				/parameter 1 of .* is undefined/,
			);
		});

		test("says how many rows were changed", async () => {
			await store("change 1");
			await store("change 2");
			const updated = await database.db
				.updateTable("note")
				.set({ amount: 1 })
				.where("text", "like", "change%")
				.executeTakeFirstOrThrow();
			assert.equal(updated.numUpdatedRows, 2n);
			const deleted = await database.db
				.deleteFrom("note")
				.where("text", "=", "change 1")
				.executeTakeFirstOrThrow();
			assert.equal(deleted.numDeletedRows, 1n);
		});

		test("reports a duplicate key as one, with the stack of who asked", async () => {
			await store("twice");
			async function storeTwice() {
				await store("twice");
			}
			await assert.rejects(
				storeTwice(),
				(error) =>
					isDuplicateKey(error) &&
					/database\.test\.ts/.test((error as Error).stack ?? ""),
			);
		});

		test("commits a transaction that returns and rolls back one that throws", async () => {
			await database.db.transaction().execute(async (trx) => {
				await trx.insertInto("note").values({ text: "tx kept" }).execute();
				const seen = await trx
					.selectFrom("note")
					.select("text")
					.where("text", "=", "tx kept")
					.execute();
				assert.equal(seen.length, 1);
			});
			const reason = new Error("the application's own");
			await assert.rejects(
				database.db.transaction().execute(async (trx) => {
					await trx.insertInto("note").values({ text: "tx lost" }).execute();
					throw reason;
				}),
				reason,
			);
			assert.deepEqual(await texts("tx "), ["tx kept"]);
			assert.equal(database.stats().inUse, 0);
		});

		test("keeps an open transaction to itself", async () => {
			const trx = await database.db.startTransaction().execute();
			await trx.insertInto("note").values({ text: "apart" }).execute();
			assert.deepEqual(await texts("apart"), []);
			await trx.commit().execute();
			assert.deepEqual(await texts("apart"), ["apart"]);
			assert.equal(database.stats().inUse, 0);
		});

		test("goes on with a transaction after a statement that failed, or says that it is lost", async () => {
			await store("clash");
			const work = database.db.transaction().execute(async (trx) => {
				await trx.insertInto("note").values({ text: "clash later" }).execute();
				await assert.rejects(
					trx.insertInto("note").values({ text: "clash" }).execute(),
					isDuplicateKey,
				);
			});
			if (engine === "postgres") {
				await assert.rejects(work, (error: DatabaseError) => {
					assert.equal(error.code, "TRANSACTION_SPOILED");
					assert.ok(isDuplicateKey(error.cause));
					assert.equal(isUnavailable(error), false);
					return true;
				});
				assert.deepEqual(await texts("clash"), ["clash"]);
			} else {
				await work;
				assert.deepEqual(await texts("clash"), ["clash", "clash later"]);
			}
		});

		test("rolls back to a savepoint", async () => {
			const trx = await database.db.startTransaction().execute();
			await trx.insertInto("note").values({ text: "point 1" }).execute();
			const inner = await trx.savepoint("odd `name").execute();
			await inner.insertInto("note").values({ text: "point 2" }).execute();
			await inner.rollbackToSavepoint("odd `name").execute();
			await inner.releaseSavepoint("odd `name").execute();
			await trx.commit().execute();
			assert.deepEqual(await texts("point"), ["point 1"]);
		});

		test("gives a read-only transaction one snapshot and no writes", async () => {
			await store("snapshot 1");
			const trx = await database.db
				.startTransaction()
				.setIsolationLevel("repeatable read")
				.setAccessMode("read only")
				.execute();
			const count = () =>
				trx
					.selectFrom("note")
					.select((all) => all.fn.countAll<number>().as("count"))
					.executeTakeFirstOrThrow();
			const first = await count();
			await store("snapshot 2");
			assert.deepEqual(await count(), first);
			await assert.rejects(
				trx.insertInto("note").values({ text: "refused" }).execute(),
				/read.?only/i,
			);
			await trx.rollback().execute();
			assert.deepEqual(await texts("refused"), []);
		});

		test("runs statements of one transaction in order, also when they are not awaited", async () => {
			await database.db.transaction().execute((trx) =>
				Promise.all(
					[1, 2, 3, 4].map((number) =>
						trx
							.insertInto("note")
							.values({ text: `parallel ${number}` })
							.execute(),
					),
				),
			);
			assert.deepEqual(await texts("parallel"), [
				"parallel 1",
				"parallel 2",
				"parallel 3",
				"parallel 4",
			]);
		});

		test("never mixes forty transactions, every fourth of which fails", async () => {
			const numbers = Array.from({ length: 40 }, (_, index) => index);
			const outcomes = await Promise.allSettled(
				numbers.map((number) =>
					retryUnit(() =>
						database.db.transaction().execute(async (trx) => {
							for (const part of ["a", "b"]) {
								await trx
									.insertInto("note")
									.values({ text: `mix ${number} ${part}` })
									.execute();
							}
							if (number % 4 === 0) {
								throw new Error(`no ${number}`);
							}
						}),
					),
				),
			);
			assert.equal(
				outcomes.filter(({ status }) => status === "rejected").length,
				10,
			);
			assert.deepEqual(
				(await texts("mix ")).toSorted(),
				numbers
					.filter((number) => number % 4 !== 0)
					.flatMap((number) => [`mix ${number} a`, `mix ${number} b`])
					.toSorted(),
			);
			assert.equal(database.stats().inUse, 0);
			assert.equal(database.stats().waiting, 0);
		});

		test("isolates writes that arrive together: one that fails does not touch the others", async () => {
			const outcomes = await Promise.allSettled(
				["one", "two", "one", "three"].map((text) => store(`group ${text}`)),
			);
			assert.equal(
				outcomes.filter(({ status }) => status === "rejected").length,
				1,
			);
			assert.deepEqual((await texts("group ")).toSorted(), [
				"group one",
				"group three",
				"group two",
			]);
		});

		test("streams rows, and a consumer may stop early", async () => {
			const rows = Array.from({ length: 1_200 }, (_, index) => ({
				text: `stream ${index}`,
				amount: 2n ** 60n,
			}));
			await database.db.insertInto("note").values(rows).execute();
			const query = database.db
				.selectFrom("note")
				.select(["text", "amount", "entry_time"])
				.where("text", "like", "stream %")
				.orderBy("id");
			let count = 0;
			for await (const row of query.stream(100)) {
				assert.equal(row.text, `stream ${count++}`);
				assert.equal(row.amount, 2n ** 60n);
				assert.ok(row.entry_time instanceof Date);
			}
			assert.equal(count, 1_200);
			for await (const row of query.stream(7)) {
				assert.equal(row.text, "stream 0");
				break;
			}
			await database.ping();
			assert.equal(database.stats().inUse, 0);
		});

		test("sees a change of the schema at once", async () => {
			await database.db.schema
				.createTable("changing")
				.addColumn("a", "integer")
				.execute();
			const select = sql<object>`select * from changing`;
			await sql`insert into changing values (1)`.execute(database.db);
			assert.deepEqual((await select.execute(database.db)).rows, [{ a: 1 }]);
			await database.db.schema
				.alterTable("changing")
				.addColumn("b", "integer")
				.execute();
			assert.deepEqual((await select.execute(database.db)).rows, [
				{ a: 1, b: null },
			]);
			await database.db.schema.dropTable("changing").execute();
		});

		test("refuses statements after it was closed", async () => {
			await using other = await openEmpty(server.options);
			await other.close();
			await other.close();
			await assert.rejects(other.ping(), { code: "POOL_CLOSED" });
			await assert.rejects(
				other.db.insertInto("note").values({ text: "late" }).execute(),
				{ code: "POOL_CLOSED" },
			);
			await assert.rejects(other.db.selectFrom("note").selectAll().execute(), {
				code: "POOL_CLOSED",
			});
			assert.equal(other.stats().open, 0);
		});
	});
}

test("runs a unit again where that is safe only, five times at most", async () => {
	const deadlock = Object.assign(new Error("deadlock"), { errno: 1213 });
	let runs = 0;
	const unit = (failures: number, error: Error) => async () => {
		runs++;
		if (runs <= failures) {
			throw error;
		}
		return runs;
	};
	assert.equal(await retryUnit(unit(4, deadlock)), 5);
	runs = 0;
	await assert.rejects(retryUnit(unit(9, deadlock)), deadlock);
	assert.equal(runs, 5);
	runs = 0;
	await assert.rejects(retryUnit(unit(1, new Error("other"))), /other/);
	assert.equal(runs, 1);
});
