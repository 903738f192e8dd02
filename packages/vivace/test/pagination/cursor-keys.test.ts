import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { CamelCasePlugin, type Kysely, sql } from "kysely";
import { z } from "zod";
import { openDatabase } from "../../src/database.ts";
import {
	type CursorPage,
	type CursorPagingOptions,
	cursorPageOf,
	type PageSource,
	pageOf,
} from "../../src/pagination.ts";
import {
	type ListedEngine,
	listedEngines,
	type Tables,
} from "./listed-engines.ts";

type Row = Readonly<Record<string, unknown>>;
const Item = z.record(z.string(), z.any());

/** All pages, and the message of the error on the first, if there is one. */
async function pagesOf(
	query: PageSource<Row>,
	options: CursorPagingOptions<"none">,
	size = 3,
): Promise<readonly Row[] | string> {
	const pages = cursorPageOf(Item, options);
	const first = await pages
		.paginate(query, { cursor: null, size })
		.catch((error: Error) => error);
	if (first instanceof Error) {
		return first.message;
	}
	const items = [...first.items];
	let page: CursorPage<Row> = first;
	while (page.next_page !== null) {
		page = await pages.paginate(query, { cursor: page.next_page, size });
		items.push(...page.items);
	}
	return items;
}

/** The values in a column of all rows, each of which must be there once. */
function column(rows: readonly Row[] | string, name: string): unknown[] {
	assert.ok(typeof rows !== "string", String(rows));
	return rows.map((row) => row[name]);
}

