import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	Depends,
	dependency,
	ErrorStatus,
	Header,
	HTTPException,
	JSONResponse,
	Lifespan,
	Path,
	Request,
	Router,
	SetupError,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

function logOf(): { lines: string[]; logger: ReturnType<typeof loggerInto> } {
	const lines: string[] = [];
	return { lines, logger: loggerInto(lines) };
}

function loggerInto(lines: string[]) {
	return {
		error: (message: string, error?: unknown) =>
			void lines.push(`logged: ${message}: ${error}`),
		warn() {},
		info() {},
	};
}

const quiet = { throwServerErrors: false };

/** A generator dependency that writes down what happens to it. */
function recorded(
	name: string,
	lines: string[],
	scope: "function" | "request",
	params: Parameters<typeof dependency>[0] = {},
) {
	return dependency(
		params as Record<never, never>,
		async function* () {
			lines.push(`${name} enters`);
			try {
				yield name;
				lines.push(`${name} leaves`);
			} catch (error) {
				lines.push(`${name} hears ${(error as Error).message}`);
				throw error;
			}
		},
		{ scope, name },
	);
}

describe("a dependency", () => {
	test("gets its own parameters and its dependencies' values", async () => {
		const paging = dependency(
			{ skip: z.int().default(0), limit: z.int().default(100) },
			({ skip, limit }) => ({ skip, limit }),
		);
		const app = new App();
		app.get("/", { paging }, ({ paging }) => paging);
		await using client = await TestClient.start(app);
		const body = await (await client.get("/?skip=5")).json();
		assert.deepEqual(body, { skip: 5, limit: 100 });
	});

	test("is made once per request, and anew with useCache: false", async () => {
		let count = 0;
		const counter = dependency(() => ++count);
		const sub = dependency({ counter }, ({ counter }) => counter);
		const app = new App();
		app.get("/shared", { counter, sub }, (values) => values);
		app.get(
			"/fresh",
			{ counter, again: Depends(counter, { useCache: false }) },
			(values) => values,
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/shared")).json(), {
			counter: 1,
			sub: 1,
		});
		assert.deepEqual(await (await client.get("/fresh")).json(), {
			counter: 2,
			again: 3,
		});
	});

	test("can be a class, a sync generator, an async function, and take the request", async () => {
		class Paging {
			readonly skip: number;
			constructor({ skip }: { readonly skip: number }) {
				this.skip = skip;
			}
		}
		const paging = dependency({ skip: z.int().default(1) }, Paging);
		const generated = dependency(function* () {
			yield "generated";
		});
		const later = dependency(async () => "later");
		const path = dependency({}, (_values, request) => request.path);
		const app = new App();
		app.get(
			"/x",
			{ paging, generated, later, path, request: Request },
			({ paging, generated, later, path, request }) => ({
				isPaging: paging instanceof Paging,
				skip: paging.skip,
				generated,
				later,
				path,
				method: request.method,
			}),
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/x")).json(), {
			isPaging: true,
			skip: 1,
			generated: "generated",
			later: "later",
			path: "/x",
			method: "GET",
		});
	});

	test("of the app, the routers and the route runs before the handler's own, outermost first", async () => {
		const lines: string[] = [];
		const step = (name: string) => dependency(() => void lines.push(name));
		const inner = new Router({ dependencies: [step("inner router")] });
		inner.get(
			{ path: "/", dependencies: [step("route")] },
			{ own: step("own") },
			() => lines,
		);
		const app = new App({ dependencies: [step("app")] });
		app.include(inner, { dependencies: [step("include")] });
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), [
			"app",
			"include",
			"inner router",
			"route",
			"own",
		]);
	});

	test("that throws an HTTPException answers, before the handler's own parameters are looked at", async () => {
		const guard = dependency({ x_token: Header(z.string()) }, () => {
			throw new HTTPException(400, "X-Token header invalid");
		});
		const app = new App();
		app.get("/", { guard, q: z.int() }, () => "never");
		await using client = await TestClient.start(app);
		const response = await client.get("/?q=wrong", {
			headers: { "x-token": "t" },
		});
		assert.equal(response.status, 400);
	});

	test("is not called when one of its own parameters is wrong, and all problems are listed", async () => {
		const lines: string[] = [];
		const user = dependency({ user_id: z.int() }, ({ user_id }) => {
			lines.push("called");
			return user_id;
		});
		const app = new App();
		app.get("/", { user, q: z.int() }, () => "never");
		await using client = await TestClient.start(app);
		const { detail } = (await (await client.get("/?user_id=x")).json()) as {
			detail: { loc: unknown }[];
		};
		assert.deepEqual(
			detail.map((each) => each.loc),
			[
				["query", "user_id"],
				["query", "q"],
			],
		);
		assert.deepEqual(lines, []);
	});
});

