import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { App, type Request } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

suite("request.state", () => {
	test("is one for the request, through all mounts", async () => {
		const seen: Record<string, unknown>[] = [];
		const inner = new App({
			lifespan: async function* () {
				yield { db: "inner", only: "inner" };
			},
		});
		inner.get("/", (_, request) => {
			const before = { ...request.state };
			Object.assign(request.state, { user: "ada", db: "other" });
			delete (request.state as { gone?: unknown }).gone;
			return { before, after: request.state };
		});
		const middle = new App();
		middle.mount("/inner", inner);
		middle.use(async (request, next) => {
			const response = await next(request);
			seen.push({ ...request.state });
			return response;
		});
		const app = new App({
			lifespan: async function* () {
				yield { db: "outer" };
			},
		});
		app.mount("/middle", middle);
		app.use(async (request, next) => {
			const { state } = request as { state: Record<string, unknown> };
			Object.assign(state, { trace: 1, gone: true });
			const response = await next(request);
			seen.push({ ...state });
			return response;
		});
		app.get("/", (_, request) => request.state);
		await using client = await TestClient.start(app);
		const response = await client.get("/middle/inner/");
		assert.deepEqual(await response.json(), {
			before: { db: "inner", only: "inner", trace: 1, gone: true },
			after: { db: "other", only: "inner", trace: 1, user: "ada" },
		});
		const whole = { db: "other", trace: 1, user: "ada" };
		assert.deepEqual(seen, [whole, whole]);
		// no other request has seen any of it
		const next = await client.get("/");
		assert.deepEqual(await next.json(), { db: "outer", trace: 1, gone: true });
	});
});

suite("below a mount or a root path with characters that no URL holds", () => {
	const place = (_: unknown, request: Request) => ({
		url: request.url,
		base: request.baseUrl,
		route: request.urlFor("place"),
	});
	for (const [path, sent] of [
		["/a b", "/a%20b"],
		["/ü/é", "/%C3%BC/%C3%A9"],
		["/50%", "/50%25"],
		["/a<x>", "/a%3Cx%3E"],
		["/a;b=1,2@x:$", "/a;b=1,2@x:$"],
	] as const) {
		test(`${path}: URLs are escaped, and redirects`, async () => {
			const sub = new App();
			sub.get({ path: "/place", name: "place" }, place);
			sub.get("/slash/", () => 1);
			const app = new App();
			app.mount(path, sub);
			await using client = await TestClient.start(app, {
				followRedirects: false,
			});
			const response = await client.get(`${sent}/place`);
			assert.deepEqual(await response.json(), {
				url: `http://testserver${sent}/place`,
				base: `http://testserver${sent}/`,
				route: `http://testserver${sent}/place`,
			});
			const redirect = await client.get(`${sent}/slash?q=1`);
			assert.equal(
				redirect.headers.get("location"),
				`http://testserver${sent}/slash/?q=1`,
			);
		});
	}

	test("a root path too", async () => {
		const app = new App({ rootPath: "/my api" });
		app.get({ path: "/place", name: "place" }, place);
		await using client = await TestClient.start(app);
		const response = await client.get("/my%20api/place");
		assert.deepEqual(await response.json(), {
			url: "http://testserver/my%20api/place",
			base: "http://testserver/my%20api/",
			route: "http://testserver/my%20api/place",
		});
	});
});
