import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LifespanError } from "../../src/exceptions.ts";
import { App, JSONResponse, Router, serve } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

type State = Record<string, unknown>;

describe("the state of an app", () => {
	test("keeps what is written before the start, beside what the lifespan yields", async () => {
		const seen: unknown[] = [];
		const app = new App<State>({
			logger: quiet,
			lifespan: async function* (owner) {
				(owner as App<State>).state.early = "while it starts";
				yield { model: "loaded" };
				seen.push({ ...(owner as App<State>).state });
			},
		});
		app.state.own = 1;
		app.get("/", (_values, request) => request.state);
		app.get("/write", (_values, request) => {
			request.state.only = "this request";
			return request.app.state;
		});
		const all = { own: 1, early: "while it starts", model: "loaded" };
		for (const _life of [1, 2]) {
			await using client = await TestClient.start(app);
			const read = async (path: string) => (await client.get(path)).json();
			assert.deepEqual(await read("/write"), all);
			assert.deepEqual(await read("/"), all);
			assert.deepEqual({ ...app.state }, all);
			app.state.later = 2;
			assert.deepEqual(await read("/"), { ...all, later: 2 });
			delete app.state.later;
		}
		assert.deepEqual(seen[0], all);
		assert.deepEqual({ ...app.state }, { own: 1, early: "while it starts" });
	});

	test("is there without a start, and each mounted app's is its own", async () => {
		const sub = new App<State>({ logger: quiet });
		sub.state.name = "sub";
		sub.get("/", (_values, request) => request.state);
		const app = new App<State>({ logger: quiet });
		app.state.name = "app";
		app.get("/", (_values, request) => request.state);
		app.mount("/one", sub);
		app.mount("/two", sub);
		const read = async (path: string) =>
			(await app.fetch(new globalThis.Request(`http://x.test${path}`))).json();
		assert.deepEqual(await read("/"), { name: "app" });
		assert.deepEqual(await read("/one/"), { name: "sub" });
		assert.deepEqual(await read("/two/"), { name: "sub" });
	});

	test("and a lifespan can't both have a name", async () => {
		const app = new App<State>({
			logger: quiet,
			lifespan: async function* () {
				yield { model: 1 };
			},
		});
		app.state.model = 2;
		await assert.rejects(
			TestClient.start(app),
			(error) =>
				error instanceof LifespanError &&
				/its lifespan yields "model", which app\.state has already/.test(
					error.message,
				),
		);
		assert.deepEqual({ ...app.state }, { model: 2 });
	});

	test("is a copy for each request, on a server and in exception handlers too", async () => {
		const app = new App<State>({ logger: quiet });
		app.state.own = 1;
		app.use((request, next) => {
			(request.state as State).user ??= request.queryText("user");
			return next(request);
		});
		app.get("/fail", () => {
			throw new RangeError();
		});
		app.exceptionHandler(
			RangeError,
			(request) => new JSONResponse(request.state),
		);
		const sub = new App<State>({ logger: quiet });
		sub.get("/", (_values, request) => request.state);
		app.mount("/sub", sub);
		await using server = await serve(app, {
			port: 0,
			signals: false,
			log: quiet,
		});
		const read = async (path: string) =>
			(await fetch(`http://127.0.0.1:${server.port}${path}`)).json();
		assert.deepEqual(await read("/fail?user=ada"), { own: 1, user: "ada" });
		assert.deepEqual(await read("/fail"), { own: 1 });
		assert.deepEqual(await read("/sub/?user=eve"), { user: "eve" });
		assert.deepEqual(await read("/sub/"), {});
		assert.deepEqual({ ...app.state }, { own: 1 });
	});
});

describe("onEvent of a router", () => {
	test("runs with the app that includes it, inside that, once", async () => {
		const lines: string[] = [];
		const note = (line: string) => () => void lines.push(line);
		const router = new Router({ prefix: "/r" });
		router.onEvent("startup", note("router starts"));
		router.onEvent("shutdown", note("router stops"));
		router.get("/", () => 1);
		const app = new App({ logger: quiet });
		app.onEvent("startup", note("app starts"));
		app.onEvent("shutdown", note("app stops"));
		app.include(router);
		app.include(router, { prefix: "/again" });
		{
			await using client = await TestClient.start(app);
			assert.equal((await client.get("/again/r/")).status, 200);
			assert.throws(
				() => router.onEvent("startup", note("late")),
				/VIV_ROUTE: Router "\/r"\.onEvent\(\) comes too late/,
			);
		}
		assert.deepEqual(lines, [
			"app starts",
			"router starts",
			"router stops",
			"app stops",
		]);
	});

	test("is refused where the event is none, and warned of beside a lifespan", async () => {
		const router = new Router({
			lifespan: async function* () {
				yield undefined;
			},
		});
		assert.throws(
			() => router.onEvent("start" as never, () => {}),
			/VIV_OPTION: Router\.onEvent\(\): expected "startup" or "shutdown", got "start"/,
		);
		const warned = Promise.withResolvers<Error>();
		process.once("warning", warned.resolve);
		router.onEvent("startup", () => assert.fail("it has a lifespan"));
		assert.match(
			(await warned.promise).message,
			/Router\.onEvent\(\): a function for "startup" is never called/,
		);
		const app = new App({ logger: quiet });
		app.include(router);
		await using _client = await TestClient.start(app);
	});
});
