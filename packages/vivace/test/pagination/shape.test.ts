import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { z } from "zod";
import { App, SetupError } from "../../src/index.ts";
import {
	cursorPageOf,
	limitOffsetPageOf,
	pageOf,
} from "../../src/pagination.ts";
import { TestClient } from "../../src/testing.ts";

const Item = z.object({ id: z.int() }).meta({ id: "Item" });
const items = Array.from({ length: 5 }, (_, index) => ({ id: index + 1 }));

type Json = Record<string, unknown>;

/** The model of the answer of `GET /items` in the document, or its schema where it is no model. */
async function documented(client: TestClient): Promise<Json> {
	const response = await client.get("/openapi.json");
	const { paths, components } = (await response.json()) as {
		paths: Record<string, { get: { responses: Json } }>;
		components: { schemas: Record<string, Json> };
	};
	const answer = paths["/items"]?.get.responses["200"] as {
		content: Record<string, { schema: Json }>;
	};
	const schema = answer.content["application/json"]?.schema ?? {};
	const name = String(schema.$ref ?? "").replace("#/components/schemas/", "");
	return components.schemas[name] ?? schema;
}

suite("the fields of a page", () => {
	const pages = pageOf(Item, {
		size: 2,
		fieldNames: { items: "data", total: "count", links: "_links" },
		extra: { unread: z.int(), since: z.date() },
		bodyLinks: "path",
	});
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{ paging: pages.params },
		({ paging }) =>
			pages.paginate(items, paging, {
				extra: { unread: 3, since: new Date("2026-01-01T00:00:00Z") },
			}),
	);

	test("have the names that they are given, with others beside them", async () => {
		await using client = await TestClient.start(app);
		const response = await client.get("/items?page=2&q=a%20b");
		assert.deepEqual(await response.json(), {
			data: [{ id: 3 }, { id: 4 }],
			count: 5,
			page: 2,
			size: 2,
			pages: 3,
			_links: {
				first: "/items?page=1&q=a+b&size=2",
				last: "/items?page=3&q=a+b&size=2",
				self: "/items?page=2&q=a+b&size=2",
				next: "/items?page=3&q=a+b&size=2",
				prev: "/items?page=1&q=a+b&size=2",
			},
			unread: 3,
			since: "2026-01-01T00:00:00Z",
		});
		assert.equal(response.headers.get("link"), null);
	});

	test("are documented as they are sent", async () => {
		await using client = await TestClient.start(app);
		const model = await documented(client);
		const fields = [
			"data",
			"count",
			"page",
			"size",
			"pages",
			"_links",
			"unread",
			"since",
		];
		assert.deepEqual(model.required, fields);
		const properties = model.properties as Record<string, Json>;
		assert.deepEqual(Object.keys(properties), fields);
		assert.deepEqual(properties.data?.items, {
			$ref: "#/components/schemas/Item",
		});
		assert.equal(properties.unread?.type, "integer");
		assert.match(JSON.stringify(properties._links), /schemas\/Links/);
	});

	test("must have the values that they are declared with", async () => {
		const paging = { page: 1, size: 2 };
		const wrong = pages as unknown as {
			paginate(list: unknown, params: unknown, options?: object): unknown;
		};
		await assert.rejects(
			async () => wrong.paginate(items, paging),
			/paginate\(\): extra: unread must be given/,
		);
		await assert.rejects(
			async () =>
				wrong.paginate(items, paging, {
					extra: { unread: 1, since: new Date(), other: 1 },
				}),
			/there is no option "other"/,
		);
	});

	test("link to nothing where no request has asked", async () => {
		const page = await limitOffsetPageOf(Item, {
			bodyLinks: "absolute",
		}).paginate(items, { limit: 2, offset: 2 });
		assert.deepEqual(page.links, {
			first: null,
			last: null,
			self: null,
			next: null,
			prev: null,
		});
		assert.deepEqual(page.items, [{ id: 3 }, { id: 4 }]);
	});
});

