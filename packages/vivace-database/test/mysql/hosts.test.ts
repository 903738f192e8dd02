import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import { MariaDb } from "../../../vivace/test/support/mariadb.ts";
import { TcpProxy } from "../../../vivace/test/support/tcp-proxy.ts";
import { until } from "../../../vivace/test/support/until.ts";
import {
	type Database,
	isUnavailable,
	type MysqlOptions,
	openDatabase,
	withSession,
} from "../../src/index.ts";
import { openEmpty, type Tables } from "../engines.ts";

suite("a list of hosts", { skip: MariaDb.missing ?? false }, () => {
	let first: MariaDb;
	let second: MariaDb;
	before(async () => {
		[first, second] = await Promise.all([MariaDb.start(), MariaDb.start()]);
		for (const { account } of [first, second]) {
			await (await openEmpty({ mysql: account })).close();
		}
		// Whoever may write on a read-only server would not be refused.
		for (const server of [first, second]) {
			await server.root("revoke super, read_only admin on *.* from app");
		}
	});
	after(async () => {
		await first?.[Symbol.asyncDispose]();
		await second?.[Symbol.asyncDispose]();
	});

	/** Opens both, the first preferred; `lines` takes what is logged. */
	function open(
		options: Partial<MysqlOptions> = {},
		lines: string[] = [],
	): Promise<Database<Tables>> {
		const { user, password, database } = first.account;
		return openDatabase<Tables>({
			mysql: {
				hosts: [
					{ host: "127.0.0.1", port: first.port },
					{ host: "127.0.0.1", port: second.port },
				],
				user,
				password,
				database,
				log: (line) => lines.push(line),
				...options,
			},
		});
	}

	const write = ({ db }: Database<Tables>) =>
		db.insertInto("note").values({ text: null }).execute();

	const portOf = async ({ db }: Database<Tables>) =>
		(await db.selectNoFrom(sql<number>`@@port`.as("port")).execute())[0]?.port;

	test("all connections go to the first, and stats name it", async () => {
		await using database = await open({ size: 4 });
		const ports = await Promise.all([1, 2, 3, 4].map(() => portOf(database)));
		assert.deepEqual(new Set(ports), new Set([first.port]));
		assert.equal(database.stats().server, `127.0.0.1:${first.port}`);
		assert.equal((await second.sessions()).length, 0);
	});

	test("when the first ends, the next one is used at once, and the first again when it is back", async () => {
		const lines: string[] = [];
		await using database = await open({}, lines);
		await write(database);
		await first.stop("SIGKILL");
		await until(() => database.stats().open === 0);
		await Promise.all(Array.from({ length: 20 }, () => write(database)));
		assert.equal(await portOf(database), second.port);
		await first.resume();
		await until(() => database.stats().server === `127.0.0.1:${first.port}`);
		assert.equal(await portOf(database), first.port);
		await until(async () => (await second.sessions()).length === 0);
		assert.equal(lines.length, 2);
		assert.match(
			String(lines[0]),
			new RegExp(`:${second.port} is used instead of .*ECONNREFUSED`),
		);
		assert.match(
			String(lines[1]),
			new RegExp(`:${first.port} is used instead of .*is well$`),
		);
	});

	test("a server that becomes read-only is left by whoever writes, and a read-only one is used where there is no other", async () => {
		await using database = await open();
		await write(database);
		await first.root("set global read_only = on");
		await write(database); // refused, and sent to the other one
		assert.equal(await portOf(database), second.port);
		await second.root("set global read_only = on");
		await assert.rejects(write(database), { errno: 1290 });
		assert.equal(await portOf(database), first.port);
		await second.root("set global read_only = off");
		await until(() => database.stats().server === `127.0.0.1:${second.port}`);
		await write(database);
		await first.root("set global read_only = off");
		await until(() => database.stats().server === `127.0.0.1:${first.port}`);
	});

	test("a transaction that a server refuses for being read-only is run again on the next one, at its commit too", async () => {
		await using database = await open();
		for (const refused of ["write", "commit"]) {
			const ports: number[] = [];
			await withSession(
				database,
				async () => {
					const isFirst = ports.length === 0;
					if (isFirst && refused === "write") {
						await first.root("set global read_only = on");
					}
					await write(database);
					ports.push(Number(await portOf(database)));
					if (isFirst && refused === "commit") {
						await first.root("set global read_only = on");
					}
				},
				{ retries: 1 },
			);
			assert.equal(ports.at(-1), second.port);
			await first.root("set global read_only = off");
			await until(() => database.stats().server === `127.0.0.1:${first.port}`);
		}
	});

	test("a transaction whose server ends is run again on the next one", async () => {
		await using database = await open();
		const ports: number[] = [];
		await withSession(
			database,
			async () => {
				await write(database);
				ports.push(Number(await portOf(database)));
				if (ports.length > 1) {
					return;
				}
				await first.stop("SIGKILL");
				await write(database);
			},
			{ retries: 1 },
		);
		assert.deepEqual(ports, [first.port, second.port]);
		await first.resume();
		await until(() => database.stats().server === `127.0.0.1:${first.port}`);
	});

	test("while all are away a transaction that runs again waits for the first that is back", async () => {
		await using database = await open();
		let runs = 0;
		let resumed: Promise<void> | undefined;
		await withSession(
			database,
			async () => {
				await write(database);
				if (++runs > 1) {
					return;
				}
				await Promise.all([first.stop("SIGKILL"), second.stop("SIGKILL")]);
				resumed = second.resume();
				await write(database);
			},
			{ retries: 1 },
		);
		await resumed;
		assert.equal(runs, 2);
		assert.equal(database.stats().server, `127.0.0.1:${second.port}`);
		await first.resume();
		await until(() => database.stats().server === `127.0.0.1:${first.port}`);
	});

	test("a write that a read-only transaction refuses says nothing about the server", async () => {
		const lines: string[] = [];
		await using database = await open({}, lines);
		await assert.rejects(
			database.db
				.transaction()
				.setAccessMode("read only")
				.execute((trx) =>
					trx.insertInto("note").values({ text: null }).execute(),
				),
			{ errno: 1792 },
		);
		await write(database);
		assert.deepEqual(lines, []);
	});

	test("a server that falls silent is left long before the deadline of the statements that wait for it", async () => {
		await using proxy = await TcpProxy.start(first.port);
		await using database = await open({
			hosts: [
				{ host: "127.0.0.1", port: proxy.port },
				{ host: "127.0.0.1", port: second.port },
			],
			size: 2,
			pingTimeoutMs: 50,
			connectTimeoutMs: 300,
			queryTimeoutMs: 0,
			closeTimeoutMs: 100,
		});
		// A long statement is no silence: the server can be reached.
		await sql`select sleep(0.5)`.execute(database.db);
		assert.equal(await portOf(database), first.port);
		proxy.stall();
		// No connection is closed, and no statement has a deadline here; the read is repeated on the other server.
		assert.equal(await portOf(database), second.port);
		await write(database);
		proxy.heal();
		await until(() => database.stats().server === `127.0.0.1:${proxy.port}`);
	});

	test("a server full of connections is not left while it serves us", async () => {
		await first.root("set global max_connections = 12");
		try {
			const lines: string[] = [];
			await using database = await open({ size: 20 }, lines);
			const sleeps = Array.from({ length: 40 }, () =>
				sql`select sleep(0.05)`.execute(database.db),
			);
			await Promise.all(sleeps);
			// and nothing of a server that was left
			assert.match(lines.join("\n"), /^the server takes 12 connections .*$/);
		} finally {
			// the server may still count the connections that were closed
			await until(() =>
				first.root("set global max_connections = 151").then(
					() => true,
					() => false,
				),
			);
		}
	});

	test("while all are away the error names them, and the first that is back is used", async () => {
		await using database = await open({ acquireTimeoutMs: 200 });
		await Promise.all([first.stop(), second.stop()]);
		await until(() => database.stats().open === 0);
		await assert.rejects(
			write(database),
			(error) =>
				isUnavailable(error) &&
				new RegExp(
					`POOL_TIMEOUT: no connection to 127.0.0.1:${first.port}, 127.0.0.1:${second.port} within 200 ms`,
				).test(String(error)),
		);
		await second.resume();
		await until(() =>
			write(database).then(
				() => true,
				() => false,
			),
		);
		assert.equal(await portOf(database), second.port);
		await first.resume();
		await until(() => database.stats().server === `127.0.0.1:${first.port}`);
	});

	test("a wrong password is said at once: no other server is asked", async () => {
		await assert.rejects(open({ password: "wrong" }), { errno: 1045 });
	});
});
