import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { CamelCasePlugin, sql } from "kysely";
import {
	BindError,
	compileQuery,
	type Database,
	withSession,
} from "../../src/index.ts";
import {
	engines,
	openEmpty,
	type Tables,
	type TestedServer,
} from "../engines.ts";

interface Note {
	readonly text: string | null;
	readonly amount: number | null;
}

for (const { name, missing, start } of engines) {
	suite(`a compiled query on ${name}`, { skip: missing ?? false }, () => {
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

		const insertOf = () =>
			compileQuery(database.db, ({ text, amount }: Note) =>
				database.db.insertInto("note").values({ text, amount }),
			);
		const findOf = () =>
			compileQuery(database.db, ({ text }: { text: string }) =>
				database.db
					.selectFrom("note")
					.select(["id", "amount"])
					.where("text", "=", text),
			);

		test("runs with other values each time, also many at once", async () => {
			const [insert, find] = [insertOf(), findOf()];
			const results = await Promise.all(
				Array.from({ length: 20 }, (_, amount) =>
					insert({ text: `many ${amount}`, amount }),
				),
			);
			for (const [amount, { insertId, numAffectedRows }] of results.entries()) {
				assert.equal(numAffectedRows, 1n);
				const { rows } = await find({ text: `many ${amount}` });
				assert.deepEqual(
					rows.map((row) => ({ ...row })),
					[{ id: insertId ? Number(insertId) : rows[0]?.id, amount }],
				);
			}
		});

		test("keeps what is constant, and takes a parameter as often as it is used", async () => {
			const { db } = database;
			const insert = insertOf();
			await insert({ text: "twice 2", amount: 2 });
			await insert({ text: "twice 3", amount: 3 });
			const twice = compileQuery(db, ({ n }: { n: number }) =>
				db
					.selectFrom("note")
					.select(({ val }) => [
						"amount",
						sql<number>`${val(n)} + 0`.as("again"),
					])
					.where("text", "like", "twice%")
					.where("amount", "=", n)
					.limit(1),
			);
			for (const n of [3, 2]) {
				const { rows } = await twice({ n });
				assert.deepEqual(
					rows.map((row) => ({ ...row })),
					[{ amount: n, again: n }],
				);
			}
		});

		test("is a part of the session of the code that runs it, or of the one that it is given", async () => {
			const [insert, find] = [insertOf(), findOf()];
			const failing = withSession(database, async (session) => {
				await insert({ text: "undone 1", amount: 1 });
				await insert({ text: "undone 2", amount: 2 }, session.db);
				assert.equal((await find({ text: "undone 2" })).rows.length, 1);
				throw new Error("not this");
			});
			await assert.rejects(failing, /not this/);
			const transaction = database.db.transaction().execute(async (trx) => {
				await insert({ text: "undone 3", amount: 3 }, trx);
				throw new Error("nor this");
			});
			await assert.rejects(transaction, /nor this/);
			for (const text of ["undone 1", "undone 2", "undone 3"]) {
				assert.deepEqual((await find({ text })).rows, []);
			}
		});

		test("gives its rows through the plugins of its database", async () => {
			const db = database.db.withPlugin(new CamelCasePlugin());
			const insert = insertOf();
			await insert({ text: "camel", amount: 1 });
			const find = compileQuery(db, ({ text }: { text: string }) =>
				db.selectFrom("note").selectAll().where("text", "=", text),
			);
			const { rows } = await find({ text: "camel" });
			assert.ok("entryTime" in (rows[0] ?? {}), JSON.stringify(rows));
		});

		test("refuses values that can't be bound, as the builder does", async () => {
			const insert = insertOf();
			const wrong: unknown[] = [undefined, Number.NaN, [1], { a: 1 }];
			for (const amount of wrong) {
				await assert.rejects(
					insert({ text: "wrong", amount: amount as number }),
					BindError,
				);
			}
			assert.deepEqual((await findOf()({ text: "wrong" })).rows, []);
		});

		const misuses: [
			what: string,
			build: (params: Note, db: typeof database.db) => void,
			name: string,
		][] = [
			[
				"a condition",
				({ text }, db) =>
					db
						.selectFrom("note")
						.selectAll()
						.$if(text !== null, (query) => query.limit(1)),
				"text",
			],
			[
				"a text",
				({ text }, db) =>
					db.selectFrom("note").selectAll().where("text", "like", `${text}%`),
				"text",
			],
			[
				"a sum",
				({ amount }, db) =>
					db
						.selectFrom("note")
						.selectAll()
						.where("amount", "=", (amount ?? 0) + 1),
				"amount",
			],
		];
		for (const [what, build, parameter] of misuses) {
			test(`is refused when it is built with a parameter in ${what}`, () => {
				assert.throws(
					() =>
						compileQuery(
							database.db,
							(params: Note) => build(params, database.db) as never,
						),
					{
						code: "VIV_OPTION",
						message: `VIV_OPTION: compileQuery(): the parameter "${parameter}" has no value while the query is built; use it where a value is bound, and nowhere else.`,
					},
				);
			});
		}

		test("is refused when all parameters are used at once", () => {
			assert.throws(
				() =>
					compileQuery(database.db, (note: Note) =>
						database.db.insertInto("note").values({ ...note }),
					),
				/name each one that you use/,
			);
		});
	});
}
