import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import { Postgres } from "../../../vivace/test/support/postgres.ts";
import {
	compileQuery,
	type Database,
	openDatabase,
	type PostgresOptions,
} from "../../src/index.ts";
import { openEmpty, type Tables } from "../engines.ts";

suite("prepared statements of PostgreSQL", {
	skip: Postgres.missing ?? false,
}, () => {
	let server: Postgres;
	before(async () => {
		server = await Postgres.start();
		await (await openEmpty({ postgres: server.account })).close();
	});
	after(() => server?.[Symbol.asyncDispose]());

	const open = (options: Partial<PostgresOptions> = {}) =>
		openDatabase<Tables>({
			postgres: { ...server.account, size: 1, ...options },
		});

	const prepared = async ({ db }: Database<Tables>) => {
		const { rows } = await sql<{
			name: string;
			statement: string;
		}>`select name, statement from pg_prepared_statements where statement not like '%pg_prepared_statements%'`.execute(
			db,
		);
		return rows;
	};

	test("give the same rows the first time, with all that is told of them, and later, without", async () => {
		await using database = await open();
		const given = compileQuery(
			database.db,
			(of: { text: string | null; bytes: Buffer; number: number }) =>
				database.db.selectNoFrom([
					sql`${of.text}::text`.as("text"),
					sql`${of.bytes}::bytea`.as("bytes"),
					sql`${of.number}::bigint + 1`.as("next"),
				]),
		);
		const values = [
			{ text: "北京 😀 '\\", bytes: Buffer.from([0, 255]), number: 1 },
			{ text: null, bytes: Buffer.alloc(0), number: -2 },
			{ text: "", bytes: Buffer.alloc(100_000, 7), number: 2 ** 40 },
		];
		for (const of of [...values, ...values]) {
			const { text, bytes, number } = of;
			assert.deepEqual((await given(of)).rows, [
				{ text, bytes, next: number + 1 },
			]);
		}
		assert.equal((await prepared(database)).length, 1);
	});

	test("tell how many rows they have changed, and may give none", async () => {
		await using database = await open();
		const insert = compileQuery(database.db, ({ text }: { text: string }) =>
			database.db.insertInto("note").values({ text }),
		);
		for (const text of ["one", "two", "three"]) {
			const { numAffectedRows, rows } = await insert({ text });
			assert.deepEqual([numAffectedRows, rows], [1n, []]);
		}
		await assert.rejects(insert({ text: "one" }), { kind: "duplicateKey" });
		assert.equal((await insert({ text: "four" })).numAffectedRows, 1n);
	});

	test("follow a change of their tables", async () => {
		await using database = await open();
		await server.root(
			"create table if not exists shape (id integer); insert into shape values (1); alter table shape owner to app",
			"vivace",
		);
		const all = compileQuery(database.db, ({ id }: { id: number }) =>
			database.db
				.selectFrom(sql<{ id: number }>`shape`.as("shape"))
				.selectAll()
				.where("id", "=", id),
		);
		for (const _ of [1, 2]) {
			assert.deepEqual((await all({ id: 1 })).rows, [{ id: 1 }]);
		}
		await sql`alter table shape add column colour text default 'red'`.execute(
			database.db,
		);
		for (const _ of [1, 2, 3]) {
			assert.deepEqual((await all({ id: 1 })).rows, [{ id: 1, colour: "red" }]);
		}
		await sql`deallocate all`.execute(database.db);
		assert.deepEqual((await all({ id: 1 })).rows, [{ id: 1, colour: "red" }]);
	});

	test("are as many as the option says, under names that no other process gives", async () => {
		await using database = await open({ preparedStatements: 2 });
		for (const number of [1, 2, 3, 1, 2, 3]) {
			const { rows } = await compileQuery(
				database.db,
				({ value }: { value: number }) =>
					database.db.selectNoFrom(
						sql`${value}::int + ${sql.lit(number)}`.as("sum"),
					),
			)({ value: 1 });
			assert.deepEqual(rows, [{ sum: 1 + number }]);
		}
		const names = (await prepared(database)).map(({ name }) => name);
		assert.equal(names.length, 2);
		for (const name of names) {
			assert.match(name, /^vivace_[0-9a-f]{8}_\d+$/);
		}
	});
});
