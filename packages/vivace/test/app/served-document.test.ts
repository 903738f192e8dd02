import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import { App, type AppOptions } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** With models, and a null that the document leaves out. */
function shop(options: AppOptions = {}): App {
	const app = new App(options);
	const Book = z
		.object({ title: z.string(), pages: z.int().nullable().default(null) })
		.meta({ id: "Book", examples: [{ title: "“Faust”", pages: null }] });
	app.post(
		{ path: "/books", response: z.array(Book), tags: ["books"] },
		{ book: Book },
		({ book }) => [book],
	);
	app.get("/metrics", () => ({}));
	return app;
}

describe("the document that is served", () => {
	test("is the one that the program gets, byte for byte", async () => {
		const expected = JSON.stringify(shop().openapi());
		await using client = await TestClient.start(shop());
		for (const _ of ["made", "kept"]) {
			const response = await client.get("/openapi.json");
			assert.equal(response.headers.get("content-type"), "application/json");
			assert.equal(await response.text(), expected);
		}
		const head = await client.head("/openapi.json");
		const length = new TextEncoder().encode(expected).length;
		assert.equal(head.headers.get("content-length"), String(length));
		assert.equal(await head.text(), "");
	});

	test("is not sent again to who has it", async () => {
		await using client = await TestClient.start(shop());
		const first = await client.get("/openapi.json");
		const etag = first.headers.get("etag") ?? "";
		assert.match(etag, /^"[\da-z]+-[\da-z]+"$/);
		const again = await client.get("/openapi.json", {
			headers: { "if-none-match": `"other", W/${etag}` },
		});
		assert.equal(again.status, 304);
		assert.equal(again.headers.get("etag"), etag);
		assert.equal(await again.text(), "");
		const other = shop();
		other.delete("/books", () => null);
		await using changed = await TestClient.start(other);
		const fresh = await changed.get("/openapi.json", {
			headers: { "if-none-match": etag },
		});
		assert.equal(fresh.status, 200);
		assert.notEqual(fresh.headers.get("etag"), etag);
	});

	test("names where it is served, below each path", async () => {
		const inner = shop({ servers: [{ url: "https://books.example.com" }] });
		const app = new App();
		app.mount("/tenants/{tenant}", inner);
		await using client = await TestClient.start(app);
		const tags = new Set<string | null>();
		for (const tenant of ["a", "b", "a"]) {
			const path = `/tenants/${tenant}`;
			const response = await client.get(`${path}/openapi.json`);
			tags.add(response.headers.get("etag"));
			const document = JSON.parse(await response.text());
			assert.deepEqual(document, {
				...inner.openapi(),
				servers: [{ url: path }, { url: "https://books.example.com" }],
			});
			assert.deepEqual(Object.keys(document).slice(0, 3), [
				"openapi",
				"info",
				"servers",
			]);
		}
		assert.equal(tags.size, 2);
	});

	test("says what the program has changed in it", async () => {
		const app = shop();
		const document = app.openapi();
		await using client = await TestClient.start(app);
		for (const version of ["1", "2"]) {
			document.info.version = version;
			const served = await client.get("/openapi.json");
			assert.equal(JSON.parse(await served.text()).info.version, version);
		}
	});

	test("is what the program's own function says each time", async () => {
		const app = shop();
		const original = app.openapi.bind(app);
		let calls = 0;
		app.openapi = () => ({
			...original(),
			info: { title: "own", calls: ++calls, since: new Date(0) },
			"x-nothing": undefined,
		});
		await using client = await TestClient.start(app);
		await client.get("/openapi.json");
		const document = JSON.parse(
			await (await client.get("/openapi.json")).text(),
		);
		assert.deepEqual(document, {
			...JSON.parse(JSON.stringify(shop().openapi())),
			info: { title: "own", calls: 2, since: "1970-01-01T00:00:00+00:00" },
		});
	});

	test("has the webhooks that were declared after it was served", async () => {
		const app = shop();
		await using client = await TestClient.start(app);
		await client.get("/openapi.json");
		app.webhooks.post("sold", {});
		const document = await (await client.get("/openapi.json")).text();
		assert.deepEqual(Object.keys(JSON.parse(document).webhooks), ["sold"]);
	});

	test("of many routes is made while other requests are answered", async () => {
		const app = new App();
		for (let index = 0; index < 600; index += 1) {
			const Item = z
				.object({ id: z.int(), name: z.string(), price: z.number() })
				.meta({ id: `Item${index}` });
			app.put(
				{ path: `/items${index}`, response: Item },
				{ item: Item },
				({ item }) => item,
			);
		}
		let answered = 0;
		app.get("/alive", () => ++answered);
		await using client = await TestClient.start(app);
		let isMade = false;
		const document = client.get("/openapi.json").then((response) => {
			isMade = true;
			return response;
		});
		await client.get("/alive");
		assert.equal(answered, 1);
		assert.equal(isMade, false);
		const { paths } = JSON.parse(await (await document).text());
		assert.equal(Object.keys(paths).length, 601);
	});
});
