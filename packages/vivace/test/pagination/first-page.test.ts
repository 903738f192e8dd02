import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App, dependency } from "../../src/index.ts";
import { pageOf } from "../../src/pagination.ts";
import { TestClient } from "../../src/testing.ts";

const Item = z.object({ id: z.int() }).meta({ id: "Item" });

suite("pages that are numbered from 0", () => {
	const pages = pageOf(Item, {
		firstPage: 0,
		size: 2,
		maxOffset: 4,
		bodyLinks: "relative",
		total: "exact",
	});
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{ paging: pages.params },
		({ paging }) =>
			pages.paginate(
				[1, 2, 3, 4, 5].map((id) => ({ id })),
				paging,
			),
	);
	const get = async (client: TestClient, path: string) => {
		const response = await client.get(path);
		return (await response.json()) as Record<string, unknown>;
	};

	test("begin with 0, and end one before their number", async () => {
		await using client = await TestClient.start(app);
		assert.deepEqual(await get(client, "/items"), {
			items: [{ id: 1 }, { id: 2 }],
			total: 5,
			page: 0,
			size: 2,
			pages: 3,
			links: {
				first: "?page=0&size=2",
				last: "?page=2&size=2",
				self: "?page=0&size=2",
				next: "?page=1&size=2",
				prev: null,
			},
		});
		const last = await get(client, "/items?page=2");
		assert.deepEqual(last.items, [{ id: 5 }]);
		assert.equal((last.links as Record<string, unknown>).next, null);
		assert.equal(
			(last.links as Record<string, unknown>).prev,
			"?page=1&size=2",
		);
	});

	test("take no number below, and skip no more than is allowed", async () => {
		await using client = await TestClient.start(app);
		for (const page of ["-1", "3", "0.5", ""]) {
			const { detail } = (await get(client, `/items?page=${page}`)) as {
				detail: { loc: unknown }[];
			};
			assert.deepEqual(detail[0]?.loc, ["query", "page"], page);
		}
	});

	test("are documented so", async () => {
		await using client = await TestClient.start(app);
		const { paths } = (await get(client, "/openapi.json")) as {
			paths: Record<string, { get: { parameters: Record<string, unknown>[] } }>;
		};
		assert.deepEqual(paths["/items"]?.get.parameters[0]?.schema, {
			type: "integer",
			minimum: 0,
			default: 0,
			title: "Page",
			description: "Page number",
		});
	});

	test("are 0 or 1", () => {
		assert.throws(
			() => pageOf(Item, { firstPage: 2 as never }),
			/firstPage must be 0 or 1, got 2/,
		);
	});
});

test("parameters of one's own that are made of a page's keep its links", async () => {
	const pages = pageOf(Item, { bodyLinks: "relative", maxSize: 100 });
	const forGuests = dependency({ paging: pages.params }, ({ paging }) => ({
		...paging,
		size: Math.min(paging.size, 2),
	}));
	const app = new App();
	app.get(
		{ path: "/items", response: pages.schema },
		{ paging: forGuests },
		({ paging }) =>
			pages.paginate(
				[1, 2, 3].map((id) => ({ id })),
				paging,
			),
	);
	await using client = await TestClient.start(app);
	const response = await client.get("/items?size=50");
	const { items, links } = (await response.json()) as {
		items: unknown[];
		links: Record<string, unknown>;
	};
	assert.equal(items.length, 2);
	assert.equal(links.next, "?size=2&page=2");
});