describe("a generator dependency", () => {
	test("in function scope is left before the response, in request scope after its background tasks", async () => {
		const { lines, logger } = logOf();
		const outer = recorded("request scope", lines, "request");
		const inner = recorded("function scope", lines, "function", { outer });
		const app = new App({ logger });
		app.use(async (request, next) => {
			const response = await next(request);
			lines.push("response");
			return response;
		});
		app.get(
			"/",
			{ inner, outer, tasks: BackgroundTasks },
			({ tasks, outer }) => {
				tasks.add((value: string) => lines.push(`task uses ${value}`), outer);
				lines.push("handler");
			},
		);
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(lines, [
			"request scope enters",
			"function scope enters",
			"handler",
			"function scope leaves",
			"response",
			"task uses request scope",
			"request scope leaves",
		]);
	});

	test("hears what the handler throws, innermost first, and background tasks do not run", async () => {
		const { lines, logger } = logOf();
		const a = recorded("a", lines, "request");
		const b = recorded("b", lines, "function", { a });
		const app = new App({ logger });
		app.get("/", { b, tasks: BackgroundTasks }, ({ tasks }) => {
			tasks.add(() => lines.push("task"));
			throw new HTTPException(404, "nope");
		});
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/")).status, 404);
		assert.deepEqual(lines, [
			"a enters",
			"b enters",
			"b hears nope",
			"a hears nope",
		]);
	});

	test("hears of a returned error status as of a thrown one, and the response stays what it was", async () => {
		const { lines, logger } = logOf();
		const session = dependency(
			async function* () {
				try {
					yield;
					lines.push("commit");
				} catch (error) {
					assert.ok(error instanceof ErrorStatus);
					lines.push(`roll back ${error.status}`);
				}
			},
			{ scope: "function" },
		);
		const app = new App({ logger });
		app.get("/", { session }, () => new JSONResponse("no", { status: 409 }));
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 409);
		assert.equal(await response.json(), "no");
		assert.deepEqual(lines, ["roll back 409"]);
	});

	test("that fails to leave function scope makes the answer an error, which the outer ones hear", async () => {
		const { lines, logger } = logOf();
		const outer = recorded("outer", lines, "request");
		const session = dependency(
			{ outer },
			async function* () {
				yield;
				throw new Error("commit failed");
			},
			{ scope: "function" },
		);
		const app = new App({ logger });
		app.get("/", { session }, () => "stored");
		await using client = await TestClient.start(app, quiet);
		assert.equal((await client.get("/")).status, 500);
		assert.deepEqual(lines.slice(0, 2), [
			"outer enters",
			"outer hears commit failed",
		]);
	});

	test("that fails to leave request scope is logged; the answer has left", async () => {
		const { lines, logger } = logOf();
		const session = dependency(async function* () {
			yield;
			throw new Error("too late");
		});
		const app = new App({ logger });
		app.get("/", { session }, () => "stored");
		await using client = await TestClient.start(app);
		assert.equal((await client.get("/")).status, 200);
		assert.equal(lines.length, 1);
		assert.match(lines[0] ?? "", /too late/);
	});

	test("may turn an error into another", async () => {
		const { logger } = logOf();
		const session = dependency(async function* () {
			try {
				yield;
			} catch {
				throw new HTTPException(418, "turned");
			}
		});
		const app = new App({ logger });
		app.get("/", { session }, () => {
			throw new Error("internal");
		});
		await using client = await TestClient.start(app);
		const response = await client.get("/");
		assert.equal(response.status, 418);
		assert.deepEqual(await response.json(), { detail: "turned" });
	});

	test("that hides an error leaves a 500 and a line in the log", async () => {
		const { lines, logger } = logOf();
		const outer = recorded("outer", lines, "request");
		const session = dependency({ outer }, async function* () {
			try {
				yield;
			} catch {}
		});
		const app = new App({ logger });
		app.get("/", { session }, () => {
			throw new HTTPException(404);
		});
		await using client = await TestClient.start(app, quiet);
		assert.equal((await client.get("/")).status, 500);
		assert.match(lines[1] ?? "", /outer hears dependency "session" caught/);
		assert.match(lines[2] ?? "", /logged: GET \/: unhandled: Error/);
	});

	test("that yields twice or never is an error that names it", async () => {
		const { lines, logger } = logOf();
		const twice = dependency(
			async function* () {
				try {
					yield 1;
					yield 2;
				} finally {
					lines.push("closed");
				}
			},
			{ scope: "function" },
		);
		const never = dependency(async function* (): AsyncGenerator<number> {});
		const app = new App({ logger });
		app.get("/twice", { twice }, () => "x");
		app.get("/never", { never }, () => "x");
		await using client = await TestClient.start(app, quiet);
		assert.equal((await client.get("/twice")).status, 500);
		assert.equal(lines[0], "closed");
		assert.match(lines[1] ?? "", /"twice" yielded a second time/);
		assert.equal((await client.get("/never")).status, 500);
		assert.match(lines[2] ?? "", /"never" ended without yielding/);
	});

	test("cleans up in the async context in which it was set up", async () => {
		const storage = new AsyncLocalStorage<string>();
		const { lines, logger } = logOf();
		const context = dependency(async function* () {
			yield;
			lines.push(String(storage.getStore()));
		});
		const app = new App({ logger });
		app.use((request, next) =>
			storage.run("the request's", () => next(request)),
		);
		app.get("/", { context }, () => "x");
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(lines, ["the request's"]);
	});

	test("lives while a generator handler runs, in either scope", async () => {
		const { lines, logger } = logOf();
		const a = recorded("a", lines, "function");
		const b = recorded("b", lines, "request");
		const app = new App({ logger });
		app.get("/", { a, b }, async function* () {
			lines.push("first");
			yield 1;
			lines.push("second");
			yield 2;
		});
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(lines, [
			"a enters",
			"b enters",
			"first",
			"second",
			"a leaves",
			"b leaves",
		]);
	});

	test("is left even when a middleware answers with another response", async () => {
		const { lines, logger } = logOf();
		const a = recorded("a", lines, "request");
		const app = new App({ logger });
		app.use(async (request, next) => {
			await next(request);
			return new JSONResponse("other");
		});
		app.get("/", { a }, () => "mine");
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).json(), "other");
		assert.deepEqual(lines, ["a enters", "a leaves"]);
	});

	test("that takes too long to clean up is left behind, and the log names it", async () => {
		const { lines, logger } = logOf();
		const slow = dependency(
			async function* () {
				yield;
				await new Promise(() => {});
			},
			{ name: "slow" },
		);
		const app = new App({ logger, exitTimeoutMs: 20 });
		app.get("/", { slow }, () => "x");
		const client = await TestClient.start(app);
		await client.get("/");
		assert.match(lines[0] ?? "", /"slow" took longer than 20 ms/);
		await assert.rejects(client.close(), /dependency "slow".* GET \//);
	});
});

