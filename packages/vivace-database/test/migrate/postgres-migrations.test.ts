import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, beforeEach, suite, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import {
	type Database,
	type DatabaseOptions,
	type Migrations,
	migrate,
	migrationStatus,
	openDatabase,
} from "../../src/index.ts";
import { takeMigrationLock } from "../../src/postgres/migration-lock.ts";

const lock = "3853314791062309107";

suite("migrations on PostgreSQL", { skip: Postgres.missing ?? false }, () => {
	let server: Postgres;
	let options: DatabaseOptions;
	let database: Database<object>;
	before(async () => {
		server = await Postgres.start();
		options = { postgres: server.account };
		database = await openDatabase(options);
	});
	after(async () => {
		await database?.close();
		await server?.[Symbol.asyncDispose]();
	});
	beforeEach(async () => {
		await server.root(
			"drop schema public cascade; create schema public authorization app",
			"vivace",
		);
	});

	const tables = async () => {
		const all = await database.db.introspection.getTables();
		return all.map(({ name }) => name).sort();
	};
	const names = async (migrations: Migrations) =>
		(await migrationStatus(database, migrations))
			.filter(({ executedAt }) => executedAt)
			.map(({ name }) => name);
	const indexes = (): Promise<Record<string, unknown>[]> =>
		server.root(
			"select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indrelid = 'big'::regclass",
			"vivace",
		);
	const locks = async () => {
		const [row] = await server.root(
			"select count(*) as held from pg_locks where locktype = 'advisory'",
		);
		return Number(row?.held);
	};

	test("that can't be in a transaction are run by one of three processes that start at once", async () => {
		const children = await Promise.all(
			[1, 2, 3].map(() => start("concurrent")),
		);
		const ran = await Promise.all(
			children.map(async (child) => {
				const exited = once(child, "exit");
				child.send(options);
				const [names] = await Promise.race([
					once(child, "message"),
					exited.then(() => [["it ended"]]),
				]);
				assert.deepEqual(await exited, [0, null]);
				return names as string[];
			}),
		);
		assert.deepEqual(
			ran.toSorted((a, b) => b.length - a.length),
			[["001_table", "002_index", "003_column"], [], []],
		);
		assert.deepEqual(await indexes(), [{ name: "big_id", valid: true }]);
		assert.equal(await locks(), 0);
	});

	test("that can't be in a transaction stand between those that share one, up and down", async () => {
		const add = (column: string) => ({
			up: (db: Kysely<unknown>) =>
				db.schema.alterTable("big").addColumn(column, "text").execute(),
			down: (db: Kysely<unknown>) =>
				db.schema.alterTable("big").dropColumn(column).execute(),
		});
		const migrations: Migrations = {
			"1_big": {
				up: (db) =>
					db.schema.createTable("big").addColumn("id", "integer").execute(),
				down: (db) => db.schema.dropTable("big").execute(),
			},
			"2_index": {
				transaction: false,
				async up(db) {
					await sql`create index concurrently big_id on big (id)`.execute(db);
				},
				async down(db) {
					await sql`drop index concurrently big_id`.execute(db);
				},
			},
			"3_a": add("a"),
			"4_b": add("b"),
			"5_fails": {
				transaction: false,
				async up(db) {
					await sql`vacuum big`.execute(db);
					await sql`create index concurrently big_nothing on big (nothing)`.execute(
						db,
					);
				},
				async down() {},
			},
			"6_c": add("c"),
		};
		await assert.rejects(
			migrate(database, migrations),
			/migration "5_fails" failed: .*nothing/,
		);
		// those before it are stored, those behind it have not begun
		assert.deepEqual(await names(migrations), [
			"1_big",
			"2_index",
			"3_a",
			"4_b",
		]);
		assert.deepEqual(await indexes(), [{ name: "big_id", valid: true }]);

		const mended = { ...migrations, "5_fails": add("d") };
		const ran = await migrate(database, mended);
		assert.deepEqual(
			ran.map(({ migrationName }) => migrationName),
			["5_fails", "6_c"],
		);
		await migrate(database, mended, { name: "1_big" });
		assert.deepEqual(await names(mended), ["1_big"]);
		assert.deepEqual(await indexes(), []);
		await migrate(database, mended, "none");
		assert.deepEqual(await tables(), []);
		assert.equal(await locks(), 0);
	});

	test("of a process that is killed in the middle leave nothing, and the next one runs them", async () => {
		const child = await start("stuck");
		child.send(options);
		await once(child, "message");
		assert.equal(await locks(), 1);
		const exited = once(child, "exit");
		const migrations: Migrations = {
			"001_stuck": {
				up: (db) =>
					db.schema.createTable("half").addColumn("id", "integer").execute(),
			},
		};
		const waiting = migrate(database, migrations); // until the server has noticed
		process.kill(child.pid ?? 0, "SIGKILL");
		await exited;
		assert.equal((await waiting).length, 1);
		assert.deepEqual(await tables(), ["half"]);
	});

	test("whose lock another session keeps say which one, and go on when it is ended", async () => {
		await using other = await openDatabase({
			postgres: { ...server.account, applicationName: "deploy", size: 1 },
		});
		const dead = await other.db.startTransaction().execute();
		await sql`select pg_advisory_xact_lock(${sql.lit(BigInt(lock))})`.execute(
			dead,
		);
		let pid = 0;
		await assert.rejects(
			database.db.transaction().execute((trx) => takeMigrationLock(trx, 200)),
			(error: Error) => {
				const [, held, end] =
					/MIGRATION_LOCKED: session (\d+) \("deploy" from 127\.0\.0\.1.*\) has the lock of migrations, idle in transaction for \d+ s; .*select pg_terminate_backend\((\d+)\)\.$/.exec(
						error.message,
					) ?? [];
				assert.ok(held !== undefined && held === end, error.message);
				pid = Number(held);
				return true;
			},
		);
		const migrations: Migrations = {
			"001_a": {
				up: (db) =>
					db.schema.createTable("a").addColumn("id", "integer").execute(),
			},
		};
		const waiting = migrate(database, migrations);
		await server.root(`select pg_terminate_backend(${pid})`);
		assert.equal((await waiting).length, 1);
		await dead
			.rollback()
			.execute()
			.catch(() => undefined); // its session has gone
	});

	test("leave no lock behind when they fail", async () => {
		for (const transaction of [true, false]) {
			await assert.rejects(
				migrate(database, {
					"001_wrong": {
						transaction,
						async up(db) {
							await sql`insert into nowhere values (1)`.execute(db);
						},
					},
				}),
				/nowhere/,
			);
			assert.equal(await locks(), 0);
		}
	});

	test("the server looks after a quiet session, whose machine may be gone with all its locks", async () => {
		await using quick = await openDatabase({
			postgres: { ...server.account, keepAliveDelayMs: 7_000 },
		});
		const { rows } = await sql`
			select current_setting('tcp_keepalives_idle') as idle, current_setting('tcp_keepalives_interval') as interval,
				current_setting('tcp_keepalives_count') as count`.execute(quick.db);
		assert.deepEqual(rows, [{ idle: "7", interval: "10", count: "3" }]);
	});
});

async function start(migrations: string): Promise<ChildProcess> {
	const script = join(import.meta.dirname, "../fixtures/migrating-process.ts");
	const child = fork(script, [migrations]);
	await once(child, "message");
	return child;
}