suite("links in the body", () => {
	test("are whole addresses, or begin with the path that the client sees, behind a prefix and below a mount", async () => {
		for (const [bodyLinks, base] of [
			["absolute", "http://testserver/api/v1/shop/items"],
			["path", "/api/v1/shop/items"],
			["relative", ""],
		] as const) {
			const pages = limitOffsetPageOf(Item, { bodyLinks, links: "path" });
			const inner = new App();
			inner.get(
				{ path: "/items", response: pages.schema },
				{ paging: pages.params },
				({ paging }) => pages.paginate(items, paging),
			);
			const app = new App({ rootPath: "/api/v1" });
			app.mount("/shop", inner);
			await using client = await TestClient.start(app);
			const response = await client.get("/shop/items?limit=2&offset=2");
			const { links } = (await response.json()) as { links: Json };
			assert.deepEqual(links, {
				first: `${base}?limit=2&offset=0`,
				last: `${base}?limit=2&offset=4`,
				self: `${base}?limit=2&offset=2`,
				next: `${base}?limit=2&offset=4`,
				prev: `${base}?limit=2&offset=0`,
			});
			// the header beside them, in a form of its own
			assert.match(
				response.headers.get("link") ?? "",
				/^<\/api\/v1\/shop\/items\?limit=2&offset=0>; rel="first"/,
			);
		}
	});

	test("of cursors lead through the whole list and back, without a total", async () => {
		const pages = cursorPageOf(Item, { key: "id", bodyLinks: "path", size: 2 });
		const app = new App();
		app.get(
			{ path: "/items", response: pages.schema },
			{ paging: pages.params },
			({ paging }) => pages.paginate(items, paging),
		);
		await using client = await TestClient.start(app);
		const seen: unknown[] = [];
		let [address, back] = ["/items" as string | null, ""];
		while (address !== null) {
			const page = (await (await client.get(address)).json()) as {
				items: { id: number }[];
				links: Record<string, string | null>;
			};
			seen.push(...page.items.map(({ id }) => id));
			assert.equal(page.links.last, null);
			assert.equal(page.links.first, "/items?size=2");
			back = page.links.prev ?? "";
			address = page.links.next ?? null;
		}
		assert.deepEqual(seen, [1, 2, 3, 4, 5]);
		const before = (await (await client.get(back)).json()) as Json;
		assert.deepEqual(before.items, [{ id: 3 }, { id: 4 }]);
	});
});

suite("a flat page", () => {
	const pages = pageOf(Item, { flat: true, links: "relative", size: 2 });
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{ paging: pages.params },
		({ paging }) => pages.paginate(items, paging),
	);

	test("is the list alone, with total and links in headers", async () => {
		await using client = await TestClient.start(app);
		const response = await client.get("/items?page=2");
		assert.deepEqual(await response.json(), [{ id: 3 }, { id: 4 }]);
		assert.equal(response.headers.get("x-total-count"), "5");
		assert.equal(
			response.headers.get("link"),
			'<?page=1&size=2>; rel="first", <?page=1&size=2>; rel="prev", <?page=3&size=2>; rel="next", <?page=3&size=2>; rel="last"',
		);
	});

	test("is documented as a list", async () => {
		await using client = await TestClient.start(app);
		const { title: _, ...schema } = await documented(client);
		assert.deepEqual(schema, {
			type: "array",
			items: { $ref: "#/components/schemas/Item" },
		});
	});

	test("has no header for what is not counted, and is a list for a script too", async () => {
		const uncounted = cursorPageOf(Item, {
			key: "id",
			flat: true,
			links: "relative",
		});
		const other = new App();
		other.get(
			{ path: "/items", response: uncounted.schema },
			{ paging: uncounted.params },
			({ paging }) => uncounted.paginate(items, paging),
		);
		await using client = await TestClient.start(other);
		const response = await client.get("/items?size=4");
		assert.equal(response.headers.get("x-total-count"), null);
		const next = /<([^>]*)>; rel="next"/.exec(
			response.headers.get("link") ?? "",
		);
		const rest = await client.get(`/items${next?.[1]}`);
		assert.deepEqual(await rest.json(), [{ id: 5 }]);
		assert.deepEqual(await pages.paginate(items, { page: 3, size: 2 }), [
			{ id: 5 },
		]);
	});
});

