import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, SetupError } from "../../src/index.ts";
import {
	cursorPageOf,
	limitOffsetPageOf,
	pageOf,
} from "../../src/pagination.ts";
import { TestClient } from "../../src/testing.ts";
import { listedEngines } from "./listed-engines.ts";

const Item = z.object({ id: z.int() }).meta({ id: "Item" });
const items = Array.from({ length: 5 }, (_, index) => ({ id: index + 1 }));

type Json = Record<string, unknown>;

async function jsonOf(client: TestClient, path: string): Promise<Json> {
	return (await (await client.get(path)).json()) as Json;
}

suite("a source of one's own", () => {
	test("is asked for the part that a page has, and counted where that does not tell", async () => {
		const asked: unknown[] = [];
		const pages = pageOf(Item, { size: 2, bodyLinks: "path" });
		const app = new App();
		app.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) =>
				pages.paginate(
					async ({ offset, limit }) => {
						asked.push([offset, limit]);
						return items.slice(offset, offset + limit);
					},
					paging,
					{
						total: async () => {
							asked.push("count");
							return BigInt(items.length);
						},
					},
				),
		);
		await using client = await TestClient.start(app);
		const { links, ...middle } = await jsonOf(client, "/items?page=2");
		assert.deepEqual(middle, {
			items: [{ id: 3 }, { id: 4 }],
			total: 5,
			page: 2,
			size: 2,
			pages: 3,
		});
		assert.equal((links as Json).last, "/items?page=3&size=2");
		assert.equal((await jsonOf(client, "/items?page=3")).total, 5);
		assert.deepEqual(asked, [[2, 2], "count", [4, 2]]);
	});

	test("without a total is asked for one row more, if the next page is linked to", async () => {
		const asked: number[] = [];
		const pages = limitOffsetPageOf(Item, { total: "none", bodyLinks: "path" });
		const app = new App();
		app.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) =>
				pages.paginate(({ offset, limit }) => {
					asked.push(limit);
					return items.slice(offset, offset + limit);
				}, paging),
		);
		await using client = await TestClient.start(app);
		const page = await jsonOf(client, "/items?limit=3");
		assert.deepEqual(page.items, [{ id: 1 }, { id: 2 }, { id: 3 }]);
		assert.equal((page.links as Json).next, "/items?limit=3&offset=3");
		const last = await jsonOf(client, "/items?limit=3&offset=3");
		assert.equal((last.links as Json).next, null);
		assert.deepEqual(asked, [4, 4]);
	});

	test("may have the page already: a page made by hand", async () => {
		const pages = pageOf(z.string());
		const page = await pages.paginate(
			() => items,
			{ page: 2, size: 5 },
			{
				total: 12,
				transform: (rows) => rows.map(({ id }) => `item ${id}`),
			},
		);
		assert.deepEqual(page, {
			items: ["item 1", "item 2", "item 3", "item 4", "item 5"],
			total: 12,
			page: 2,
			size: 5,
			pages: 3,
		});
	});

	test("must have a total, give a list, and no more than it was asked for", async () => {
		const pages = pageOf(Item);
		const paging = { page: 1, size: 2 };
		await assert.rejects(
			pages.paginate(() => items.slice(0, 1), paging),
			(error) =>
				error instanceof SetupError &&
				/total must be given for a source that is a function/.test(
					error.message,
				),
		);
		await assert.rejects(
			pages.paginate(() => items, paging, { total: 5 }),
			/at most 2 rows, as it was asked for by limit, got 5/,
		);
		await assert.rejects(
			pages.paginate((() => "rows") as never, paging, { total: 5 }),
			/must give a list of at most 2 rows.*got "rows"/,
		);
		for (const total of [-1, 1.5, () => "5" as never]) {
			await assert.rejects(
				pages.paginate(() => items.slice(0, 2), paging, { total }),
				/total must be a whole number that is not negative/,
			);
		}
		await assert.rejects(
			pages.paginate(items, paging, { total: "5" as never }),
			/total must be a whole number that is not negative, or a function that counts, got "5"/,
		);
	});
});

