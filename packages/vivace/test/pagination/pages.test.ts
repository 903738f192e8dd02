import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, Query, Router, SetupError, serve } from "../../src/index.ts";
import {
	cursorPageOf,
	limitOffsetPageOf,
	pageOf,
} from "../../src/pagination.ts";
import { TestClient } from "../../src/testing.ts";

const Item = z.object({ id: z.int(), at: z.date() }).meta({ id: "Item" });
const items = Array.from({ length: 23 }, (_, index) => ({
	id: index + 1,
	at: new Date(Date.UTC(2026, 0, 1 + index)),
	secret: "not in the schema",
}));

type Json = Record<string, unknown>;

/** The answer to a request: status, body, the links by relation. */
async function ask(client: TestClient, path: string) {
	const response = await client.get(path);
	const links = (response.headers.get("link") ?? "").matchAll(
		/<([^>]*)>; rel="(\w+)"/g,
	);
	return {
		status: response.status,
		body: (await response.json()) as Json,
		links: Object.fromEntries(
			Array.from(links, ([, url, relation]) => [relation, url]),
		),
	};
}

function idsOf(body: Json): unknown[] {
	return (body.items as { readonly id: number }[]).map(({ id }) => id);
}

suite("pages by number", () => {
	const pages = pageOf(Item, { links: "relative" });
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{ paging: pages.params, q: z.string().nullish() },
		function read_items({ paging }) {
			return pages.paginate(items, paging);
		},
	);

	test("have items as their schema gives them, and say where they are", async () => {
		await using client = await TestClient.start(app);
		const { body } = await ask(client, "/items?page=3&size=2");
		assert.deepEqual(body, {
			items: [
				{ id: 5, at: "2026-01-05T00:00:00Z" },
				{ id: 6, at: "2026-01-06T00:00:00Z" },
			],
			total: 23,
			page: 3,
			size: 2,
			pages: 12,
		});
	});

	test("are the first of 50 by default, and empty behind the last", async () => {
		await using client = await TestClient.start(app);
		const first = await ask(client, "/items");
		assert.deepEqual(
			{ ...first.body, items: idsOf(first.body).length },
			{
				items: 23,
				total: 23,
				page: 1,
				size: 50,
				pages: 1,
			},
		);
		const behind = await ask(client, "/items?page=2");
		assert.deepEqual(behind.body, {
			items: [],
			total: 23,
			page: 2,
			size: 50,
			pages: 1,
		});
	});

	test("link to the others, with the rest of the query as it was", async () => {
		await using client = await TestClient.start(app);
		const middle = await ask(client, "/items?q=a%20b&page=2&size=10");
		assert.deepEqual(middle.links, {
			first: "?q=a+b&page=1&size=10",
			prev: "?q=a+b&page=1&size=10",
			next: "?q=a+b&page=3&size=10",
			last: "?q=a+b&page=3&size=10",
		});
		const last = await ask(client, "/items?page=3&size=10");
		assert.deepEqual(Object.keys(last.links), ["first", "prev", "last"]);
	});

	test("refuse what is wrong, all of it, in FastAPI's words", async () => {
		await using client = await TestClient.start(app);
		const { status, body } = await ask(client, "/items?page=0&size=1000");
		assert.equal(status, 422);
		assert.deepEqual(body.detail, [
			{
				type: "greater_than_equal",
				loc: ["query", "page"],
				msg: "Input should be greater than or equal to 1",
				input: "0",
				ctx: { ge: 1 },
			},
			{
				type: "less_than_equal",
				loc: ["query", "size"],
				msg: "Input should be less than or equal to 100",
				input: "1000",
				ctx: { le: 100 },
			},
		]);
	});

	test("refuse to skip too many items, and point to cursors", async () => {
		await using client = await TestClient.start(app);
		const last = await ask(client, "/items?page=101&size=100");
		assert.equal(last.status, 200);
		const { status, body } = await ask(client, "/items?page=102&size=100");
		assert.equal(status, 422);
		assert.deepEqual(body.detail, [
			{
				type: "value_error",
				loc: ["query", "page"],
				msg: "Value error, at most 10000 items can be skipped, not 10100: narrow the list down, or follow its cursors where it has them",
				input: "102",
				ctx: { error: {} },
			},
		]);
	});

	test("are documented as FastAPI documents a generic model", async () => {
		await using client = await TestClient.start(app);
		const { body } = await ask(client, "/openapi.json");
		const { components, paths } = body as {
			components: { schemas: Json };
			paths: Record<string, { get: Json }>;
		};
		assert.deepEqual(components.schemas.Page_Item_, {
			properties: {
				items: {
					items: { $ref: "#/components/schemas/Item" },
					type: "array",
					title: "Items",
				},
				total: {
					type: "integer",
					minimum: 0,
					title: "Total",
					description: "Number of items",
				},
				page: {
					type: "integer",
					minimum: 1,
					title: "Page",
					description: "Number of this page",
				},
				size: {
					type: "integer",
					minimum: 1,
					title: "Size",
					description: "How many items a page has at most",
				},
				pages: {
					type: "integer",
					minimum: 0,
					title: "Pages",
					description: "Number of pages",
				},
			},
			type: "object",
			required: ["items", "total", "page", "size", "pages"],
			title: "Page[Item]",
		});
		assert.ok(components.schemas.Item);
		const { parameters } = paths["/items"]?.get ?? {};
		assert.deepEqual((parameters as Json[]).slice(1), [
			{
				name: "page",
				in: "query",
				required: false,
				schema: {
					type: "integer",
					minimum: 1,
					description: "Page number",
					default: 1,
					title: "Page",
				},
				description: "Page number",
			},
			{
				name: "size",
				in: "query",
				required: false,
				schema: {
					type: "integer",
					maximum: 100,
					minimum: 1,
					description: "Page size",
					default: 50,
					title: "Size",
				},
				description: "Page size",
			},
		]);
	});
});

