import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { z } from "zod";
import { App, Depends, dependency } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

describe("a dependency that is a class", () => {
	class Paging {
		readonly limit: number;
		readonly path: string;
		constructor(
			{ limit }: { readonly limit: number },
			request: { readonly path: string },
		) {
			this.limit = limit;
			this.path = request.path;
		}
	}
	const paging = dependency({ limit: z.int().default(10) }, Paging);

	test("is made once per request, is shared, and anew where a use says so", async () => {
		const sub = dependency({ paging }, ({ paging }) => paging);
		const app = new App();
		app.get(
			"/p",
			{ paging, sub, fresh: Depends(paging, { useCache: false }) },
			({ paging, sub, fresh }) => ({
				isShared: paging === sub,
				isFresh: fresh !== paging && fresh instanceof Paging,
				limit: paging.limit,
				path: paging.path,
			}),
		);
		await using client = await TestClient.start(app);
		const response = await client.get("/p?limit=3");
		assert.deepEqual(await response.json(), {
			isShared: true,
			isFresh: true,
			limit: 3,
			path: "/p",
		});
		assert.equal((await client.get("/p?limit=x")).status, 422);
	});

	test("may be overridden by a function, and stand for one", async () => {
		const app = new App();
		app.get("/", { paging }, ({ paging }) => paging.limit);
		app.overrides.set(
			paging,
			dependency(() => ({ limit: 1, path: "" })),
		);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).json(), 1);
	});
});

describe("overrides and mounted apps", () => {
	const plain = (value: string) => dependency(() => value, { name: value });
	const resource = (value: string) =>
		dependency(() => value, { scope: "app", name: value });

	test("the outer app's reach inward, also in app scope; what it says goes before the inner app's own", async () => {
		const user = plain("user");
		const pool = resource("pool");
		const inner = new App();
		inner.get("/", { user, pool }, (values) => values);
		const middle = new App();
		middle.mount("/inner", inner);
		const app = new App();
		app.mount("/middle", middle);
		inner.overrides.set(user, plain("inner's user"));
		app.overrides.set(pool, resource("outer's pool"));
		{
			await using client = await TestClient.start(app);
			const path = "/middle/inner/";
			assert.deepEqual(await (await client.get(path)).json(), {
				user: "inner's user",
				pool: "outer's pool",
			});
			app.overrides.set(user, plain("outer's user"));
			assert.deepEqual(await (await client.get(path)).json(), {
				user: "outer's user",
				pool: "outer's pool",
			});
			app.overrides.delete(user);
			const { user: again } = (await (await client.get(path)).json()) as {
				user: string;
			};
			assert.equal(again, "inner's user");
		}
	});

	test("an inner app's do not reach outward", async () => {
		const user = plain("user");
		const inner = new App();
		inner.get("/", { user }, ({ user }) => user);
		inner.overrides.set(user, plain("inner's user"));
		const app = new App();
		app.get("/", { user }, ({ user }) => user);
		app.mount("/inner", inner);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).json(), "user");
		assert.equal(await (await client.get("/inner/")).json(), "inner's user");
	});

	test("one of a resource that comes after the start is an error that says so, not an absent value", async () => {
		const pool = resource("pool");
		const app = new App({ logger: { error() {}, warn() {}, info() {} } });
		app.get("/", { pool }, ({ pool }) => pool ?? "nothing");
		await using client = await TestClient.start(app);
		app.overrides.set(pool, resource("late"));
		await assert.rejects(
			client.get("/"),
			/VIV_LIFESPAN: "late" .*set the override before the start/,
		);
	});
});

test("the clean-up of every scope runs in the async context of its set-up", async () => {
	const storage = new AsyncLocalStorage<string>();
	const lines: string[] = [];
	const contexts = <Scope extends "app" | "function" | "request">(
		scope: Scope,
	) =>
		dependency(
			async function* () {
				yield scope;
				lines.push(`${scope}: ${storage.getStore()}`);
			},
			{ scope },
		);
	const app = new App({ logger: { error() {}, warn() {}, info() {} } });
	const session = contexts("request");
	app.use((request, next) => storage.run(request.path, () => next(request)));
	app.get(
		"/a",
		{
			resource: contexts("app"),
			session,
			transaction: contexts("function"),
		},
		() => "x",
	);
	const client = await storage.run("start", () => TestClient.start(app));
	await storage.run("caller", () => client.get("/a"));
	const scope = await app.scope();
	await storage.run("job", () => scope.get(session));
	await storage.run("elsewhere", () => scope.close());
	await storage.run("stop", () => client.close());
	assert.deepEqual(lines, [
		"function: /a",
		"request: /a",
		"request: job",
		"app: start",
	]);
});