describe("an app-scoped dependency", () => {
	test("is acquired before the first request and released after the last, in order", async () => {
		const { lines, logger } = logOf();
		const pool = dependency(
			async function* () {
				lines.push("pool opens");
				yield { query: () => 42 };
				lines.push("pool closes");
			},
			{ scope: "app" },
		);
		const cache = dependency(
			{ pool },
			async function* ({ pool }) {
				lines.push(`cache opens with ${pool.query()}`);
				yield "cache";
				lines.push("cache closes");
			},
			{ scope: "app" },
		);
		const app = new App({
			logger,
			lifespan: async function* () {
				lines.push("lifespan begins");
				yield { answer: 42 };
				lines.push("lifespan ends");
			},
		});
		app.get("/", { cache }, ({ cache }, request) => ({
			cache,
			answer: request.state.answer,
		}));
		{
			await using client = await TestClient.start(app);
			assert.deepEqual(await (await client.get("/")).json(), {
				cache: "cache",
				answer: 42,
			});
			lines.push("requests");
		}
		assert.deepEqual(lines, [
			"lifespan begins",
			"pool opens",
			"cache opens with 42",
			"requests",
			"cache closes",
			"pool closes",
			"lifespan ends",
		]);
	});

	test("is found through routers and other dependencies, and in the resources option", async () => {
		const { lines, logger } = logOf();
		const resource = (name: string) =>
			dependency(
				async function* () {
					lines.push(name);
					yield name;
				},
				{ scope: "app", name },
			);
		const deep = resource("deep");
		const alone = resource("alone");
		const user = dependency({ deep }, ({ deep }) => deep);
		const router = new Router();
		router.get("/", { user }, ({ user }) => user);
		const app = new App({ logger, resources: [alone] });
		app.include(router, { prefix: "/a" });
		app.include(router, { prefix: "/b" });
		await using client = await TestClient.start(app);
		assert.deepEqual(lines.toSorted(), ["alone", "deep"]);
		assert.equal(await (await client.get("/b/")).json(), "deep");
	});

	test("that fails keeps the app from starting, and what was acquired is released", async () => {
		const { lines, logger } = logOf();
		const good = dependency(
			async function* () {
				yield "good";
				lines.push("released");
			},
			{ scope: "app", name: "good" },
		);
		const bad = dependency(
			{ good },
			async () => {
				throw new Error("no database");
			},
			{ scope: "app", name: "bad" },
		);
		const app = new App({ logger });
		app.get("/", { bad }, () => "never");
		await assert.rejects(TestClient.start(app), (error: Error) => {
			assert.match(error.message, /VIV_LIFESPAN.*"bad".*GET \//s);
			assert.match(String(error.cause), /no database/);
			return true;
		});
		assert.ok(lines.includes("released"));
	});
});

describe("overrides", () => {
	test("replace a dependency everywhere, and can be taken back", async () => {
		const user = dependency(() => "real");
		const sub = dependency({ user }, ({ user }) => `sub of ${user}`);
		const app = new App();
		app.get("/", { sub }, ({ sub }) => sub);
		await using client = await TestClient.start(app);
		app.overrides.set(
			user,
			dependency({ name: z.string().default("fake") }, ({ name }) => name),
		);
		assert.equal(await (await client.get("/")).json(), "sub of fake");
		assert.equal(await (await client.get("/?name=x")).json(), "sub of x");
		app.overrides.delete(user);
		assert.equal(await (await client.get("/")).json(), "sub of real");
	});

	test("reach app scope", async () => {
		const { lines, logger } = logOf();
		const pool = dependency(
			async function* () {
				lines.push("real pool");
				yield "real";
			},
			{ scope: "app" },
		);
		const app = new App({ logger });
		app.get("/", { pool }, ({ pool }) => pool);
		app.overrides.set(
			pool,
			dependency(() => "fake", { scope: "app" }),
		);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).json(), "fake");
		assert.deepEqual(lines, []);
	});
});