suite("options of pages", () => {
	test("other names, sizes and limits", async () => {
		const pages = pageOf(Item, {
			size: 3,
			maxSize: 5,
			maxOffset: 6,
			names: { page: "p", size: "per-page" },
			links: "relative",
		});
		const app = new App();
		app.get(
			{ path: "/", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		await using client = await TestClient.start(app);
		const { body, links } = await ask(client, "/?p=2");
		assert.deepEqual(idsOf(body), [4, 5, 6]);
		// no link leads to where it would be refused
		assert.deepEqual(links, {
			first: "?p=1&per-page=3",
			prev: "?p=1&per-page=3",
			next: "?p=3&per-page=3",
		});
		const tooBig = await ask(client, "/?per-page=6");
		assert.deepEqual((tooBig.body.detail as Json[])[0]?.loc, [
			"query",
			"per-page",
		]);
		assert.equal((await ask(client, "/?p=4")).status, 422);
	});

	test("without a total nothing is counted, and the next page is still linked to", async () => {
		const pages = pageOf(Item, { total: "none", links: "relative" });
		const app = new App();
		app.get(
			{ path: "/", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		await using client = await TestClient.start(app);
		const { body, links } = await ask(client, "/?size=10&page=2");
		assert.deepEqual([body.total, body.pages], [null, null]);
		assert.deepEqual(Object.keys(links), ["first", "prev", "next"]);
		const last = await ask(client, "/?size=10&page=3");
		assert.deepEqual(Object.keys(last.links), ["first", "prev"]);
	});

	test("a capped total stops counting, and the last page is not known from then on", async () => {
		const pages = pageOf(Item, { total: { cappedAt: 20 }, links: "relative" });
		const app = new App();
		app.get(
			{ path: "/", response: pages.schema },
			{ paging: pages.params, most: Query(z.int().default(23)) },
			({ paging, most }) => pages.paginate(items.slice(0, most), paging),
		);
		await using client = await TestClient.start(app);
		const capped = await ask(client, "/?size=10");
		assert.deepEqual([capped.body.total, capped.body.pages], [20, 2]);
		assert.deepEqual(Object.keys(capped.links), ["first", "next"]);
		const all = await ask(client, "/?size=10&most=19");
		assert.deepEqual([all.body.total, all.body.pages], [19, 2]);
		assert.deepEqual(Object.keys(all.links), ["first", "next", "last"]);
	});

	test("absolute links name the address that the client sees, through a proxy and below a prefix", async () => {
		const pages = pageOf(Item, { links: "absolute" });
		const router = new Router({ prefix: "/shop" });
		router.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		const inner = new App();
		inner.include(router);
		const app = new App({ rootPath: "/api/v1" });
		app.mount("/inner", inner);
		await using client = await TestClient.start(app);
		// the proxy may leave its prefix on
		for (const prefix of ["", "/api/v1"]) {
			const { links } = await ask(client, `${prefix}/inner/shop/items?size=20`);
			assert.equal(
				links.next,
				"http://testserver/api/v1/inner/shop/items?size=20&page=2",
			);
		}
	});

	test("absolute links hold a path that was sent with what no URL holds", async () => {
		const pages = pageOf(Item, { links: "absolute" });
		const app = new App();
		app.get(
			{ path: "/{p:path}", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		await using server = await serve(app, {
			port: 0,
			signals: false,
			log: { error() {}, warn() {}, info() {} },
		});
		const path = '/a>;rel="next",<b?size=20';
		const asked = get({ port: server.port, path });
		const [answer] = (await once(asked, "response")) as [IncomingMessage];
		answer.resume();
		assert.match(
			String(answer.headers.link),
			/^<[^<>"]+\/a%3E;rel=%22next%22,%3Cb\?size=20&page=1>; rel="first"/,
		);
	});

	test("a transform makes the items, all those of a page at once", async () => {
		const pages = pageOf(z.string());
		const seen: number[] = [];
		const page = await pages.paginate(
			items,
			{ page: 2, size: 2 },
			{
				transform: async (rows) => {
					seen.push(rows.length);
					return rows.map(({ id }) => `item ${id}`);
				},
			},
		);
		assert.deepEqual(page.items, ["item 3", "item 4"]);
		assert.deepEqual(seen, [2]);
	});

	for (const [title, name, item] of [
		["its item's", "Page_Item_", Item],
		["Python's for a plain type", "Page_str_", z.string()],
		["its own", "Items", Item],
	] as const) {
		test(`a page's name in the document is ${title}`, async () => {
			const own = title === "its own" ? { name } : {};
			const pages = pageOf(item, own);
			const app = new App();
			app.get({ path: "/", response: pages.schema }, () => ({
				items: [] as never[],
				total: 0,
				page: 1,
				size: 50,
				pages: 0,
			}));
			await using client = await TestClient.start(app);
			const { body } = await ask(client, "/openapi.json");
			const { schemas } = body.components as { schemas: Json };
			assert.ok(schemas[name], Object.keys(schemas).join());
		});
	}

	const wrong: [title: string, make: () => unknown, message: RegExp][] = [
		["a size of 0", () => pageOf(Item, { size: 0 }), /size .* got 0/],
		[
			"a size above the most",
			() => pageOf(Item, { size: 101 }),
			/size .* from 1 to 100, got 101/,
		],
		[
			"a negative maxOffset",
			() => limitOffsetPageOf(Item, { maxOffset: -1 }),
			/maxOffset/,
		],
		[
			"a cap that is no number",
			() => cursorPageOf(Item, { key: "id", total: { cappedAt: 0.5 } }),
			/cappedAt/,
		],
		[
			"one name for two parameters",
			() => pageOf(Item, { names: { page: "p", size: "p" } }),
			/names/,
		],
		[
			"a name that another parameter has",
			() => pageOf(Item, { names: { page: "size" } }),
			/names/,
		],
		[
			"no key",
			() => cursorPageOf(Item, {} as { key: string }),
			/key must be given/,
		],
		[
			"a signing key that can be guessed",
			() => cursorPageOf(Item, { key: "id", signingKey: "short" }),
			/signingKey/,
		],
	];
	for (const [title, make, message] of wrong) {
		test(`${title} is refused at once`, () => {
			assert.throws(
				make,
				(error) =>
					error instanceof SetupError &&
					error.code === "VIV_OPTION" &&
					message.test(error.message),
			);
		});
	}
});

suite("pages by limit and offset", () => {
	const pages = limitOffsetPageOf(Item, { links: "relative" });
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{ paging: pages.params },
		({ paging }) => pages.paginate(items, paging),
	);

	test("have the items asked for, and link in steps from where they are", async () => {
		await using client = await TestClient.start(app);
		const { body, links } = await ask(client, "/items?limit=10&offset=3");
		assert.deepEqual(idsOf(body), [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
		assert.deepEqual(
			{ ...body, items: undefined },
			{
				items: undefined,
				total: 23,
				limit: 10,
				offset: 3,
			},
		);
		assert.deepEqual(links, {
			first: "?limit=10&offset=0",
			prev: "?limit=10&offset=0",
			next: "?limit=10&offset=13",
			last: "?limit=10&offset=13",
		});
	});

	test("refuse to skip too many", async () => {
		await using client = await TestClient.start(app);
		assert.equal((await ask(client, "/items?offset=10000")).status, 200);
		const { status, body } = await ask(client, "/items?offset=10001");
		assert.equal(status, 422);
		assert.deepEqual((body.detail as Json[])[0]?.loc, ["query", "offset"]);
	});
});

suite("pages by cursors", () => {
	const pages = cursorPageOf(Item, {
		key: "id",
		links: "relative",
		total: "exact",
		signingKey: "sixteen bytes at least",
	});
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{
			paging: pages.params,
			order: z.enum(["asc", "desc"]).default("desc"),
			from: Query(z.int().default(0)),
		},
		({ paging, order, from }) =>
			pages.paginate(
				items.filter(({ id }) => id > from),
				paging,
				{ orderBy: [["at", order]], filters: { from } },
			),
	);

	test("are followed by their links", async () => {
		await using client = await TestClient.start(app);
		const ids: unknown[] = [];
		let path: string | undefined = "?size=10";
		while (path !== undefined) {
			const { body, links } = await ask(client, `/items${path}`);
			assert.equal(body.total, 23);
			ids.push(...idsOf(body));
			path = links.next;
		}
		assert.deepEqual(ids, items.map(({ id }) => id).reverse());
	});

	test("begin where there is no cursor, or an empty one", async () => {
		await using client = await TestClient.start(app);
		const [absent, empty] = [
			await ask(client, "/items"),
			await ask(client, "/items?cursor="),
		];
		assert.deepEqual(empty.body, absent.body);
	});

	test("refuse a cursor that is damaged, or of another filter or order, and say why", async () => {
		await using client = await TestClient.start(app);
		const { body } = await ask(client, "/items?size=2");
		const cursor = String(body.next_page);
		assert.equal((await ask(client, `/items?cursor=${cursor}`)).status, 200);
		for (const [query, reason] of [
			[`cursor=${cursor}x`, /damaged/],
			["cursor=1", /damaged/],
			[`cursor=${cursor}&order=asc`, /its filters or its order/],
			[`cursor=${cursor}&from=3`, /its filters or its order/],
		] as const) {
			const refused = await ask(client, `/items?${query}`);
			assert.equal(refused.status, 422);
			const [detail] = refused.body.detail as Json[];
			assert.deepEqual(detail?.loc, ["query", "cursor"]);
			assert.equal(detail?.type, "value_error");
			assert.match(String(detail?.msg), reason);
		}
	});

	test("are documented with what each cursor is for", async () => {
		await using client = await TestClient.start(app);
		const { body } = await ask(client, "/openapi.json");
		const { schemas } = body.components as {
			schemas: Record<string, { properties: Json; title: string }>;
		};
		const page = schemas.CursorPage_Item_;
		assert.equal(page?.title, "CursorPage[Item]");
		assert.deepEqual(Object.keys(page?.properties ?? {}), [
			"items",
			"total",
			"current_page",
			"current_page_backwards",
			"previous_page",
			"next_page",
		]);
		assert.deepEqual(page?.properties.next_page, {
			anyOf: [{ type: "string" }, { type: "null" }],
			description: "Cursor for the next page",
			title: "Next Page",
		});
	});
});