suite("shapes that make no sense", () => {
	const wrong: [title: string, make: () => unknown, message: RegExp][] = [
		[
			"two fields of one name",
			() => pageOf(Item, { fieldNames: { items: "total" } }),
			/two fields of the page are named "total"/,
		],
		[
			"an additional field with a name of the page's",
			() => pageOf(Item, { extra: { pages: z.int() } }),
			/two fields of the page are named "pages": .*fieldNames/,
		],
		[
			"an additional field with the name of the links",
			() => pageOf(Item, { extra: { links: z.int() }, bodyLinks: "path" }),
			/two fields of the page are named "links"/,
		],
		[
			"an additional field without a schema",
			() => pageOf(Item, { extra: { unread: 1 as never } }),
			/extra.unread must be a schema.* got 1/,
		],
		[
			"an empty name",
			() => limitOffsetPageOf(Item, { fieldNames: { items: "" } }),
			/fieldNames: items must be a text that is not empty/,
		],
		[
			"a name for a field that is not there",
			() => pageOf(Item, { fieldNames: { links: "_links" } }),
			/fieldNames: there is no option "links"/,
		],
		[
			"a flat page with additional fields",
			() => pageOf(Item, { flat: true, extra: { unread: z.int() } }),
			/"flat" and "extra" exclude each other/,
		],
		[
			"a flat page with other names",
			() => pageOf(Item, { flat: true, fieldNames: { items: "data" } }),
			/"flat" and "fieldNames"/,
		],
		[
			"a flat page with links in its body",
			() => limitOffsetPageOf(Item, { flat: true, bodyLinks: "path" }),
			/"flat" and "bodyLinks"/,
		],
		[
			"a flat page with a name",
			() => pageOf(Item, { flat: true, name: "Items" }),
			/"flat" and "name"/,
		],
		[
			"a flat page of a list by cursors that nothing leads on from",
			() => cursorPageOf(Item, { key: "id", flat: true }),
			/"flat" needs "links"/,
		],
	];
	for (const [title, make, message] of wrong) {
		test(`${title}: refused at once, at the program's line`, () => {
			assert.throws(make, (error) => {
				assert.ok(error instanceof SetupError);
				assert.equal(error.code, "VIV_OPTION");
				assert.match(error.message, message);
				const [, line = ""] = (error.stack ?? "").split("\n    at ");
				assert.match(line, /shape\.test\.ts/);
				return true;
			});
		});
	}
});

suite("the headers of a page in the document", () => {
	const responseOf = async (pages: {
		readonly schema: StandardSchemaV1;
	}): Promise<unknown> => {
		const app = new App();
		app.get(
			{
				path: "/items",
				response: pages.schema,
				responses: {
					200: { headers: { Age: { schema: { type: "integer" } } } },
				},
			},
			() => undefined as never,
		);
		await using client = await TestClient.start(app);
		const { paths } = (await (await client.get("/openapi.json")).json()) as {
			paths: Record<string, { get: { responses: Record<string, Json> } }>;
		};
		return paths["/items"]?.get.responses[200]?.headers;
	};
	const age = { Age: { schema: { type: "integer" } } };
	const link = {
		Link: {
			description:
				"Addresses of other pages, by relation: first, prev, next and, where it is known, last (RFC 8288)",
			schema: { type: "string" },
		},
	};
	const total = (description: string) => ({
		"X-Total-Count": { description, schema: { type: "integer", minimum: 0 } },
	});
	for (const [title, pages, headers] of [
		["a page without links", pageOf(Item), {}],
		["a page with links", limitOffsetPageOf(Item, { links: "path" }), link],
		[
			"links in the body alone",
			pageOf(Item, { bodyLinks: "path", total: "none" }),
			{},
		],
		["a flat page", pageOf(Item, { flat: true }), total("Number of items")],
		[
			"a flat page of many",
			pageOf(Item, { flat: true, total: { cappedAt: 9 } }),
			total(
				"Number of items, counted up to 9, which stands for as many or more",
			),
		],
		[
			"a flat page that is not counted",
			pageOf(Item, { flat: true, total: "none" }),
			{},
		],
		[
			"a flat page by cursors",
			cursorPageOf(Item, { key: "id", flat: true, links: "path" }),
			link,
		],
		[
			"one that is counted",
			cursorPageOf(Item, {
				key: "id",
				flat: true,
				links: "path",
				total: "exact",
			}),
			{ ...link, ...total("Number of items") },
		],
	] as const) {
		test(title, async () => {
			assert.deepEqual(await responseOf(pages), { ...headers, ...age });
		});
	}
});