describe("a declaration that can't work", () => {
	const isSetup =
		(code: string, ...words: RegExp[]) =>
		(error: unknown) => {
			assert.ok(error instanceof SetupError);
			assert.equal(error.code, code);
			for (const word of words) {
				assert.match(error.message, word);
			}
			return true;
		};

	test("VIV_SCOPE: what lives long needs what lives short", () => {
		const session = dependency(() => 1, { scope: "function", name: "session" });
		assert.throws(
			() =>
				dependency({ session } as never, function* tracker() {
					yield 1;
				}),
			isSetup("VIV_SCOPE", /"tracker"/, /"session"/),
		);
		const request = dependency(() => 1, { name: "user" });
		assert.throws(
			() =>
				dependency({ user: request } as never, () => 1, {
					scope: "app",
					name: "pool",
				}),
			isSetup("VIV_SCOPE", /"pool" \(app scope\)/, /"user" \(request scope\)/),
		);
		assert.throws(
			() =>
				dependency({ q: z.string() } as never, () => 1, {
					scope: "app",
					name: "pool",
				}),
			isSetup("VIV_SCOPE", /"pool"/, /"q"/),
		);
	});

	test("VIV_SCOPE: the lifespan asked for below a request", () => {
		assert.throws(
			() => new App().get("/", { lifespan: Lifespan }, () => 1),
			isSetup("VIV_SCOPE", /"lifespan" asks for Lifespan/),
		);
	});

	test("VIV_PARAMETER: neither a schema nor anything that Vivace knows, or in the wrong place", () => {
		const app = new App();
		assert.throws(
			() => app.get("/", { x: 3 as never }, () => 1),
			isSetup("VIV_PARAMETER", /GET \//, /"x" is 3/),
		);
		assert.throws(
			() => app.get("/{id}", { id: Path(z.int().default(3)) }, () => 1),
			isSetup("VIV_PARAMETER", /"id" has a default/),
		);
		for (const id of [z.object({ a: z.int() }), z.array(z.int())]) {
			assert.throws(
				() => app.get("/{id}", { id: id as never }, () => 1),
				isSetup("VIV_PARAMETER", /"id" is an (object|array)/),
			);
		}
		assert.throws(
			() => dependency({ y: 4 as never }, function wrong() {}),
			isSetup("VIV_PARAMETER", /dependency "wrong": parameter "y" is 4/),
		);
		assert.throws(
			() => dependency({ scope: "app" } as never, () => 1),
			isSetup(
				"VIV_PARAMETER",
				/dependency\(\): parameter "scope" is "app".*; options come last: dependency\(fn, \{ … \}\)/,
			),
		);
	});

	test("VIV_DEPENDENCY: not a function", () => {
		assert.throws(
			() => dependency({}, 3 as never),
			isSetup("VIV_DEPENDENCY", /got number/),
		);
		assert.throws(
			() => new App().get({ path: "/", dependencies: [3 as never] }, () => 1),
			isSetup("VIV_OPTION", /dependencies must be a list of dependencies/),
		);
	});

	test("VIV_DEPENDENCY: an override of what nothing in the app needs", async () => {
		const used = dependency(() => 1, { name: "used" });
		const unused = dependency(() => 1, { name: "unused" });
		const stand_in = dependency(() => 2, { name: "stand_in" });
		const sub = new App();
		sub.get("/", { used }, ({ used }) => used);
		const app = new App();
		app.mount("/sub", sub);
		app.overrides.set(used, stand_in);
		sub.overrides.set(used, stand_in);
		{
			await using client = await TestClient.start(app);
			assert.equal(await (await client.get("/sub/")).json(), 2);
		}
		app.overrides.set(unused, stand_in);
		await assert.rejects(
			TestClient.start(app),
			isSetup("VIV_DEPENDENCY", /"unused", "stand_in"/),
		);
	});

	test("VIV_CYCLE: a dependency that needs itself through an override", async () => {
		const a = dependency(() => 1, { name: "a" });
		const b = dependency({ a }, ({ a }) => a, { name: "b" });
		const app = new App();
		app.get("/", { b }, ({ b }) => b);
		app.overrides.set(a, b);
		await assert.rejects(
			TestClient.start(app),
			isSetup("VIV_CYCLE", /"b" → "b"/),
		);
	});

	test("VIV_ROUTE: no path, no handler, a router in itself, a route after the start", async () => {
		const app = new App();
		assert.throws(() => app.get(3 as never, () => 1), isSetup("VIV_ROUTE"));
		assert.throws(
			() => app.get("/", {}, undefined as never),
			isSetup("VIV_ROUTE", /handler/),
		);
		const router = new Router();
		assert.throws(() => router.include(router), isSetup("VIV_ROUTE"));
		await using _client = await TestClient.start(app);
		assert.throws(() => app.get("/", () => 1), isSetup("VIV_ROUTE", /started/));
	});

	test("VIV_RESPONSE: a body where none may be, a status that is none", () => {
		for (const options of [
			{ status: 204, response: z.string() },
			...[99, 103, 600, 200.5, "200" as never].map((status) => ({ status })),
		]) {
			assert.throws(
				() => new App().get({ path: "/", ...options }, () => "x"),
				isSetup("VIV_RESPONSE", /^VIV_RESPONSE: GET \/: /),
			);
		}
	});

	test("VIV_OPTION: nonsense for the app", () => {
		assert.throws(
			() => new App({ exitTimeoutMs: -1 }),
			isSetup("VIV_OPTION", /exitTimeoutMs/),
		);
		assert.throws(
			() => new App().use(3 as never),
			isSetup("VIV_OPTION", /app\.use/),
		);
	});
});
