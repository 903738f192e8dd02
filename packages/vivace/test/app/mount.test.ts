import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { z } from "zod";
import { LifespanError } from "../../src/exceptions.ts";
import {
	App,
	BackgroundTasks,
	dependency,
	JSONResponse,
	Router,
	SetupError,
	serve,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

function noting(lines: string[], name: string) {
	return async function* () {
		lines.push(`${name} begins`);
		yield { [name]: name };
		lines.push(`${name} ends`);
	};
}

describe("a mounted app", () => {
	test("answers below its path with its own routes, documentation and errors", async () => {
		const sub = new App({ title: "Sub", logger: quiet });
		sub.get("/items/{id}", { id: z.int() }, ({ id }, request) => ({
			id,
			url: request.url,
			rootPath: request.rootPath,
		}));
		sub.exceptionHandler(
			404,
			() => new JSONResponse("sub's 404", { status: 404 }),
		);
		const app = new App({ logger: quiet });
		app.get("/sub/own", () => "declared before it is mounted");
		app.mount("/sub", sub);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/sub/items/3?a=1")).json(), {
			id: 3,
			url: "http://testserver/sub/items/3?a=1",
			rootPath: "/sub",
		});
		assert.equal(
			await (await client.get("/sub/own")).json(),
			"declared before it is mounted",
		);
		assert.equal(await (await client.get("/sub/no")).json(), "sub's 404");
		const document = (await (
			await client.get("/sub/openapi.json")
		).json()) as Record<string, unknown>;
		assert.deepEqual(document.servers, [{ url: "/sub" }]);
		assert.match(
			await (await client.get("/sub/docs")).text(),
			/\/sub\/openapi\.json/,
		);
	});

	test("lives within the lifespan of the app around it, with its own state", async () => {
		const lines: string[] = [];
		const inner = new App({ lifespan: noting(lines, "inner"), logger: quiet });
		inner.get("/", (_values, request) => request.state);
		const middle = new App({
			lifespan: noting(lines, "middle"),
			logger: quiet,
		});
		middle.get("/", (_values, request) => request.state);
		middle.mount("/inner", inner);
		const app = new App({ lifespan: noting(lines, "outer"), logger: quiet });
		app.get("/", (_values, request) => request.state);
		app.mount("/middle", middle);
		{
			await using client = await TestClient.start(app);
			for (const [path, name] of [
				["/", "outer"],
				["/middle/", "middle"],
				["/middle/inner/", "inner"],
			] as const) {
				assert.deepEqual(await (await client.get(path)).json(), {
					[name]: name,
				});
			}
		}
		assert.deepEqual(lines, [
			"outer begins",
			"middle begins",
			"inner begins",
			"inner ends",
			"middle ends",
			"outer ends",
		]);
	});

	test("shares a resource with the app around it: acquired once", async () => {
		let count = 0;
		const pool = dependency(async () => ++count, { scope: "app" });
		const sub = new App({ logger: quiet });
		sub.get("/", { pool }, ({ pool }) => pool);
		const app = new App({ logger: quiet });
		app.get("/", { pool }, ({ pool }) => pool);
		app.mount("/a", sub);
		app.mount("/b", sub);
		await using client = await TestClient.start(app);
		for (const path of ["/", "/a/", "/b/"]) {
			assert.equal(await (await client.get(path)).json(), 1);
		}
	});

	test("is reached by the overrides of the app around it", async () => {
		const user = dependency(() => "real");
		const sub = new App({ logger: quiet });
		sub.get("/", { user }, ({ user }) => user);
		const app = new App({ logger: quiet });
		app.mount("/sub", sub);
		await using client = await TestClient.start(app);
		sub.overrides.set(
			user,
			dependency(() => "the sub app's"),
		);
		assert.equal(await (await client.get("/sub/")).json(), "the sub app's");
		app.overrides.set(
			user,
			dependency(() => "the outer app's"),
		);
		assert.equal(await (await client.get("/sub/")).json(), "the outer app's");
	});

	test("ends its requests though a middleware around it answers otherwise", async () => {
		const lines: string[] = [];
		const sub = new App({ logger: quiet });
		sub.post("/", { tasks: BackgroundTasks }, ({ tasks }) => {
			tasks.add(() => lines.push("task"));
		});
		const app = new App({ logger: quiet });
		app.use(async (request, next) => {
			await request.bytes();
			await next(request);
			return new JSONResponse("other");
		});
		app.mount("/sub", sub);
		await using client = await TestClient.start(app);
		const response = await client.post("/sub/", { json: { a: 1 } });
		assert.equal(await response.json(), "other");
		assert.deepEqual(lines, ["task"]);
	});

	test("can't be mounted in itself, nor can what answers nothing", () => {
		const app = new App();
		const sub = new App();
		sub.mount("/app", app);
		const isSetup = (code: string) => (error: unknown) =>
			error instanceof SetupError && error.code === code;
		assert.throws(() => app.mount("/self", app), isSetup("VIV_ROUTE"));
		assert.throws(() => app.mount("/sub", sub), isSetup("VIV_ROUTE"));
		assert.throws(() => app.mount("sub", new App()), isSetup("VIV_PATH"));
		assert.throws(() => app.mount("/sub", {} as never), isSetup("VIV_ROUTE"));
	});
});

