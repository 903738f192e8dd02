import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { CamelCasePlugin, type Kysely, sql } from "kysely";
import { z } from "zod";
import {
	engines,
	openEmpty,
	type Tables,
	type TestedServer,
} from "../../../vivace-database/test/engines.ts";
import type { Database } from "../../src/database.ts";
import { openDatabase } from "../../src/database.ts";
import {
	cursorPageOf,
	limitOffsetPageOf,
	pageOf,
	type TotalOption,
} from "../../src/pagination.ts";

const Note = z.object({ id: z.int() });
const pages = pageOf(Note, { key: "id" });
const cursors = cursorPageOf(Note, { key: "id" });
const firstPage = { page: 1, size: 4 };
const firstCursor = { cursor: null, size: 4 };

for (const { name, missing, start } of engines) {
	suite(`a query in pages on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let database: Database<Tables>;
		let db: Kysely<Tables>;
		before(async () => {
			server = await start();
			database = await openEmpty(server.options);
			db = database.db;
			const notes = Array.from({ length: 10 }, (_, index) => ({
				id: index + 1,
				text: `note ${index}`,
				amount: index % 3,
			}));
			await db.insertInto("note").values(notes).execute();
		});
		after(async () => {
			await database?.close();
			await server?.[Symbol.asyncDispose]();
		});

		test("is counted, and read at the page's place in its own order", async () => {
			const query = db.selectFrom("note").selectAll().orderBy("id", "desc");
			const page = await pages.paginate(query, { page: 2, size: 4 });
			assert.deepEqual(
				page.items.map(({ text }) => text),
				["note 5", "note 4", "note 3", "note 2"],
			);
			assert.deepEqual([page.total, page.pages], [10, 3]);
		});

		test("gets the key behind an order that is not total", async () => {
			const query = db.selectFrom("note").selectAll().orderBy("amount", "desc");
			const ids: number[] = [];
			for (const page of [1, 2, 3]) {
				const { items } = await pages.paginate(query, { page, size: 4 });
				ids.push(...items.map(({ id }) => id));
			}
			assert.deepEqual(ids, [9, 6, 3, 8, 5, 2, 10, 7, 4, 1]);
			const byExpression = await pages.paginate(
				db.selectFrom("note").selectAll().orderBy(sql`amount % 2`, "desc"),
				firstPage,
			);
			assert.deepEqual(
				byExpression.items.map(({ id }) => id),
				[8, 5, 2, 10],
			);
		});

		const totals: [TotalOption, number | null][] = [
			["exact", 10],
			["none", null],
			[{ cappedAt: 6 }, 6],
			[{ cappedAt: 11 }, 10],
		];
		for (const [total, expected] of totals) {
			test(`has the total ${expected} where it is ${JSON.stringify(total)}`, async () => {
				const query = db.selectFrom("note").selectAll().orderBy("id");
				for (const params of [firstPage, { page: 3, size: 4 }]) {
					const page = await pageOf(Note, { total }).paginate(query, params);
					assert.equal(page.total, expected);
				}
				const page = await cursorPageOf(Note, { key: "id", total }).paginate(
					query,
					firstCursor,
				);
				assert.equal(page.total, expected);
			});
		}

		test("is counted in groups, without doubles, and over columns of the same name", async () => {
			const grouped = db
				.selectFrom("note")
				.select(({ fn }) => ["amount", fn.countAll<number>().as("id")])
				.groupBy("amount")
				.orderBy("amount");
			const distinct = db
				.selectFrom("note")
				.select("amount as id")
				.distinct()
				.orderBy("amount");
			const numbers = pageOf(z.object({ id: z.unknown() }));
			for (const query of [grouped, distinct]) {
				const page = await numbers.paginate(query, { page: 1, size: 2 });
				assert.equal(page.total, 3);
				assert.equal(page.items.length, 2);
			}
			const joined = await numbers.paginate(
				db
					.selectFrom("note")
					.innerJoin("note as other", "other.amount", "note.amount")
					.selectAll(["note", "other"])
					.orderBy("note.id"),
				firstPage,
			);
			assert.equal(joined.total, 4 * 4 + 3 * 3 + 3 * 3);
		});

		test("sees what its own transaction has written", async () => {
			const transaction = await db.startTransaction().execute();
			try {
				await transaction
					.insertInto("note")
					.values({ id: 11, text: "uncommitted" })
					.execute();
				const query = transaction.selectFrom("note").selectAll().orderBy("id");
				const { total } = await pages.paginate(query, firstPage);
				assert.equal(total, 11);
			} finally {
				await transaction.rollback().execute();
			}
		});

		test("by limit and offset", async () => {
			const query = db.selectFrom("note").selectAll().orderBy("id");
			const page = await limitOffsetPageOf(Note).paginate(query, {
				limit: 3,
				offset: 8,
			});
			assert.deepEqual(
				page.items.map(({ id }) => id),
				[9, 10],
			);
			assert.equal(page.total, 10);
		});

		test("is read through Kysely's plugins", async () => {
			const options = { ...server.options, plugins: [new CamelCasePlugin()] };
			await using camel = await openDatabase<{
				note: { id: number; entryTime: Date };
			}>(options);
			const query = camel.db
				.selectFrom("note")
				.select(["id", "entryTime"])
				.orderBy("entryTime", "desc");
			const seen: number[] = [];
			let cursor: string | null = null;
			do {
				const page: Awaited<ReturnType<typeof cursors.paginate>> =
					await cursors.paginate(query, { cursor, size: 4 });
				seen.push(...page.items.map(({ id }) => id));
				cursor = page.next_page;
			} while (cursor !== null);
			assert.equal(new Set(seen).size, 10);
			const { total } = await pages.paginate(query, firstPage);
			assert.equal(total, 10);
		});

		test("binds its cursors to its conditions, tables and order", async () => {
			const query = db.selectFrom("note").selectAll();
			const few = query.where("id", "<", 8);
			const { next_page } = await cursors.paginate(few, firstCursor);
			const params = { cursor: next_page, size: 4 };
			const next = await cursors.paginate(
				few.clearSelect().select("id"),
				params,
			);
			assert.deepEqual(
				next.items.map(({ id }) => id),
				[5, 6, 7],
			);
			for (const other of [
				query,
				query.where("id", "<", 9),
				few.orderBy("id", "desc"),
				few.orderBy("amount"),
			]) {
				await assert.rejects(cursors.paginate(other, params), {
					name: "RequestValidationError",
				});
			}
		});

		test("that leaves no room for a page is refused with the reason", async () => {
			const query = db.selectFrom("note").selectAll();
			const wrong: [() => Promise<unknown>, RegExp][] = [
				[() => pages.paginate(query.limit(1), firstPage), /limit/],
				[() => cursors.paginate(query.offset(1), firstCursor), /offset/],
				[
					() => cursors.paginate(query.union(query), firstCursor),
					/union can't be read/,
				],
				[
					() => cursors.paginate(query.orderBy(sql`length(text)`), firstCursor),
					/ordered by columns/,
				],
				[
					() =>
						cursors.paginate(
							query
								.select(({ fn }) => fn<number>("length", ["text"]).as("size"))
								.orderBy("size"),
							firstCursor,
						),
					/"size", an expression/,
				],
				[
					() =>
						cursors.paginate(
							query.orderBy("text", (item) => item.desc().collate("binary")),
							firstCursor,
						),
					/ordered by columns/,
				],
				[
					() =>
						cursors.paginate(
							db.selectFrom("note").select("id").orderBy("text"),
							firstCursor,
						),
					/rows have no "text": select it/,
				],
				[
					() =>
						cursors.paginate(query, firstCursor, { orderBy: [["id", "asc"]] }),
					/orderBy is for lists in memory/,
				],
			];
			for (const [paginate, message] of wrong) {
				await assert.rejects(
					paginate,
					(error) => error instanceof TypeError && message.test(error.message),
				);
			}
		});
	});
}

test("a list in memory that can't be sorted is refused with the reason", async () => {
	const wrong: [unknown, RegExp][] = [
		[{ id: null }, /never null/],
		[{}, /no "id"/],
		[{ id: Buffer.from("a") }, /Buffer of "id"/],
		[{ id: Number.NaN }, /NaN of "id"/],
	];
	for (const [row, message] of wrong) {
		await assert.rejects(
			cursors.paginate([row as { id: number }], firstCursor),
			(error) => error instanceof TypeError && message.test(error.message),
		);
	}
});
