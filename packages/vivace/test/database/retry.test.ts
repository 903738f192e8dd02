import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type Kysely, sql } from "kysely";
import {
	openEmpty,
	type Tables,
} from "../../../vivace-database/test/engines.ts";
import {
	type Database,
	type DatabaseDependency,
	database,
	isOutcomeUnknown,
	isUnavailable,
	type MysqlOptions,
	openDatabase,
	retryConflicts,
	retryUnit,
	session,
	withSession,
} from "../../src/database.ts";
import { App } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { MariaDb } from "../support/mariadb.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { until } from "../support/until.ts";

type Db = Kysely<Tables>;

const silent = { error() {}, warn() {}, info() {} };

/** One transaction; gets how often it has been run, this time included. */
type Work = (db: Db, run: number) => Promise<unknown>;

suite("a transaction on a MariaDB that fails it", {
	skip: MariaDb.missing ?? false,
}, () => {
	let server: MariaDb;
	let notes: Database<Tables>;
	before(async () => {
		server = await MariaDb.start();
		// Whoever may write on a read-only server would not be refused.
		await server.root("revoke super, read_only admin on *.* from app");
		notes = await openEmpty({ mysql: server.account });
	});
	after(async () => {
		await notes?.close();
		await server?.[Symbol.asyncDispose]();
	});

	const open = (options: Partial<MysqlOptions> = {}) =>
		openDatabase<Tables>({ mysql: { ...server.account, ...options } });

	const write = (db: Db, amount: number) =>
		db.insertInto("note").values({ amount }).execute();

	/** How many notes with this number there are. */
	async function stored(amount: number): Promise<number> {
		const table = `${server.account.database}.note`;
		const rows = await server.root(
			`select id from ${table} where amount = ${amount}`,
		);
		return rows.length;
	}

	/** Kills a session; resolves when the server has ended it. */
	async function kill(id: number): Promise<void> {
		await server.root(`kill ${id}`);
		await until(async () =>
			(await server.sessions()).every((other) => other.id !== id),
		);
	}

	async function killOwn(db: Db): Promise<void> {
		const { rows } = await sql<{ id: number }>`
			select connection_id() as id`.execute(db);
		await kill(Number(rows[0]?.id));
	}

	/** The session that runs this; resolves when there is one. */
	async function sessionRunning(text: string): Promise<number> {
		for (;;) {
			const sessions = await server.sessions();
			const found = sessions.find(({ info }) => info?.includes(text));
			if (found) {
				return found.id;
			}
		}
	}

	/** A lock under which every commit waits, until it is closed: what waits there is known to be a commit under way. */
	async function lockCommits(): Promise<Database<Tables>> {
		const lock = await open({ size: 1 });
		await sql`flush tables with read lock`.execute(lock.db);
		return lock;
	}

	/** Every way to have a transaction run again; each rejects, or gives a status, when that was in vain. */
	const ways: Readonly<Record<string, (work: Work) => Promise<unknown>>> = {
		"by withSession": (work) => {
			let run = 0;
			return withSession(notes, ({ db }) => work(db, ++run), { retries: 3 });
		},
		"by retryUnit": (work) => {
			let run = 0;
			return retryUnit(() =>
				notes.db.transaction().execute((trx) => work(trx, ++run)),
			);
		},
		"by a route": async (work) => {
			let run = 0;
			await using client = await TestClient.start(
				appOf((db) => work(db, ++run)),
			);
			assert.equal((await client.post("/")).status, 200);
		},
	};

	function appOf(
		work: (db: Db) => Promise<unknown>,
		routeMiddleware = [retryConflicts()],
	): App {
		const own: DatabaseDependency<Tables> = database<Tables>({
			mysql: server.account,
		});
		const app = new App({ logger: silent });
		app.post(
			{ path: "/", routeMiddleware },
			{ session: session(own, { log: () => undefined }) },
			async ({ session }) => {
				await work(session.db);
				return "stored";
			},
		);
		return app;
	}

	let next = 0;
	for (const [way, runAgain] of Object.entries(ways)) {
		test(`is run again ${way} when the server refuses a write for being read-only`, async () => {
			const amount = ++next;
			await runAgain(async (db, run) => {
				await server.root(`set global read_only = ${run === 1 ? "on" : "off"}`);
				await write(db, amount);
			});
			assert.equal(await stored(amount), 1);
		});

		test(`is run again ${way} when the server refuses its commit for being read-only`, async () => {
			const amount = ++next;
			await runAgain(async (db, run) => {
				await server.root("set global read_only = off");
				await write(db, amount);
				if (run === 1) {
					await server.root("set global read_only = on");
				}
			});
			assert.equal(await stored(amount), 1);
		});

		test(`is run again ${way} when its connection was killed before a statement`, async () => {
			const amount = ++next;
			await runAgain(async (db, run) => {
				await write(db, amount);
				if (run === 1) {
					await killOwn(db);
				}
				await sql`select 1 from note for update`.execute(db);
			});
			assert.equal(await stored(amount), 1);
		});

		test(`is run again ${way} when its connection was killed under a statement`, async () => {
			const amount = ++next;
			await runAgain(async (db, run) => {
				await write(db, amount);
				if (run > 1) {
					return;
				}
				await Promise.all([
					sql`select sleep(1000) for update`.execute(db),
					sessionRunning("sleep(1000)").then(kill),
				]);
			});
			assert.equal(await stored(amount), 1);
		});

		test(`is run again ${way} when its connection was lost before the commit, though nobody noticed`, async () => {
			const amount = ++next;
			await runAgain(async (db, run) => {
				await write(db, amount);
				if (run > 1) {
					return;
				}
				await killOwn(db);
				await write(db, -1).catch(() => undefined);
			});
			assert.equal(await stored(amount), 1);
		});

		test(`is not run again ${way} when its connection was killed under the commit`, async () => {
			const amount = ++next;
			let runs = 0;
			let lock: Database<Tables> | undefined;
			const outcome = runAgain(async (db) => {
				runs++;
				await write(db, amount);
				lock ??= await lockCommits();
			});
			await Promise.all([
				assert.rejects(outcome),
				sessionRunning("commit").then(kill),
			]);
			await lock?.close();
			assert.equal(runs, 1);
			assert.equal(await stored(amount), 0);
		});
	}

	test("is not run again when the answer to its commit was lost, for it is stored", async () => {
		const amount = ++next;
		const proxy = await TcpProxy.start(server.port);
		await using behind = await open({ port: proxy.port });
		let runs = 0;
		let lock: Database<Tables> | undefined;
		const outcome = withSession(
			behind,
			async ({ db }) => {
				runs++;
				await write(db, amount);
				lock ??= await lockCommits();
			},
			{ retries: 3 },
		);
		const rejects = assert.rejects(outcome, isOutcomeUnknown);
		await sessionRunning("commit");
		proxy.stall();
		await lock?.close();
		await until(async () => (await stored(amount)) === 1);
		await proxy[Symbol.asyncDispose]();
		await rejects;
		assert.equal(runs, 1);
		assert.equal(await stored(amount), 1);
	});

	test("is not run again when it is none: a write by itself may have been stored", async () => {
		let runs = 0;
		const outcome = retryUnit(async () => {
			runs++;
			await notes.db
				.updateTable("note")
				.set({ text: sql`sleep(1000)` })
				.limit(1)
				.execute();
		});
		await Promise.all([
			assert.rejects(outcome, isOutcomeUnknown),
			sessionRunning("sleep(1000)").then(kill),
		]);
		assert.equal(runs, 1);
	});

	test("is not run again when a change of the schema may have stored its first part", async () => {
		const amount = ++next;
		let runs = 0;
		await assert.rejects(
			withSession(
				notes,
				async ({ db }) => {
					runs++;
					await write(db, amount);
					await sql`create table if not exists other (id int)`.execute(db);
					await killOwn(db);
					await write(db, amount);
				},
				{ retries: 3 },
			),
			isUnavailable,
		);
		assert.equal(runs, 1);
		assert.equal(await stored(amount), 1);
	});

	test("is run again when a read before its first write was lost", async () => {
		let runs = 0;
		const work = async () => {
			if (++runs > 1) {
				return;
			}
			await Promise.all([
				sql`select sleep(1000)`.execute(notes.db),
				sessionRunning("sleep(1000)").then(kill),
			]);
		};
		await withSession(notes, work, { retries: 1 });
		assert.equal(runs, 2);
	});

	test("that the program itself began as read-only is neither run again nor an outage", async () => {
		let runs = 0;
		const work = (db: Db) =>
			db
				.transaction()
				.setAccessMode("read only")
				.execute((trx) => {
					runs++;
					return write(trx, 1);
				});
		await assert.rejects(
			retryUnit(() => work(notes.db)),
			{ errno: 1792 },
		);
		assert.equal(runs, 1);
		const app = appOf(() => work(notes.db));
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		assert.equal((await client.post("/")).status, 500);
		assert.equal(runs, 2);
	});

	test("is the client's 503 where nobody has asked for another run", async () => {
		const amount = ++next;
		const app = appOf(async (db) => {
			await write(db, amount);
			await killOwn(db);
			await write(db, amount);
		}, []);
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/")).status, 503);
		assert.equal(await stored(amount), 0);
	});
});
