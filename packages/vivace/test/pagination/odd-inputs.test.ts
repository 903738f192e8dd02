import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { App } from "../../src/index.ts";
import {
	cursorPageOf,
	limitOffsetPageOf,
	pageOf,
} from "../../src/pagination.ts";
import { TestClient } from "../../src/testing.ts";

const Item = z.object({ id: z.int() }).meta({ id: "Item" });
const items = Array.from({ length: 6 }, (_, index) => ({ id: index + 1 }));

const byNumber = pageOf(Item, { bodyLinks: "relative" });
const byOffset = limitOffsetPageOf(Item);
const byCursor = cursorPageOf(Item, { key: "id", total: "exact" });
const others = cursorPageOf(Item, { key: "id" });
const signed = cursorPageOf(Item, {
	key: "id",
	signingKey: "sixteen bytes at least",
});
const app = new App();
app.get(
	{ path: "/pages", response: byNumber.schema },
	{ paging: byNumber.params },
	({ paging }) => byNumber.paginate(items, paging),
);
app.get(
	{ path: "/offsets", response: byOffset.schema },
	{ paging: byOffset.params },
	({ paging }) => byOffset.paginate(items, paging),
);
app.get(
	{ path: "/cursors", response: byCursor.schema },
	{ paging: byCursor.params },
	({ paging }) => byCursor.paginate(items, paging),
);
app.get(
	{ path: "/descending", response: others.schema },
	{ paging: others.params },
	({ paging }) => others.paginate(items, paging, { orderBy: [["id", "desc"]] }),
);
app.get(
	{ path: "/signed", response: signed.schema },
	{ paging: signed.params },
	({ paging }) => signed.paginate(items, paging),
);

/** A request, and the parameter that is wrong with it; null where it is right. */
const inputs: readonly (readonly [path: string, wrong: string | null])[] = [
	...[
		"-1",
		"0",
		"1.5",
		"1e3",
		"٣",
		"½",
		"0x10",
		"１",
		"NaN",
		"Infinity",
		"null",
		"",
		"%00",
		"1,2",
		"1%202",
		"9223372036854775808",
		"-9223372036854775808",
		"1".repeat(400),
		"true",
		"+",
	].flatMap((value) => [
		[`/pages?page=${value}`, "page"] as const,
		[`/pages?size=${value}`, "size"] as const,
		[`/offsets?limit=${value}`, "limit"] as const,
	]),
	["/pages?page=1e308", "page"],
	["/pages?page=201&size=50", null],
	["/pages?page=202&size=50", "page"],
	["/pages?page=9007199254740991&size=100", "page"],
	["/offsets?offset=-1", "offset"],
	["/offsets?offset=10000", null],
	["/offsets?offset=10001", "offset"],
	["/offsets?offset=9223372036854775807", "offset"],
	["/offsets?limit=101", "limit"],
	["/pages?page=%201%20", null],
	["/pages?page=%2B1", null],
	["/pages?page=1.0", null],
	["/pages?page=001", null],
	["/pages?page=7&page=1", null],
	["/pages?page=1&page=x", "page"],
	["/pages?page[]=2", null],
	["/pages?PAGE=x", null],
	["/cursors?cursor=", null],
	["/cursors?size=0", "size"],
	["/cursors?cursor=1", "cursor"],
	["/cursors?cursor=%F0%9F%98%80", "cursor"],
	[`/cursors?cursor=${"A".repeat(9000)}`, "cursor"],
	[
		`/cursors?cursor=${Buffer.from(`${"[".repeat(5000)}`).toString("base64url")}`,
		"cursor",
	],
	[
		`/cursors?cursor=${Buffer.from('{"__proto__":1}').toString("base64url")}`,
		"cursor",
	],
];

suite("odd parameters of a page", () => {
	test("are right, or a 422 with the place, all of them", async () => {
		await using client = await TestClient.start(app);
		for (const [path, wrong] of inputs) {
			const response = await client.get(path);
			const { detail } = (await response.json()) as {
				detail?: { loc: unknown[] }[];
			};
			const where = path.slice(0, 80);
			assert.equal(response.status, wrong === null ? 200 : 422, where);
			assert.deepEqual(
				detail?.map(({ loc }) => loc),
				wrong === null ? undefined : [["query", wrong]],
				where,
			);
		}
	});

	test("the last of a parameter that is repeated counts", async () => {
		await using client = await TestClient.start(app);
		const response = await client.get("/pages?page=7&page=2&size=1&size=4");
		const { page, size, links } = (await response.json()) as {
			page: number;
			size: number;
			links: { prev: string };
		};
		assert.deepEqual([page, size], [2, 4]);
		assert.equal(links.prev, "?page=1&size=4");
	});
});

suite("a cursor", () => {
	const next = async (client: TestClient, path: string) => {
		const response = await client.get(path);
		assert.equal(response.status, 200);
		return ((await response.json()) as { next_page: string }).next_page;
	};

	test("of another order, changed anywhere, cut off or signed by nobody is refused, or leads into the list", async () => {
		await using client = await TestClient.start(app);
		const cursor = await next(client, "/cursors?size=2");
		const status = async (path: string) => {
			const response = await client.get(path);
			const { detail } = (await response.json()) as {
				detail?: { loc: unknown[] }[];
			};
			if (detail !== undefined) {
				assert.deepEqual(detail[0]?.loc, ["query", "cursor"], path);
			}
			return response.status;
		};
		assert.equal(await status(`/descending?cursor=${cursor}`), 422);
		assert.equal(await status(`/signed?cursor=${cursor}`), 422);
		const own = await next(client, "/signed?size=2");
		assert.equal(await status(`/signed?cursor=${own}`), 200);
		for (let index = 0; index < cursor.length; index++) {
			const letter = cursor[index] === "A" ? "B" : "A";
			const edited = `${cursor.slice(0, index)}${letter}${cursor.slice(index + 1)}`;
			assert.ok([200, 422].includes(await status(`/cursors?cursor=${edited}`)));
			assert.equal(
				await status(`/cursors?cursor=${cursor.slice(0, index)}`),
				index === 0 ? 200 : 422,
			);
		}
		for (let index = 0; index < own.length - 1; index++) {
			const letter = own[index] === "A" ? "B" : "A";
			const edited = `${own.slice(0, index)}${letter}${own.slice(index + 1)}`;
			assert.equal(await status(`/signed?cursor=${edited}`), 422);
		}
	});

	test("of a last page that is exactly full leads no further", async () => {
		await using client = await TestClient.start(app);
		const cursor = await next(client, "/cursors?size=3");
		const response = await client.get(`/cursors?size=3&cursor=${cursor}`);
		const page = (await response.json()) as {
			items: unknown[];
			next_page: null;
		};
		assert.deepEqual([page.items.length, page.next_page], [3, null]);
	});
});