describe("a router's lifespan", () => {
	test("runs once, inside the app's, and adds to its state", async () => {
		const lines: string[] = [];
		const inner = new Router({ lifespan: noting(lines, "inner") });
		const router = new Router({ lifespan: noting(lines, "router") });
		router.include(inner);
		router.get("/", (_values, request) => request.state);
		const app = new App({ lifespan: noting(lines, "app"), logger: quiet });
		app.include(router, { prefix: "/a" });
		app.include(router, { prefix: "/b" });
		{
			await using client = await TestClient.start(app);
			assert.deepEqual(await (await client.get("/b/")).json(), {
				app: "app",
				router: "router",
				inner: "inner",
			});
		}
		assert.deepEqual(lines, [
			"app begins",
			"router begins",
			"inner begins",
			"inner ends",
			"router ends",
			"app ends",
		]);
	});

	test("that yields a name which is taken is an error naming both", async () => {
		const router = new Router({
			prefix: "/r",
			lifespan: async function* () {
				yield { model: 1 };
			},
		});
		const app = new App({
			title: "Shop",
			logger: quiet,
			lifespan: async function* () {
				yield { model: 2 };
			},
		});
		app.include(router);
		await assert.rejects(
			TestClient.start(app),
			(error: unknown) =>
				error instanceof LifespanError &&
				/router "\/r".*"Shop".*"model"/.test(error.message),
		);
	});
});

describe("what is no app of ours", () => {
	test("answers web requests by fetch, with the path behind the mount", async () => {
		const app = new App({ logger: quiet });
		app.mount("/other", {
			async fetch(request: globalThis.Request) {
				const { pathname, search } = new URL(request.url);
				return Response.json({
					pathname,
					search,
					body: await request.text(),
				});
			},
		});
		await using client = await TestClient.start(app);
		const response = await client.post("/other/x/y?z=1", { body: "hello" });
		assert.deepEqual(await response.json(), {
			pathname: "/x/y",
			search: "?z=1",
			body: "hello",
		});
	});

	test("answers as a handler of node:http below a server on Node, with the middleware's headers", async () => {
		const app = new App({ logger: quiet });
		app.use(async (request, next) => {
			const response = await next(request);
			response.headers.set("x-outer", "yes");
			return response;
		});
		app.mount(
			"/node",
			(incoming: IncomingMessage, outgoing: ServerResponse) => {
				outgoing.writeHead(202, { "content-type": "text/plain" });
				outgoing.end(`${incoming.method} ${incoming.url}`);
			},
		);
		await using server = await serve(app, {
			port: 0,
			signals: false,
			log: quiet,
		});
		const response = await fetch(`${server.url}/node/a?b=1`);
		assert.equal(response.status, 202);
		assert.equal(response.headers.get("x-outer"), "yes");
		assert.equal(await response.text(), "GET /a?b=1");
		await using client = await TestClient.start(new App({ logger: quiet }));
		assert.equal((await client.get("/node")).status, 404);
	});
});