for (const { name, missing, start } of listedEngines) {
	suite(`the key of a list on ${name}`, { skip: missing ?? false }, () => {
		let place: Awaited<ReturnType<ListedEngine["start"]>>;
		let db: Kysely<Tables>;
		before(async () => {
			place = await start();
			db = place.db;
			const statements = [
				"create table author (id int not null primary key, full_name varchar(20) not null)",
				"create table book (id int not null primary key, author_id int not null, stock int not null)",
				"create table store (town varchar(20) not null, stock int not null)",
				"create view shelf as select stock, id from book",
				"insert into author values (1, 'Woolf'), (2, 'Mann'), (3, 'Woolf')",
				`insert into book values ${Array.from({ length: 12 }, (_, index) => `(${index}, ${1 + (index % 2)}, ${index % 4 < 2 ? 1 : 2})`).join(", ")}`,
				"insert into store values ('a', 1), ('b', 1), ('c', 2), ('d', 2), ('e', 3)",
			];
			for (const statement of statements) {
				await sql.raw(statement).execute(db);
			}
		});
		after(() => place?.[Symbol.asyncDispose]());
		const twelve = Array.from({ length: 12 }, (_, index) => index);
		const sorted = (values: unknown[]) =>
			values.map(Number).sort((left, right) => left - right);

		test("that has doubles is completed by the table's primary key", async () => {
			const rows = await pagesOf(db.selectFrom("book").selectAll(), {
				key: "stock",
			});
			assert.deepEqual(
				column(rows, "id"),
				[0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11],
			);
		});

		test("is completed without a word in the rows", async () => {
			const query = db.selectFrom("book as b").select("b.stock");
			const rows = await pagesOf(query, { key: "b.stock" });
			assert.deepEqual(rows, [
				...Array(6).fill({ stock: 1 }),
				...Array(6).fill({ stock: 2 }),
			]);
		});

		test("of one table is enough for those that are joined by their own", async () => {
			const query = db
				.selectFrom("author")
				.innerJoin("book", "book.author_id", "author.id")
				.selectAll("author")
				.select(["book.id as number", "book.stock"])
				.orderBy("author.full_name");
			const rows = await pagesOf(query, { key: "book.id" });
			assert.deepEqual(
				column(rows, "number"),
				[1, 3, 5, 7, 9, 11, 0, 2, 4, 6, 8, 10],
			);
			const { next_page } = await cursorPageOf(Item, {
				key: "book.id",
			}).paginate(query, { cursor: null, size: 1 });
			const fields = JSON.parse(
				Buffer.from(next_page ?? "", "base64url").toString(),
			);
			assert.equal(fields[2].length, 2, "nothing is appended");
		});

		test("of one table is completed by that of a table with more rows", async () => {
			for (const kind of ["innerJoin", "leftJoin"] as const) {
				const authors = db.selectFrom("author");
				const join = authors[kind].bind(authors) as typeof authors.innerJoin;
				const query = join("book", "book.author_id", "author.id")
					.selectAll(["author", "book"])
					.orderBy("author.full_name", "desc");
				const rows = await pagesOf(query, { key: "author.id" });
				const stocks = column(rows, "stock");
				assert.equal(stocks.length, kind === "innerJoin" ? 12 : 13);
				const ids = column(rows, "id").filter((id) => id !== null);
				assert.deepEqual(sorted(ids), twelve);
			}
		});

		test("of a join has null where a table has no row", async () => {
			await sql
				.raw(
					"create table shop (id int not null primary key, book_id int not null)",
				)
				.execute(db);
			await sql
				.raw("insert into shop values (1, 1), (2, 99), (3, 98), (4, 1)")
				.execute(db);
			for (const key of [
				"shop.id",
				"shop.book_id",
				["book.id", "shop.id"],
			] as const) {
				const query = db
					.selectFrom("book")
					.rightJoin("shop", "shop.book_id", "book.id")
					.select([
						"book.id as number",
						"shop.id as shop",
						"shop.book_id as wanted",
					]);
				const found = await pagesOf(
					query,
					{ key } as CursorPagingOptions<"none">,
					1,
				);
				assert.deepEqual(sorted(column(found, "shop")), [1, 2, 3, 4]);
			}
		});

		test("is completed for pages by number, too", async () => {
			const query = db
				.selectFrom("book")
				.select("book.id")
				.orderBy("author_id");
			const pages = pageOf(Item, { key: "stock" });
			const ids: unknown[] = [];
			for (let page = 1; page <= 6; page++) {
				const { items } = await pages.paginate(query, { page, size: 2 });
				ids.push(...items.map(({ id }) => id));
			}
			assert.deepEqual(ids, [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]);
			for (const [other, key] of [
				[
					db.selectFrom("book").select(["author_id", "stock"]).distinct(),
					"stock",
				],
				[db.selectFrom("shelf").selectAll(), "stock"],
				[
					db
						.selectFrom("book")
						.innerJoin("author", "author.id", "book.author_id")
						.select(["book.id"]),
					"author.id",
				],
			] as const) {
				const size = 100;
				const { items } = await pageOf(Item, { key }).paginate(
					other as PageSource<Row>,
					{ page: 1, size },
				);
				assert.ok(items.length > 3);
			}
		});

		test("that is null on a later page is the program's mistake, not the client's", async () => {
			await sql
				.raw("create view wished as select nullif(id, 5) as id from book")
				.execute(db);
			const query = db.selectFrom("wished").selectAll().orderBy("id", "desc");
			const pages = cursorPageOf(Item, { key: "id" });
			await assert.rejects(
				async () => {
					let cursor: string | null = null;
					do {
						const page: CursorPage<Row> = await pages.paginate(query, {
							cursor,
							size: 2,
						});
						cursor = page.next_page;
					} while (cursor !== null);
				},
				{ name: "TypeError", message: /never null/ },
			);
		});

		test("is looked for in subqueries, common tables, groups and rows without doubles", async () => {
			const within = db
				.selectFrom(
					db
						.selectFrom("book")
						.select(["id", "stock", sql`stock * 2`.as("twice")])
						.as("b"),
				)
				.selectAll()
				.orderBy("twice", "desc");
			assert.deepEqual(
				sorted(column(await pagesOf(within, { key: "stock" }), "id")),
				twelve,
			);
			const common = db
				.with("listed", (qb) =>
					qb.selectFrom("book").selectAll().where("id", "<", 9),
				)
				.selectFrom("listed")
				.selectAll();
			assert.deepEqual(
				sorted(column(await pagesOf(common, { key: "author_id" }), "id")),
				twelve.slice(0, 9),
			);
			const groups = db
				.selectFrom("book")
				.select(({ fn }) => [
					"author_id",
					"stock",
					fn.countAll<number>().as("books"),
				])
				.groupBy(["author_id", "stock"]);
			assert.equal(
				column(await pagesOf(groups, { key: "stock" }), "books").length,
				4,
			);
			const single = db
				.selectFrom("book")
				.select(["author_id", "stock"])
				.distinct();
			assert.equal(
				column(await pagesOf(single, { key: "stock" }), "stock").length,
				4,
			);
		});

		test("that no table can complete is refused with its doubles on the first page", async () => {
			const doubles =
				/two rows of "(store|shelf|s)" have the same "stock".*give the option "key"/;
			for (const query of [
				db.selectFrom("store").selectAll().where("stock", "!=", 1),
				db.selectFrom("shelf").selectAll(),
				db.selectFrom(sql<Row>`(select * from store)`.as("s")).selectAll(),
			]) {
				assert.match(
					String(await pagesOf(query as PageSource<Row>, { key: "stock" }, 1)),
					doubles,
				);
			}
			assert.deepEqual(
				column(
					await pagesOf(db.selectFrom("store").selectAll(), { key: "town" }),
					"town",
				),
				["a", "b", "c", "d", "e"],
			);
			assert.deepEqual(
				sorted(
					column(
						await pagesOf(db.selectFrom("shelf").selectAll().orderBy("stock"), {
							key: "id",
						}),
						"id",
					),
				),
				twelve,
			);
		});

		test("that is said to be unique is taken for it, until two rows have the same", async () => {
			const query = db.selectFrom("store").selectAll().orderBy("stock", "desc");
			const pages = cursorPageOf(Item, { key: "stock", unique: true });
			const first = await pages.paginate(query, { cursor: null, size: 1 });
			assert.equal(first.items[0]?.town, "e");
			await assert.rejects(
				pages.paginate(query, { cursor: first.next_page, size: 1 }),
				/two rows of "store"/,
			);
		});

		test("is completed in names of Kysely's plugins", async () => {
			const camel = db.withPlugin(new CamelCasePlugin());
			const query = camel
				.selectFrom("book")
				.select(["authorId", "stock"])
				.orderBy("authorId");
			const rows = await pagesOf(query, { key: "stock" });
			assert.equal(rows.length, 12);
			assert.deepEqual(rows[0], { authorId: 1, stock: 1 });
		});

		test("is completed by another one when the table has another primary key", async () => {
			const pages = cursorPageOf(Item, { key: "kind" });
			for (const primary of ["a", "b"]) {
				await sql.raw("drop table if exists changed").execute(db);
				await sql
					.raw(
						`create table changed (a int not null, b int not null, kind int not null, primary key (${primary}))`,
					)
					.execute(db);
				await sql
					.raw(
						"insert into changed values (1, 4, 0), (2, 3, 0), (3, 2, 0), (4, 1, 0)",
					)
					.execute(db);
				const { items } = await pages.paginate(
					db.selectFrom("changed").selectAll(),
					{ cursor: null, size: 2 },
				);
				assert.deepEqual(
					items.map((item) => item[primary]),
					[1, 2],
				);
			}
		});
	});
}

test("a list in memory is refused on the first page, wherever its doubles are", async () => {
	const list = [1, 2, 3, 4, 4].map((id) => ({ id }));
	assert.match(
		String(await pagesOf(list, { key: "id" }, 2)),
		/two of its rows have the same "id"/,
	);
});

test("a database of ours is asked for a table's keys once", async () => {
	const statements: string[] = [];
	await using database = await openDatabase<Tables>({
		url: "sqlite::memory:",
		log: ({ query }) => {
			statements.push(query.sql);
		},
	});
	const { db } = database;
	await sql`create table note (id integer primary key, kind text)`.execute(db);
	const query = db.selectFrom("note").selectAll();
	for (let time = 0; time < 3; time++) {
		await pagesOf(query, { key: "kind" });
	}
	const asked = statements.filter((statement) => statement.includes("pragma"));
	assert.equal(asked.length, 1);
	assert.equal(statements.length, 1 + 1 + 3);
});
