import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { z } from "zod";
import {
	App,
	BackgroundTasks,
	type Dependency,
	dependency,
	StreamingResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const current = new AsyncLocalStorage<string>();

/** A dependency that is in the async context of all that is made after it. */
function entered(
	name: string,
	make: () => string | Promise<string> = () => name,
): Dependency<string, "function"> {
	return dependency(make, {
		name,
		scope: "function",
		around: (value, next) => current.run(value, next),
	});
}

const seen = () => current.getStore() ?? "nothing";

describe("a dependency with `around`", () => {
	test("wraps what is made after it and the handler, and nothing before it", async () => {
		const before = dependency(seen);
		const after = dependency(seen);
		const app = new App();
		app.get(
			"/",
			{ before, entered: entered("value"), after },
			async ({ before, after }) => {
				await later(1);
				return [before, after, seen()];
			},
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), [
			"nothing",
			"value",
			"value",
		]);
	});

	test("may be asynchronous, and stand inside another", async () => {
		const app = new App();
		const outer = entered("outer", async () => "outer");
		const between = dependency({ outer }, async () => seen(), {
			scope: "function",
		});
		app.get(
			{ path: "/", dependencies: [outer] },
			{ between, inner: entered("inner") },
			({ between }) => [between, seen()],
		);
		await using client = await TestClient.start(app);
		assert.deepEqual(await (await client.get("/")).json(), ["outer", "inner"]);
	});

	test("wraps the body of a handler that is a generator, to its end", async () => {
		const app = new App();
		app.get("/async", { entered: entered("value") }, async function* () {
			yield seen();
			await later(1);
			yield seen();
		});
		app.get("/sync", { entered: entered("value") }, function* () {
			yield seen();
			yield seen();
		});
		await using client = await TestClient.start(app);
		for (const path of ["/async", "/sync"]) {
			assert.equal(await (await client.get(path)).text(), '"value"\n"value"\n');
		}
	});

	test("is over when a streamed body and background tasks run", async () => {
		const app = new App();
		const inTask: string[] = [];
		app.get(
			"/",
			{ entered: entered("value"), tasks: BackgroundTasks },
			({ tasks }) => {
				tasks.add(() => inTask.push(seen()));
				async function* body() {
					yield seen();
				}
				return new StreamingResponse(body());
			},
		);
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/")).text(), "nothing");
		assert.deepEqual(inTask, ["nothing"]);
	});

	test("leaves validation as it is: every problem is reported", async () => {
		const limited = dependency({ limit: z.int() }, ({ limit }) => `${limit}`, {
			around: (value, next) => current.run(value, next),
		});
		const app = new App();
		app.get("/", { limited, page: z.int() }, () => seen());
		await using client = await TestClient.start(app);
		const response = await client.get("/?limit=a&page=b");
		const { detail } = (await response.json()) as { detail: unknown[] };
		assert.equal(detail.length, 2);
		assert.equal(await (await client.get("/?limit=3&page=1")).json(), "3");
	});
});
