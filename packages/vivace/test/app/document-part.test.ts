import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	type AppOptions,
	dependency,
	Header,
	HTTPException,
	type OpenApiDocument,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Book = z.object({ title: z.string() }).meta({ id: "Book" });
const Metric = z.object({ count: z.int() }).meta({ id: "Metric" });

function shop(options: AppOptions = {}): App {
	const app = new App({
		title: "Shop",
		openapiTags: [{ name: "public" }, { name: "inner" }],
		...options,
	} as AppOptions<never>) as unknown as App;
	app.get(
		{ path: "/books", tags: ["public"], response: z.array(Book) },
		function list_books() {
			return [];
		},
	);
	app.get(
		{ path: "/metrics", tags: ["inner"], response: Metric },
		function metrics() {
			return { count: 1 };
		},
	);
	app.get(
		{ path: "/hidden", tags: ["public"], includeInSchema: false },
		() => null,
	);
	app.webhooks.post({ path: "sold", name: "sold" }, { book: Book });
	return app;
}

const admin = dependency({ key: Header(z.string()) }, ({ key }) => {
	if (key !== "sesame") {
		throw new HTTPException(403);
	}
});

async function documentAt(
	client: TestClient,
	path: string,
): Promise<OpenApiDocument> {
	return (await (await client.get(path)).json()) as OpenApiDocument;
}

describe("a document of a part of the routes", () => {
	test("has its path operations, their models and their tags alone", () => {
		const app = shop();
		const part = app.openapi({ tags: ["inner"], webhooks: false });
		assert.deepEqual(Object.keys(part.paths), ["/metrics"]);
		assert.deepEqual(Object.keys(part.components?.schemas ?? {}), ["Metric"]);
		assert.deepEqual(part.tags, [{ name: "inner" }]);
		assert.equal(part.webhooks, undefined);
		assert.deepEqual(Object.keys(app.openapi().paths), ["/books", "/metrics"]);
		assert.equal(app.openapi().tags?.length, 2);
	});

	test("may be chosen route by route, and say other things of itself", () => {
		const part = shop().openapi({
			routes: ({ path }) => path !== "/metrics",
			title: "Shop for all",
			version: "2",
			description: "Books.",
		});
		assert.deepEqual(Object.keys(part.paths), ["/books"]);
		assert.deepEqual(part.info, {
			title: "Shop for all",
			version: "2",
			description: "Books.",
		});
		assert.deepEqual(Object.keys(part.webhooks ?? {}), ["sold"]);
	});

	test("is made anew when something was declared", () => {
		const app = shop();
		const part = { tags: ["inner"] };
		const first = app.openapi(part);
		assert.equal(app.openapi(part), first);
		app.get({ path: "/more", tags: ["inner"] }, () => null);
		assert.deepEqual(Object.keys(app.openapi(part).paths), [
			"/metrics",
			"/more",
		]);
	});

	test("of a tag that nothing has is refused, when it is asked for and when the app starts", async () => {
		const message = /VIV_OPTION: .*"publik".*"public", "inner"/;
		assert.throws(() => shop().openapi({ tags: ["publik"] }), message);
		const document = { openapiUrl: "/p.json", tags: ["publik"] };
		await assert.rejects(
			TestClient.start(shop({ documents: [document] })),
			message,
		);
	});

	test("is served with pages of its own, beside the whole one", async () => {
		const app = shop({
			documents: [
				{
					openapiUrl: "/public/openapi.json",
					docsUrl: "/public/docs",
					redocUrl: "/public/redoc",
					title: "Public",
					tags: ["public"],
				},
			],
		});
		await using client = await TestClient.start(app);
		const part = await documentAt(client, "/public/openapi.json");
		assert.deepEqual(Object.keys(part.paths), ["/books"]);
		const whole = await documentAt(client, "/openapi.json");
		assert.deepEqual(Object.keys(whole.paths), ["/books", "/metrics"]);
		const page = await (await client.get("/public/docs")).text();
		assert.match(page, /Public - Swagger UI/);
		assert.match(page, /'\/public\/openapi\.json'/);
		const script = /src="(\/public\/docs\/[^"]*)"/.exec(page)?.[1] ?? "";
		assert.equal((await client.get(script)).status, 200);
		const redoc = await (await client.get("/public/redoc")).text();
		assert.match(redoc, /\/public\/openapi\.json/);
		assert.equal((await client.get("/docs/oauth2-redirect")).status, 200);
		assert.equal(
			(await client.get("/public/docs/oauth2-redirect")).status,
			200,
		);
	});

	test("names the proxy's prefix as the whole one does", async () => {
		const app = shop({
			rootPath: "/api",
			documents: [{ openapiUrl: "/p.json", docsUrl: "/p", tags: ["public"] }],
		});
		await using client = await TestClient.start(app);
		const part = await documentAt(client, "/api/p.json");
		assert.deepEqual(part.servers, [{ url: "/api" }]);
		assert.match(await (await client.get("/api/p")).text(), /'\/api\/p\.json'/);
	});

	test("may be all that is served, and behind a guard", async () => {
		const app = shop({
			openapiUrl: null,
			documents: [
				{ openapiUrl: "/inner.json", docsUrl: "/inner", dependencies: [admin] },
			],
		});
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/openapi.json")).status, 404);
		for (const path of ["/inner.json", "/inner"]) {
			const refused = await client.get(path, { headers: { key: "x" } });
			assert.equal(refused.status, 403);
			const given = await client.get(path, { headers: { key: "sesame" } });
			assert.equal(given.status, 200);
		}
	});

	test("is refused where it can't be served", () => {
		const wrong = (document: object, message: RegExp) =>
			assert.throws(() => new App({ documents: [document as never] }), message);
		wrong(
			{},
			/VIV_OPTION: App: documents\[0\]: openapiUrl must be given: a text/,
		);
		wrong(
			{ openapiUrl: "p.json" },
			/documents\[0\]: openapiUrl must be a path that begins with "\/", got "p.json"/,
		);
		wrong(
			{ openapiUrl: "/openapi.json" },
			/documents\[0\]: openapiUrl "\/openapi.json" is the path of another/,
		);
		wrong({ openapiUrl: "/p.json", docUrl: "/p" }, /did you mean "docsUrl"/);
	});

	test("is not told of what the whole one has told", () => {
		const warnings: string[] = [];
		const warn = (message: string) => void warnings.push(message);
		const app = shop({ logger: { info() {}, error() {}, warn } });
		app.get({ path: "/odd", tags: ["public"], response: z.symbol() }, () =>
			Symbol(),
		);
		app.openapi();
		app.openapi({ tags: ["public"] });
		assert.equal(warnings.length, 1);
	});
});
