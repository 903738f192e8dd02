import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import { App, BackgroundTasks, dependency } from "../../src/index.ts";
import { type Leak, LeakError, TestClient } from "../../src/testing.ts";

const logger = { error() {}, warn() {}, info() {} };
const own = import.meta.filename;

/** Closes a client that is to complain of leaks, and gives them. */
async function leaksOf(client: TestClient): Promise<readonly Leak[]> {
	let leaks: readonly Leak[] = [];
	await assert.rejects(client.close(), (error) => {
		const errors = error instanceof AggregateError ? error.errors : [error];
		const found = errors.find((each) => each instanceof LeakError);
		assert.ok(found, String(error));
		leaks = found.leaks;
		return true;
	});
	return leaks;
}

function isMadeHere({ madeAt }: Leak): boolean {
	return madeAt.length > 0 && madeAt.every((place) => place.startsWith(own));
}

describe("what outlives an app", () => {
	test("is reported with what the app did and the line that made it: a timer of a handler", async () => {
		let timer: NodeJS.Timeout | undefined;
		const app = new App({ logger });
		app.get("/items", () => {
			timer = setInterval(() => {}, 60_000);
			return "x";
		});
		const client = await TestClient.start(app);
		await client.get("/items?q=1");
		const leaks = await leaksOf(client);
		clearInterval(timer);
		assert.equal(leaks.length, 1);
		const [leak] = leaks as [Leak];
		assert.equal(leak.what, "a timer");
		assert.equal(leak.during, "GET /items");
		assert.ok(isMadeHere(leak));
		assert.match(
			new LeakError(leaks).message,
			/something that it began is still there:\n {2}- a timer, begun during GET \/items, made at .*leaks\.test\.ts:\d+:\d+/,
		);
	});

	test("may be a listening socket, a thread or a child process", async () => {
		const made: { server?: Server; close: (() => unknown)[] } = { close: [] };
		const app = new App({
			logger,
			lifespan: async function* () {
				const server = createServer().listen(0, "127.0.0.1");
				await once(server, "listening");
				const thread = new Worker("setInterval(() => {}, 1_000)", {
					eval: true,
				});
				const child = spawn(process.execPath, [
					"-e",
					"setInterval(() => {}, 1_000)",
				]);
				made.close.push(
					() => server.close(),
					() => thread.terminate(),
					() => child.kill(),
				);
				yield {};
			},
		});
		const client = await TestClient.start(app);
		const leaks = await leaksOf(client);
		for (const close of made.close) {
			close();
		}
		assert.deepEqual(leaks.map(({ what }) => what).toSorted(), [
			"a child process",
			"a listening socket",
			"a worker thread",
		]);
		assert.ok(leaks.every(({ during }) => during === "start"));
	});

	test("may be a generator dependency whose clean-up never ends", async () => {
		const stuck = dependency(
			async function* () {
				yield 1;
				await new Promise(() => {});
			},
			{ name: "session" },
		);
		const app = new App({ logger, exitTimeoutMs: 10 });
		app.get("/", { stuck }, () => "x");
		const client = await TestClient.start(app);
		await client.get("/");
		const [leak, ...others] = await leaksOf(client);
		assert.equal(leak?.what, 'dependency "session"');
		assert.deepEqual(others, []);
	});

	test("may be a resource whose release never ends, beside the error of that", async () => {
		const stuck = dependency(
			async function* () {
				yield 1;
				await new Promise(() => {});
			},
			{ scope: "app", name: "pool", shutdownTimeoutMs: 10 },
		);
		const app = new App({ logger, resources: [stuck] });
		const client = await TestClient.start(app);
		await assert.rejects(client.close(), (error) => {
			assert.ok(error instanceof AggregateError);
			const [release, leak] = error.errors;
			assert.match(String(release), /"pool" was not released within 10 ms/);
			assert.ok(leak instanceof LeakError);
			assert.equal(leak.leaks[0]?.what, 'resource "pool"');
			return true;
		});
	});

	test("may be a background task, a scope: what the app had to wait for", async () => {
		async function never() {
			await new Promise(() => {});
		}
		const app = new App({ logger });
		app.get("/task", { tasks: BackgroundTasks }, ({ tasks }) => {
			tasks.add(never);
		});
		app.get("/scope", async () => {
			await app.scope();
		});
		const client = await TestClient.start(app, { settleTimeoutMs: 20 });
		await assert.rejects(
			client.get("/task"),
			/GET \/task: background tasks .* were still running 0\.02 s after the answer/,
		);
		await client.get("/scope");
		const leaks = await leaksOf(client);
		assert.deepEqual(
			leaks.map(({ what, during }) => [what, during]),
			[
				['background task "never"', "GET /task"],
				["app.scope()", "GET /scope"],
			],
		);
		assert.ok(leaks.every(isMadeHere));
	});

	test("is no news where it is to be ignored, and a warning where that is asked for", async () => {
		const timers: NodeJS.Timeout[] = [];
		const app = new App({ logger });
		app.get("/", () => {
			timers.push(setInterval(() => {}, 60_000));
		});
		for (const leaks of ["ignore", "warn"] as const) {
			const client = await TestClient.start(app, { leaks });
			await client.get("/");
			const warned = leaks === "warn" && once(process, "warning");
			await client.close();
			if (warned) {
				const [warning] = await warned;
				assert.equal(warning.code, "VIV_LEAK");
				assert.match(warning.message, /a timer, begun during GET \//);
			}
		}
		for (const timer of timers) {
			clearInterval(timer);
		}
	});
});

describe("what is no leak", () => {
	test("is over, does not keep the process alive, or is about to end", async () => {
		const kept: unknown[] = [];
		const app = new App({
			logger,
			lifespan: async function* () {
				const server = createServer().listen(0, "127.0.0.1");
				await once(server, "listening");
				const timer = setInterval(() => {}, 60_000);
				yield {};
				clearInterval(timer);
				server.close();
			},
		});
		app.get("/", async () => {
			kept.push(
				setInterval(() => {}, 60_000).unref(),
				AbortSignal.timeout(60_000),
				setTimeout(() => {}, 20),
				setImmediate(() => {}),
			);
			await new Promise((resolve) => setTimeout(resolve, 1));
			await fetch("data:,x");
		});
		await using client = await TestClient.start(app);
		for (let count = 0; count < 3; count++) {
			await client.get("/");
		}
		assert.equal(kept.length, 12);
	});

	test("is the test's own, or another app's", async () => {
		const app = new App({ logger });
		const other = new App({ logger });
		let timer: NodeJS.Timeout | undefined;
		other.get("/", () => {
			timer = setInterval(() => {}, 60_000);
		});
		const mine = setInterval(() => {}, 60_000);
		const otherClient = await TestClient.start(other);
		{
			await using client = await TestClient.start(app);
			await client.get("/");
			await otherClient.get("/");
		}
		assert.equal((await leaksOf(otherClient)).length, 1);
		clearInterval(timer);
		clearInterval(mine);
	});

	test("is a dependency, a task or a scope that was left, however", async () => {
		const session = dependency(async function* () {
			try {
				yield 1;
			} finally {
				await new Promise((resolve) => setImmediate(resolve));
			}
		});
		const failing = dependency({ session }, function* () {
			yield 2;
			throw new Error("too late");
		});
		const app = new App({ logger });
		app.get("/", { failing, tasks: BackgroundTasks }, async ({ tasks }) => {
			tasks.add(() => {
				throw new Error("no luck");
			});
			await app.scope({ session }, () => {});
		});
		app.get("/throws", { session }, () => {
			throw new Error("no luck");
		});
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		assert.equal((await client.get("/")).status, 200);
		assert.equal((await client.get("/throws")).status, 500);
	});
});
