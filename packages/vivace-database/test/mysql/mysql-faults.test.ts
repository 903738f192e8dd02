import assert from "node:assert/strict";
import { after, before, beforeEach, suite, test } from "node:test";
import { sql } from "kysely";
import { MariaDb } from "../../../vivace/test/support/mariadb.ts";
import { TcpProxy } from "../../../vivace/test/support/tcp-proxy.ts";
import { until } from "../../../vivace/test/support/until.ts";
import {
	type Database,
	isNotExecuted,
	isOutcomeUnknown,
	isUnavailable,
	type MysqlOptions,
	openDatabase,
} from "../../src/index.ts";
import { openEmpty, type Tables } from "../engines.ts";
import { patiently } from "../patiently.ts";

suite("a pool over a MariaDB that misbehaves", {
	skip: MariaDb.missing ?? false,
}, () => {
	let server: MariaDb;
	before(async () => {
		server = await MariaDb.start(["--max-connections=30"]);
		await using database = await openEmpty({ mysql: server.account });
		await database.ping();
	});
	after(() => server?.[Symbol.asyncDispose]());
	beforeEach(() => until(async () => (await server.sessions()).length === 0));

	const open = (
		options: Partial<MysqlOptions> = {},
	): Promise<Database<Tables>> =>
		openDatabase<Tables>({ mysql: { ...server.account, ...options } });

	const select = ({ db }: Database<Tables>) =>
		sql<{ one: number }>`select 1 as one`.execute(db);

	const sleep = ({ db }: Database<Tables>, seconds: number) =>
		sql`select sleep(${seconds})`.execute(db);

	/** Fills the pool: `count` statements at once, all of which have begun. */
	async function occupy(database: Database<Tables>, count: number) {
		const transactions = await Promise.all(
			Array.from({ length: count }, () =>
				patiently(() => database.db.startTransaction().execute()),
			),
		);
		return {
			async release() {
				for (const trx of transactions) {
					await trx.rollback().execute();
				}
			},
		};
	}

	async function kill(filter: (session: { command: string }) => boolean) {
		for (const session of (await server.sessions()).filter(filter)) {
			await server.root(`kill ${session.id}`);
		}
	}

	test("warns when all processes together may want more connections than the server takes", async () => {
		const lines: string[] = [];
		const log = (line: string) => lines.push(line);
		await using _ = await open({ size: 8, processes: 4, log });
		await using _other = await open({ size: 7, processes: 4, log });
		assert.deepEqual(lines, [
			"the server takes 30 connections (max_connections), and 4 processes want up to 32: make mysql.size smaller, max_connections larger, or put a proxy in between.",
		]);
	});

	test("sets up every session: UTC, strict, a bounded wait for locks and for statements", async () => {
		await using database = await open({ lockWaitTimeoutMs: 3_000 });
		const { rows } = await sql`select @@time_zone as zone,
			@@innodb_lock_wait_timeout as lock_wait, @@max_statement_time + 0 as statement_time,
			@@character_set_client as charset,
			find_in_set('STRICT_TRANS_TABLES', @@sql_mode) > 0 as strict`.execute(
			database.db,
		);
		assert.deepEqual(rows, [
			{
				zone: "+00:00",
				lock_wait: 3,
				statement_time: 11,
				charset: "utf8mb4",
				strict: 1,
			},
		]);
	});

	test("opens connections ahead, each of which runs the program's own statements first", async () => {
		await using database = await open({
			size: 4,
			openAhead: 3,
			onConnect: ["set @tenant = 'blue'"],
		});
		assert.equal(database.stats().idle, 3);
		const { rows } = await sql`select @tenant as tenant`.execute(database.db);
		assert.deepEqual(rows, [{ tenant: "blue" }]);
	});

	test("replaces idle connections that were killed, and no caller notices", async () => {
		await using database = await open({ size: 5 });
		await (await occupy(database, 5)).release();
		assert.equal(database.stats().idle, 5);
		await kill(() => true);
		await until(() => database.stats().open === 0);
		await Promise.all(Array.from({ length: 20 }, () => select(database)));
		assert.ok(database.stats().open <= 5);
	});

	test("repeats a read whose connection was killed under it, and nothing else", async () => {
		await using database = await open({ size: 1 });
		const slow = database.db
			.selectNoFrom(sql<number>`sleep(1000)`.as("slept"))
			.execute();
		const rejected = assert.rejects(slow, isOutcomeUnknown);
		// Killed twice: the second time is the repeated read, which is not repeated again.
		for (const _ of [1, 2]) {
			await until(async () => (await running()).length === 1);
			const [first] = await running();
			await server.root(`kill ${first?.id}`);
			await until(async () =>
				(await running()).every(({ id }) => id !== first?.id),
			);
		}
		await rejected;

		const write = sql`insert into note (text) select sleep(1000)`.execute(
			database.db,
		);
		const writeRejected = assert.rejects(write, isOutcomeUnknown);
		await until(async () => (await running()).length === 1);
		await kill(({ command }) => command === "Query");
		await writeRejected;
		await select(database);
		assert.equal(database.stats().inUse, 0);
	});

	const running = async () =>
		(await server.sessions()).filter(({ info }) =>
			info?.includes("sleep(1000)"),
		);

	test("fails the rest of a transaction whose connection was killed, and goes on", async () => {
		await using database = await open({ size: 2 });
		const trx = await database.db.startTransaction().execute();
		await trx.insertInto("note").values({ text: "lost" }).execute();
		await kill(() => true);
		await until(async () => (await server.sessions()).length === 0);
		await assert.rejects(
			trx.insertInto("note").values({ text: "lost too" }).execute(),
			isUnavailable,
		);
		await assert.rejects(
			trx.insertInto("note").values({ text: "lost as well" }).execute(),
			{ code: "CONNECTION_LOST" },
		);
		await trx.rollback().execute();
		const rows = await database.db
			.selectFrom("note")
			.select("text")
			.where("text", "like", "lost%")
			.execute();
		assert.deepEqual(rows, []);
		assert.equal(database.stats().inUse, 0);
	});

	test("shows the application's own error when the rollback fails", async () => {
		await using database = await open({ size: 2 });
		const reason = new Error("the application's own");
		await assert.rejects(
			database.db.transaction().execute(async () => {
				await kill(() => true);
				throw reason;
			}),
			reason,
		);
		await select(database);
	});

	test("never lends a connection that is inside somebody's transaction", async () => {
		await using database = await open({ size: 1 });
		await sql`start transaction`.execute(database.db);
		const { rows } = await sql`select @@in_transaction as inside`.execute(
			database.db,
		);
		assert.deepEqual(rows, [{ inside: 0 }]);
	});

	test("lends connections first come, first served", async () => {
		await using database = await open({ size: 1 });
		const holders = await occupy(database, 1);
		const order: number[] = [];
		const served = Array.from({ length: 10 }, async (_, index) => {
			await select(database);
			order.push(index);
		});
		await until(() => database.stats().waiting === 10);
		await holders.release();
		await Promise.all(served);
		assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});

	test("bounds the wait", async () => {
		await using database = await patiently(() =>
			open({ size: 2, acquireTimeoutMs: 100 }),
		);
		const holders = await occupy(database, 2);
		const refused = Array.from({ length: 4 }, () =>
			assert.rejects(
				select(database),
				/POOL_TIMEOUT: all 2 connections to 127\.0\.0\.1:\d+ were in use for 100 ms/,
			),
		);
		await Promise.all(refused);
		assert.equal(database.stats().waiting, 0);
		await holders.release();
		await patiently(() => select(database));
	});

	test("bounds the queue", async () => {
		await using database = await open({ size: 1, queueLimit: 3 });
		const holders = await occupy(database, 1);
		const waiting = [1, 2, 3].map(() => select(database));
		await until(() => database.stats().waiting === 3);
		await assert.rejects(select(database), { code: "POOL_QUEUE_FULL" });
		await holders.release();
		await Promise.all(waiting);
	});

	test("ends a statement past its deadline on the server, too", async () => {
		await using database = await patiently(() =>
			open({ size: 2, queryTimeoutMs: 100 }),
		);
		await assert.rejects(
			sleep(database, 1000),
			(error) =>
				isOutcomeUnknown(error) &&
				/QUERY_TIMEOUT: "select sleep\(\?\)" took longer than 100 ms/.test(
					String(error),
				),
		);
		await until(async () =>
			(await server.sessions()).every(({ info }) => !info?.includes("sleep")),
		);
		await patiently(() => select(database));
		assert.equal(database.stats().inUse, 0);
	});

	test("ends a statement past its deadline inside a transaction", async () => {
		await using database = await patiently(() =>
			open({ size: 2, queryTimeoutMs: 100 }),
		);
		await assert.rejects(
			database.db.transaction().execute(async (trx) => {
				await trx.insertInto("note").values({ text: "too slow" }).execute();
				await sql`select sleep(1000)`.execute(trx);
			}),
			{ code: "QUERY_TIMEOUT" },
		);
		await until(async () => (await running()).length === 0);
		const rows = await patiently(() =>
			database.db
				.selectFrom("note")
				.selectAll()
				.where("text", "=", "too slow")
				.execute(),
		);
		assert.deepEqual(rows, []);
	});

	test("counts each statement's own time, not that of those before it", async () => {
		await using database = await open({ size: 1, queryTimeoutMs: 1_500 });
		await database.db
			.transaction()
			.execute((trx) =>
				Promise.all(
					Array.from({ length: 4 }, () => sql`select sleep(0.5)`.execute(trx)),
				),
			);
	});

	test("ends a statement whose caller has gone", async () => {
		await using database = await open({ size: 2 });
		for (const strategy of ["cancel query", "kill session"] as const) {
			const caller = new AbortController();
			const rejected = assert.rejects(
				database.db.selectNoFrom(sql<number>`sleep(1000)`.as("slept")).execute({
					signal: caller.signal,
					inflightQueryAbortStrategy: strategy,
				}),
			);
			await until(async () => (await running()).length === 1);
			caller.abort(new Error("gone"));
			await rejected;
			await until(async () => (await running()).length === 0);
			await until(() => database.stats().inUse === 0);
		}
		await select(database);
	});

	test("does not wait for a network that stalls, and works again when it heals", async () => {
		await using proxy = await TcpProxy.start(server.port);
		await using database = await patiently(() =>
			open({
				port: proxy.port,
				size: 4,
				queryTimeoutMs: 200,
				acquireTimeoutMs: 600,
				connectTimeoutMs: 200,
				closeTimeoutMs: 100,
			}),
		);
		await (await occupy(database, 4)).release();
		proxy.stall();
		const outcomes = await Promise.allSettled(
			Array.from({ length: 8 }, () => select(database)),
		);
		for (const outcome of outcomes) {
			assert.ok(
				outcome.status === "rejected" && isUnavailable(outcome.reason),
				JSON.stringify(outcome),
			);
		}
		proxy.heal();
		await Promise.all(
			Array.from({ length: 8 }, () => patiently(() => select(database))),
		);
		assert.equal(database.stats().inUse, 0);
	});

	test("replaces idle connections that a firewall dropped in silence", async () => {
		await using proxy = await TcpProxy.start(server.port);
		await using database = await open({
			port: proxy.port,
			size: 5,
			validateAfterMs: 0,
			pingTimeoutMs: 100,
		});
		await (await occupy(database, 5)).release();
		assert.equal(database.stats().idle, 5);
		proxy.forget();
		await Promise.all(Array.from({ length: 12 }, () => select(database)));
		// One caller alone does not find them dead one after the other.
		assert.ok(database.stats().open <= 5);
	});

	test("waits for room on a server with too many connections", async () => {
		const others = await Promise.all(
			Array.from({ length: 28 }, () => open({ size: 1 })),
		);
		await using database = await open({ size: 10 });
		const work = Array.from({ length: 64 }, () => sleep(database, 0.001));
		await Promise.all(work);
		assert.ok(database.stats().open < 10);
		await Promise.all(others.map((other) => other.close()));
	});

	for (const signal of ["SIGTERM", "SIGKILL"] as const) {
		test(`loses no acknowledged row when the server is restarted by ${signal}`, async () => {
			await using database = await open({ acquireTimeoutMs: 30_000 });
			await database.db.deleteFrom("note").execute();
			const acknowledged: string[] = [];
			const errors: unknown[] = [];
			let isOver = false;
			const writer = async (name: number) => {
				for (let round = 0; !isOver; round++) {
					const text = `${signal} ${name} ${round}`;
					try {
						await database.db.insertInto("note").values({ text }).execute();
						acknowledged.push(text);
					} catch (error) {
						errors.push(error);
					}
				}
			};
			const writers = Array.from({ length: 16 }, (_, name) => writer(name));
			try {
				await until(() => acknowledged.length > 100);
				await server.stop(signal);
				const before = acknowledged.length;
				await server.resume();
				await until(() => acknowledged.length > before + 100);
			} finally {
				isOver = true; // a test that fails would leave them to spin
			}
			await Promise.all(writers);
			const rows = await database.db
				.selectFrom("note")
				.select("text")
				.execute();
			const stored = new Set(rows.map(({ text }) => text));
			assert.deepEqual(
				acknowledged.filter((text) => !stored.has(text)),
				[],
			);
			// Only what was on its way failed; who came later waited.
			assert.ok(errors.length <= 26, errors.map(String).join("\n"));
			assert.ok(errors.every(isUnavailable), errors.map(String).join("\n"));
			assert.equal(database.stats().inUse, 0);
			assert.ok(database.stats().open <= 10);
		});
	}

	test("ends a stream whose connection was killed", async () => {
		await using database = await open({ size: 2 });
		const query = sql<{ seq: number }>`seq_1_to_1000000`;
		let count = 0;
		await assert.rejects(async () => {
			for await (const _ of database.db
				.selectFrom(query.as("numbers"))
				.select("seq")
				.stream(10)) {
				if (++count === 10) {
					await kill(() => true);
				}
			}
		}, isOutcomeUnknown);
		assert.ok(count >= 10);
		await select(database);
		assert.equal(database.stats().inUse, 0);
	});

	test("ends a stream that falls silent, but not one whose consumer is slow", async () => {
		await using database = await patiently(() =>
			open({ size: 2, queryTimeoutMs: 100 }),
		);
		const silent = database.db
			.selectFrom(sql<{ seq: number }>`seq_1_to_10`.as("numbers"))
			.select(["seq", sql<number>`sleep(if(seq > 3, 1000, 0))`.as("slept")]);
		await assert.rejects(
			async () => {
				for await (const _ of silent.stream(1)) {
				}
			},
			{ code: "QUERY_TIMEOUT" },
		);
		await until(async () =>
			(await server.sessions()).every(({ info }) => !info?.includes("sleep")),
		);
		await using patient = await open();
		await using limited = await open({ size: 1, queryTimeoutMs: 500 });
		let count = 0;
		for await (const _ of limited.db
			.selectFrom(sql<{ seq: number }>`seq_1_to_30`.as("numbers"))
			.select("seq")
			.stream(10)) {
			if (++count % 10 === 0) {
				await sleep(patient, 0.6);
			}
		}
		assert.equal(count, 30);
	});

	test("gives up a connection whose stream was left early with much to come", async () => {
		await using database = await open({ size: 1 });
		for await (const _ of database.db
			.selectFrom(sql<{ seq: number }>`seq_1_to_1000000000`.as("numbers"))
			.select("seq")
			.stream(10)) {
			break;
		}
		await until(async () =>
			(await server.sessions()).every(({ info }) => info === null),
		);
		await select(database);
	});

	test("replaces connections after their lifetime and closes those that are idle too long", async () => {
		await using database = await open({
			size: 5,
			maxLifetimeMs: 1,
			maxIdle: 0,
			idleTimeoutMs: 20,
		});
		const id = async () =>
			(
				await sql<{ id: number }>`select connection_id() as id`.execute(
					database.db,
				)
			).rows[0]?.id;
		const first = await id();
		await until(async () => (await id()) !== first);
		await until(() => database.stats().open === 0);
		await until(async () => (await server.sessions()).length === 0);
	});

	test("leaves no session on the server after it was closed", async () => {
		const database = await open({ size: 5, closeTimeoutMs: 50 });
		await (await occupy(database, 4)).release();
		const holder = await database.db.startTransaction().execute();
		const waiting = Array.from({ length: 3 }, () => select(database));
		await until(() => database.stats().inUse > 1);
		await Promise.all([...waiting, database.close()]);
		await until(async () => (await server.sessions()).length === 0);
		await assert.rejects(holder.commit().execute(), isUnavailable);
		await holder.rollback().execute();
		assert.equal(database.stats().open, 0);
	});

	test("says at once what waiting does not mend", async () => {
		await assert.rejects(open({ password: "wrong" }), { errno: 1045 });
		await assert.rejects(open({ database: "nowhere" }), /nowhere/);
	});

	test("names the server that it can't reach", async () => {
		await assert.rejects(
			open({ port: 1, acquireTimeoutMs: 100 }),
			(error) =>
				isNotExecuted(error) &&
				/POOL_TIMEOUT: no connection to 127\.0\.0\.1:1 within 100 ms: connect ECONNREFUSED/.test(
					String(error),
				),
		);
	});

	test("answers a ping, and refuses one when the server is gone", async () => {
		await using database = await open();
		await database.ping();
		await server.stop();
		await assert.rejects(database.ping(50), isUnavailable);
		await server.resume();
		await database.ping();
	});
});