for (const { name, missing, start } of listedEngines) {
	test(`a query is counted by a statement of one's own, on ${name}`, {
		skip: missing,
	}, async () => {
		await using server = await start();
		const { db } = server;
		await db.schema
			.createTable("item")
			.addColumn("id", "integer", (column) => column.primaryKey())
			.addColumn("owner", "integer")
			.execute();
		await db.schema
			.createTable("counter")
			.addColumn("owner", "integer")
			.addColumn("items", "integer")
			.execute();
		await db
			.insertInto("item")
			.values(items.map(({ id }) => ({ id, owner: 1 })))
			.execute();
		// a number that no count of the items would give
		await db.insertInto("counter").values({ owner: 1, items: 77 }).execute();
		const query = db.selectFrom("item").select("id").orderBy("id");
		const total = async () => {
			const { items } = await db
				.selectFrom("counter")
				.select("items")
				.where("owner", "=", 1)
				.executeTakeFirstOrThrow();
			return Number(items);
		};
		const rows = {
			...(await pageOf(Item).paginate(
				query as never,
				{ page: 1, size: 2 },
				{ total },
			)),
		};
		assert.deepEqual(rows, {
			items: [{ id: 1 }, { id: 2 }],
			total: 77,
			page: 1,
			size: 2,
			pages: 39,
		});
		const cursors = cursorPageOf(Item, { key: "id", total: "exact" });
		const first = await cursors.paginate(
			db.selectFrom("item").select("id") as never,
			{ cursor: null, size: 2 },
			{ total },
		);
		assert.equal(first.total, 77);
		const all = pageOf(Item, { unpaged: 5 });
		const whole = { page: 1, size: 5, whole: true };
		const { size, total: counted } = await all.paginate(query as never, whole);
		assert.deepEqual([size, counted], [5, 5]);
		await assert.rejects(all.paginate(query as never, { ...whole, size: 4 }), {
			name: "RequestValidationError",
		});
	});
}

suite("where no page is asked for", () => {
	for (const [kind, sent, fields] of [
		["page", "page=1", { total: 5, page: 1, size: 5, pages: 1 }],
		["offset", "offset=0", { total: 5, limit: 5, offset: 0 }],
		["cursor", "cursor=", { total: 5 }],
	] as const) {
		const options = { unpaged: 5, size: 2, bodyLinks: "path" } as const;
		// one type for the three, whose answers differ
		const pages = {
			page: pageOf(Item, options),
			offset: limitOffsetPageOf(Item, options),
			cursor: cursorPageOf(Item, { ...options, key: "id", total: "exact" }),
		}[kind] as unknown as ReturnType<typeof pageOf<typeof Item>>;
		let length = 5;
		const app = new App();
		app.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) =>
				pages.paginate([...items, { id: 6 }].slice(0, length), paging),
		);

		test(`by ${kind}, the whole list is given`, async () => {
			length = 5;
			await using client = await TestClient.start(app);
			const { items: all, links, ...rest } = await jsonOf(client, "/items?q=1");
			assert.deepEqual(all, items);
			assert.deepEqual({ ...rest, ...fields }, rest);
			const { self, next, prev } = links as Json;
			assert.deepEqual([self, next, prev], ["/items?q=1", null, null]);
			length = 0;
			const none = await jsonOf(client, "/items");
			assert.deepEqual([none.items, none.total], [[], 0]);
		});

		test(`by ${kind}, a list that is too long is refused, and given in pages`, async () => {
			length = 6;
			await using client = await TestClient.start(app);
			const response = await client.get("/items");
			assert.equal(response.status, 422);
			const name = kind === "offset" ? "limit" : "size";
			assert.deepEqual(await response.json(), {
				detail: [
					{
						type: "value_error",
						loc: ["query", name],
						msg: `Value error, the list has more than 5 items, which is too many for one answer: ask for pages by "${name}"`,
						input: null,
						ctx: { error: {} },
					},
				],
			});
			const first = await jsonOf(client, `/items?${sent}`);
			assert.deepEqual(first.items, [{ id: 1 }, { id: 2 }]);
			const other = await jsonOf(client, `/items?${name}=4`);
			assert.equal((other.items as Json[]).length, 4);
		});
	}

	test("what is skipped is bounded as ever", async () => {
		const pages = pageOf(Item, { unpaged: 5, maxOffset: 100 });
		const app = new App();
		app.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/items?page=4")).status, 422);
		assert.equal((await client.get("/items?page=3")).status, 200);
	});

	test("the parameters are documented as they are read", async () => {
		const pages = pageOf(Item, { unpaged: 5, minSize: 2 });
		const app = new App();
		app.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		await using client = await TestClient.start(app);
		const { paths } = (await jsonOf(client, "/openapi.json")) as {
			paths: Record<string, { get: { parameters: Json[] } }>;
		};
		const [, size] = paths["/items"]?.get.parameters ?? [];
		assert.equal(size?.required, false);
		assert.deepEqual(size?.schema, {
			anyOf: [{ type: "integer", maximum: 100, minimum: 2 }, { type: "null" }],
			description:
				"Page size, 50 if only others are given; without any of the parameters the whole list is given, of at most 5 items",
			title: "Size",
		});
		assert.equal((await client.get("/items?size=1")).status, 422);
		assert.equal((await client.get("/items?size=2")).status, 200);
	});

	for (const [title, make, message] of [
		["no items", () => pageOf(Item, { unpaged: 0 }), /unpaged .* from 1/],
		[
			"a least size above the most",
			() => pageOf(Item, { minSize: 101 }),
			/minSize .* from 1 to 100, got 101/,
		],
		[
			"a size below the least",
			() => pageOf(Item, { minSize: 10, size: 5 }),
			/size .* from 10 to 100, got 5/,
		],
	] as const) {
		test(`${title}: refused when the page is declared`, () => {
			assert.throws(make, message);
		});
	}
});
