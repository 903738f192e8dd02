import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { after, before, beforeEach, suite, test } from "node:test";
import { sql } from "kysely";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import { TcpProxy } from "../../../vivace/test/support/tcp-proxy.ts";
import { until } from "../../../vivace/test/support/until.ts";
import {
	type Database,
	isDeadlock,
	isNotExecuted,
	isOutcomeUnknown,
	isSafeToRetry,
	isUnavailable,
	openDatabase,
	type PostgresOptions,
	withSession,
} from "../../src/index.ts";
import { openEmpty, type Tables } from "../engines.ts";
import { patiently } from "../patiently.ts";

suite("a pool over a PostgreSQL that misbehaves", {
	skip: Postgres.missing ?? false,
}, () => {
	let server: Postgres;
	before(async () => {
		server = await Postgres.start(["-c", "max_connections=20"]);
		await using database = await openEmpty({ postgres: server.account });
		await database.ping();
	});
	after(() => server?.[Symbol.asyncDispose]());
	beforeEach(() => until(async () => (await server.sessions()).length === 0));

	const open = (
		options: Partial<PostgresOptions> = {},
	): Promise<Database<Tables>> =>
		openDatabase<Tables>({ postgres: { ...server.account, ...options } });

	const select = ({ db }: Database<Tables>) =>
		sql<{ one: number }>`select 1 as one`.execute(db);

	const write = ({ db }: Database<Tables>, text: string) =>
		db.insertInto("note").values({ text }).execute();

	const stored = async (like: string): Promise<string[]> => {
		const rows = await server.root(
			`select text from note where text like '${like}' order by id`,
			"vivace",
		);
		return rows.map(({ text }) => String(text));
	};

	const running = async (text: string) =>
		(await server.sessions()).filter(
			({ command, info }) => command === "active" && info.includes(text),
		);

	/** Fills the pool: `count` transactions at once. */
	async function occupy(database: Database<Tables>, count: number) {
		const transactions = await Promise.all(
			Array.from({ length: count }, () =>
				patiently(() => database.db.startTransaction().execute()),
			),
		);
		return async () => {
			for (const trx of transactions) {
				await trx.rollback().execute();
			}
		};
	}

	test("sets up every session: UTC, texts of dates, its name, bounded waits, its schemas", async () => {
		await server.root(
			"create schema if not exists side authorization app",
			"vivace",
		);
		await using database = await open({
			lockWaitTimeoutMs: 3_000,
			queryTimeoutMs: 7_000,
			applicationName: "shop's",
			searchPath: ["side", "public"],
		});
		const shown = async (name: string) =>
			(
				await sql<{
					value: string;
				}>`select current_setting(${name}) as value`.execute(database.db)
			).rows[0]?.value;
		for (const [name, value] of [
			["TimeZone", "UTC"],
			["DateStyle", "ISO, MDY"],
			["IntervalStyle", "iso_8601"],
			["lock_timeout", "3s"],
			["statement_timeout", "8s"],
			["application_name", "shop's"],
			["search_path", '"side", "public"'],
			["client_encoding", "UTF8"],
		] as const) {
			assert.equal(await shown(name), value, name);
		}
	});

	test("opens connections ahead, each of which runs the program's own statements first", async () => {
		await using database = await open({
			size: 4,
			openAhead: 3,
			onConnect: ["set my.tenant = 'blue'", "set work_mem = '5MB'"],
		});
		assert.equal(database.stats().idle, 3);
		const { rows } =
			await sql`select current_setting('my.tenant') as tenant, current_setting('work_mem') as memory`.execute(
				database.db,
			);
		assert.deepEqual(rows, [{ tenant: "blue", memory: "5MB" }]);
		await assert.rejects(open({ onConnect: ["set nonsense"] }), {
			code: "42601",
		});
		await assert.rejects(
			open({ size: 2, openAhead: 3 }),
			/postgres\.openAhead must be an integer from 0 to 2, not 3/,
		);
	});

	test("replaces idle connections that were ended, and no caller notices", async () => {
		await using database = await open({ size: 5 });
		await (await occupy(database, 5))();
		assert.equal(database.stats().idle, 5);
		await server.endSessions();
		await until(() => database.stats().open === 0);
		await Promise.all(Array.from({ length: 20 }, () => select(database)));
		assert.ok(database.stats().open <= 5);
	});

	test("repeats a read whose session was ended under it, and nothing else", async () => {
		await using database = await open({ size: 1 });
		const slow = database.db
			.selectNoFrom(sql<string>`pg_sleep(1000)`.as("slept"))
			.execute();
		const rejected = assert.rejects(slow, isOutcomeUnknown);
		// ended twice: the second time it is the repeated read, which is not repeated again
		for (const _ of [1, 2]) {
			await until(async () => (await running("pg_sleep(1000)")).length === 1);
			const [first] = await running("pg_sleep(1000)");
			await server.root(`select pg_terminate_backend(${first?.id})`);
			await until(async () =>
				(await server.sessions()).every(({ id }) => id !== first?.id),
			);
		}
		await rejected;

		const insert =
			sql`insert into note (text) select 'unsure' from pg_sleep(1000)`.execute(
				database.db,
			);
		const unsure = assert.rejects(insert, (error) => {
			assert.ok(isOutcomeUnknown(error) && isUnavailable(error));
			assert.equal(isSafeToRetry(error), false);
			return true;
		});
		await until(async () => (await running("unsure")).length === 1);
		await server.endSessions();
		await unsure;
		await select(database);
		assert.equal(database.stats().inUse, 0);
	});

	test("fails the rest of a transaction whose session was ended, which may be run again", async () => {
		await using database = await open({ size: 2 });
		let runs = 0;
		await withSession(
			database,
			async () => {
				runs++;
				await write(database, `survivor ${runs}`);
				if (runs === 1) {
					await server.endSessions();
					await until(async () => (await server.sessions()).length === 0);
				}
				await write(database, `survivor ${runs} too`);
			},
			{ retries: 2 },
		);
		assert.equal(runs, 2);
		assert.deepEqual(await stored("survivor%"), [
			"survivor 2",
			"survivor 2 too",
		]);
		assert.equal(database.stats().inUse, 0);
	});

	test("does not run a unit again whose commit was under way when the session ended", async () => {
		await using database = await open({ size: 2 });
		await server.root(
			"create or replace function slow_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(1000); return null; end $$;" +
				"create constraint trigger slow after insert on note deferrable initially deferred for each row execute function slow_commit()",
			"vivace",
		);
		try {
			let runs = 0;
			const work = withSession(
				database,
				async () => {
					runs++;
					await write(database, "committing");
				},
				{ retries: 3 },
			);
			const rejected = assert.rejects(work, (error) => {
				assert.ok(isOutcomeUnknown(error) && isUnavailable(error));
				assert.equal(isSafeToRetry(error), false);
				return true;
			});
			await until(async () => (await running("commit")).length === 1);
			await server.endSessions();
			await rejected;
			assert.equal(runs, 1);
		} finally {
			await server.root("drop trigger slow on note", "vivace");
		}
		assert.equal(database.stats().inUse, 0);
	});

	test("bounds the wait for a connection", async () => {
		await using database = await patiently(() =>
			open({ size: 1, acquireTimeoutMs: 50 }),
		);
		const release = await occupy(database, 1);
		await assert.rejects(select(database), (error: { code?: string }) => {
			assert.equal(error.code, "POOL_TIMEOUT");
			return isNotExecuted(error) && isUnavailable(error);
		});
		await release();
		await patiently(() => select(database));
	});

	test("ends a statement past its deadline on the server, too, in a transaction and outside of one", async () => {
		await using database = await patiently(() => open({ queryTimeoutMs: 300 }));
		const started = performance.now();
		await assert.rejects(
			sql`select pg_sleep(${500})`.execute(database.db),
			/QUERY_TIMEOUT: "select pg_sleep\(\$1\)" took longer than 300 ms/,
		);
		await assert.rejects(
			withSession(database, async () => {
				await write(database, "in time");
				await sql`select pg_sleep(500)`.execute(database.db);
			}),
			{ code: "QUERY_TIMEOUT" },
		);
		// by our word, not after the 500 s of the statement or the second that the server's own limit has more
		await until(async () => (await running("pg_sleep")).length === 0);
		assert.ok(performance.now() - started < 60_000);
		assert.deepEqual(await stored("in time"), []);
		await patiently(() => select(database));
	});

	test("ends a statement whose caller has gone", async () => {
		await using database = await open({ size: 1 });
		const controller = new AbortController();
		const work = withSession(
			database,
			() =>
				sql`insert into note (text) select 'gone' from pg_sleep(1000)`.execute(
					database.db,
				),
			{ signal: controller.signal },
		);
		const rejected = assert.rejects(work, /nobody waits/);
		await until(async () => (await running("pg_sleep")).length === 1);
		controller.abort(new Error("nobody waits"));
		await rejected;
		await until(async () => (await running("pg_sleep")).length === 0);
		await select(database);
	});

	test("tells a conflict of serializable transactions, and runs the loser again where asked", async () => {
		await using database = await open();
		await write(database, "meeting");
		const both = Promise.withResolvers<void>();
		let readers = 0;
		let runs = 0;
		const unit = (text: string) =>
			withSession(
				database,
				async () => {
					runs++;
					await sql`select count(*) from note where text like 'meet%'`.execute(
						database.db,
					);
					readers++;
					if (readers === 2) {
						both.resolve();
					}
					await both.promise;
					await write(database, text);
				},
				{ isolation: "serializable", snapshot: true, retries: 5 },
			);
		await Promise.all([unit("meet 1"), unit("meet 2")]);
		assert.ok(runs > 2, `${runs}`);
		assert.equal((await stored("meet _")).length, 2);
	});

	test("tells a deadlock, and a lock that takes too long", async () => {
		await using database = await open({ lockWaitTimeoutMs: 200 });
		await write(database, "locked");
		await using holder = database.session();
		await holder.db
			.updateTable("note")
			.set({ amount: 1 })
			.where("text", "=", "locked")
			.execute();
		await assert.rejects(
			database.db
				.updateTable("note")
				.set({ amount: 2 })
				.where("text", "=", "locked")
				.execute(),
			(error: { code?: string }) =>
				error.code === "55P03" && isDeadlock(error) && isSafeToRetry(error),
		);
	});

	test("does not wait for a network that stalls, and works again when it heals", async () => {
		await using proxy = await TcpProxy.start(server.port);
		await using database = await open({
			port: proxy.port,
			size: 2,
			// a log-in on a busy machine takes a quarter of a second
			queryTimeoutMs: 1_000,
			acquireTimeoutMs: 3_000,
			connectTimeoutMs: 2_000,
			pingTimeoutMs: 1_000,
			validateAfterMs: 0,
		});
		await select(database);
		const lent = await database.db.startTransaction().execute();
		proxy.stall();
		await assert.rejects(
			lent.insertInto("note").values({ text: "stalled" }).execute(),
			isOutcomeUnknown,
		);
		await assert.rejects(select(database), isUnavailable);
		proxy.heal();
		await lent.rollback().execute();
		await until(() =>
			select(database).then(
				() => true,
				() => false,
			),
		);
		assert.deepEqual(await stored("stalled"), []);
	});

	test("waits for room on a server with too many connections", async () => {
		// three of twenty are kept for superusers
		const hog = await open({ size: 17 });
		const release = await occupy(hog, 17);
		const opening = open({ acquireTimeoutMs: 60_000, size: 1 });
		await release();
		await hog.close();
		await using database = await opening;
		await database.ping();
	});

	test("ends a stream whose session was ended, and gives a connection back that was left early", async () => {
		await using database = await open({ size: 1 });
		const numbers = () =>
			database.db
				.selectFrom(
					sql<{ n: number }>`generate_series(1, 1000)`.as<"s">(sql`s(n)`),
				)
				.select(sql<number>`n`.as("n"))
				.stream(10);
		let sum = 0;
		for await (const { n } of numbers()) {
			sum += n;
		}
		assert.equal(sum, 500_500);
		for await (const _ of numbers()) {
			break;
		}
		assert.equal(database.stats().idle, 1);
		await assert.rejects(async () => {
			for await (const { n } of numbers()) {
				if (n === 10) {
					await server.endSessions();
					await until(async () => (await server.sessions()).length === 0);
				}
			}
		}, isOutcomeUnknown);
		await select(database);
	});

	test("counts no time of a stream's consumer on the server, and does so again after it", async () => {
		await using database = await open({ size: 1, queryTimeoutMs: 5_000 });
		const limit = sql<string>`current_setting('statement_timeout')`.as("value");
		const from = sql`generate_series(1, 3)`.as("each");
		for await (const { value } of database.db
			.selectFrom(from)
			.select(limit)
			.stream(1)) {
			assert.equal(value, "0");
		}
		assert.deepEqual(await database.db.selectNoFrom(limit).execute(), [
			{ value: "6s" },
		]);
	});

	for (const signal of ["SIGINT", "SIGKILL"] as const) {
		test(`loses no acknowledged row when the server is restarted by ${signal}`, async () => {
			await using database = await open({ size: 5, acquireTimeoutMs: 60_000 });
			const acknowledged: string[] = [];
			let isOver = false;
			let failures = 0;
			const loops = Array.from({ length: 8 }, async (_, loop) => {
				for (let index = 0; !isOver; index++) {
					const text = `${signal} ${loop} ${index}`;
					try {
						await write(database, text);
						acknowledged.push(text);
					} catch (error) {
						assert.ok(isUnavailable(error), String(error));
						failures++;
					}
				}
			});
			try {
				await until(() => acknowledged.length > 50);
				await server.stop(signal);
				await server.resume();
				const before = acknowledged.length;
				await until(() => acknowledged.length > before + 50);
			} finally {
				isOver = true; // a test that fails would leave them to spin
			}
			await Promise.all(loops);
			const found = new Set(await stored(`${signal}%`));
			assert.deepEqual(
				acknowledged.filter((text) => !found.has(text)),
				[],
			);
			assert.ok(failures <= 16, `${failures}`);
			assert.equal(database.stats().inUse, 0);
		});
	}

	test("says at once what waiting does not mend: a wrong password, an unknown database", async () => {
		await assert.rejects(open({ password: "wrong" }), { code: "28P01" });
		await assert.rejects(open({ database: "nowhere" }), { code: "3D000" });
	});

	test("waits for a server that closes connections in the middle of the log-in, as one that stops does", async () => {
		let closed = 0;
		const closing = createServer((socket) => {
			socket.once("data", () => {
				closed++;
				socket.destroy();
			});
		}).listen(0, "127.0.0.1");
		await once(closing, "listening");
		const { port } = closing.address() as AddressInfo;
		await assert.rejects(open({ port, acquireTimeoutMs: 200 }), (error) => {
			assert.match(String(error), /POOL_TIMEOUT: .*Connection terminated/);
			return isUnavailable(error) && isNotExecuted(error);
		});
		assert.ok(closed > 1, `${closed}`);
		closing.close();
	});

	test("names the server that it can't reach", async () => {
		await assert.rejects(
			open({ port: 1, acquireTimeoutMs: 100 }),
			/POOL_TIMEOUT: no connection to 127\.0\.0\.1:1 within 100 ms: connect ECONNREFUSED/,
		);
	});

	test("warns when all processes together, with their workers, may want more connections than there are", async () => {
		for (const [processes, workers] of [
			[3, 1],
			[1, 3],
		] as const) {
			const lines: string[] = [];
			const { account } = server;
			const log = (line: string) => lines.push(line);
			await using _ = await openDatabase({
				postgres: { ...account, size: 6, processes, log },
				workers,
			});
			assert.match(
				lines.join("\n"),
				/takes 17 connections .* 3 processes want up to 18/,
			);
		}
	});

	test("leaves no session on the server after it was closed", async () => {
		const database = await open({ size: 4 });
		await (await occupy(database, 4))();
		await database.close();
		await until(async () => (await server.sessions()).length === 0);
	});
});
