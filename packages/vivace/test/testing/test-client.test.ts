import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	Cookie,
	dependency,
	JSONResponse,
	RedirectResponse,
	Request,
	Response,
	StreamingResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

describe("the test client", () => {
	test("runs the lifespan around its life, as often as it is started", async () => {
		const lines: string[] = [];
		const app = new App({
			logger: quiet,
			lifespan: async function* () {
				lines.push("begins");
				yield { count: lines.length };
				lines.push("ends");
			},
		});
		app.get("/", (_values, request) => request.state);
		for (const count of [1, 3]) {
			await using client = await TestClient.start(app);
			assert.deepEqual(await (await client.get("/")).json(), { count });
		}
		assert.deepEqual(lines, ["begins", "ends", "begins", "ends"]);
	});

	test("keeps cookies, sends them back, and forgets those that are deleted", async () => {
		const app = new App({ logger: quiet });
		app.post("/in", { response: Response }, ({ response }) => {
			response.setCookie("session", "abc");
		});
		app.post("/out", { response: Response }, ({ response }) => {
			response.deleteCookie("session");
		});
		app.get("/me", { session: Cookie(z.string().nullish()) }, (v) => v);
		await using client = await TestClient.start(app);
		const me = async (options = {}) =>
			(
				(await (await client.get("/me", options)).json()) as {
					session: unknown;
				}
			).session;
		assert.equal(await me(), null);
		await client.post("/in");
		assert.equal(await me(), "abc");
		await client.post("/out");
		assert.equal(await me(), null);
		assert.equal(await me({ cookies: { session: "mine" } }), "mine");
	});

	test("follows redirects as a browser does, unless told not to", async () => {
		const app = new App({ logger: quiet });
		app.post("/303", () => new RedirectResponse("/end", { status: 303 }));
		app.post("/307", () => new RedirectResponse("/end"));
		app.get("/loop", () => new RedirectResponse("/loop"));
		app.route(
			["GET", "POST"],
			"/end",
			{ request: Request },
			async (values) => ({
				method: values.request.method,
				body: await values.request.text(),
			}),
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.post("/303", { body: "x" })).json(), {
			method: "GET",
			body: "",
		});
		assert.deepEqual(await (await client.post("/307", { body: "x" })).json(), {
			method: "POST",
			body: "x",
		});
		const seen = await client.post("/307", { followRedirects: false });
		assert.equal(seen.status, 307);
		await assert.rejects(client.get("/loop"), /more than 20 redirects/);
	});

	test("sends JSON, forms, queries and bodies", async () => {
		const app = new App({ logger: quiet });
		app.post("/", { request: Request }, async ({ request }) => ({
			type: request.header("content-type")?.split(";")[0] ?? null,
			query: [...request.query],
			body: await request.text(),
		}));
		await using client = await TestClient.start(app);
		const send = async (options: object) =>
			(await client.post("/", options)).json();
		assert.deepEqual(
			await send({ json: { a: 1 }, query: { q: "x y", n: [1, 2], no: null } }),
			{
				type: "application/json",
				query: [
					["q", "x y"],
					["n", "1"],
					["n", "2"],
				],
				body: '{"a":1}',
			},
		);
		assert.deepEqual(await send({ form: { a: "1 2" } }), {
			type: "application/x-www-form-urlencoded",
			query: [],
			body: "a=1+2",
		});
		const form = new FormData();
		form.set("file", new File(["hello"], "a.txt"));
		const multipart = (await send({ form })) as { type: string; body: string };
		assert.equal(multipart.type, "multipart/form-data");
		assert.match(multipart.body, /filename="a.txt"/);
	});

	test("throws what nothing in the app has answered, or shows its 500", async () => {
		const app = new App({ logger: quiet });
		const failure = new Error("boom");
		app.get("/", () => {
			throw failure;
		});
		{
			await using client = await TestClient.start(app);
			await assert.rejects(client.get("/"), failure);
		}
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		assert.equal((await client.get("/")).status, 500);
	});

	test("gives an answer when its tasks have run and its scope has been left", async () => {
		const lines: string[] = [];
		const session = dependency(async function* () {
			yield "session";
			lines.push("left");
		});
		const app = new App({ logger: quiet });
		app.get("/", { session, tasks: BackgroundTasks }, ({ tasks }) => {
			tasks.add(async () => {
				await new Promise(setImmediate);
				lines.push("task");
			});
			return new StreamingResponse(["a", "b"]);
		});
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "ab");
		assert.deepEqual(lines, ["task", "left"]);
	});

	test("says where it stands: host, scheme and client address", async () => {
		const app = new App({ logger: quiet });
		app.get("/", { request: Request }, ({ request }) => ({
			url: request.url,
			client: request.client?.host,
		}));
		await using client = await TestClient.start(app, {
			baseUrl: "https://example.com",
		});
		assert.deepEqual(await (await client.get("/?a=1")).json(), {
			url: "https://example.com/?a=1",
			client: "testclient",
		});
	});

	test("sends no body to HEAD and none with a status that has none", async () => {
		const app = new App({ logger: quiet });
		app.head("/", () => new JSONResponse({ a: 1 }));
		app.get({ path: "/none", status: 204 }, () => undefined);
		await using client = await TestClient.start(app);
		const head = await client.head("/");
		assert.equal(await head.text(), "");
		assert.equal(head.headers.get("content-length"), "7");
		assert.equal((await client.get("/none")).status, 204);
	});
});

test("app.fetch answers a web request and says when everything is over", async () => {
	const lines: string[] = [];
	const app = new App({ logger: quiet });
	app.get("/", { tasks: BackgroundTasks }, ({ tasks }) => {
		tasks.add(() => lines.push("task"));
		return "hello";
	});
	await app.start();
	let over: Promise<unknown> | undefined;
	const response = await app.fetch(new globalThis.Request("http://x.test/"), {
		waitUntil: (promise) => {
			over = promise;
		},
	});
	assert.equal(await response.text(), '"hello"');
	await over;
	assert.deepEqual(lines, ["task"]);
	assert.deepEqual(await app.stop(), { errors: [] });
});
