import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { LifespanError, SetupError } from "../../src/errors/setup-error.ts";
import type { ResourceNode } from "../../src/lifespan/resource.ts";
import { logged, rejection, resource, runnerOf, settled } from "./fixtures.ts";

test("a resource may give a value, a promise of it, or yield it from a generator", async () => {
	const nodes = [
		resource("sync", () => 1),
		resource("async", async () => 2),
		resource("generator", async function* () {
			yield 3;
		}),
		resource("syncGenerator", function* () {
			yield 4;
		}),
	];
	const runner = runnerOf(nodes);
	await runner.start();
	assert.deepEqual(
		nodes.map((node) => runner.valueOf(node)),
		[1, 2, 3, 4],
	);
});

test("two resources that do not need each other start at the same time", async () => {
	const both = Promise.withResolvers<void>();
	let entered = 0;
	// Each waits for the other one to have begun: one after the other would never end.
	const meet = async function* () {
		if (++entered === 2) {
			both.resolve();
		}
		await both.promise;
		yield entered;
	};
	await runnerOf([resource("a", meet), resource("b", meet)]).start();
	assert.equal(entered, 2);
});

test("a resource starts when those it needs are ready, and reads their values", async () => {
	const log: string[] = [];
	const gate = Promise.withResolvers<string>();
	const pool = resource("pool", () => gate.promise);
	const cache = logged(log, "cache");
	const session = resource(
		"session",
		(read) => {
			log.push("+session");
			return `session of ${read(pool)} and ${read(cache)}`;
		},
		{ needs: [pool, cache] },
	);
	const runner = runnerOf([session]);
	const starting = runner.start();
	await settled();
	assert.deepEqual(log, ["+cache"]);
	gate.resolve("pool");
	await starting;
	assert.deepEqual(log, ["+cache", "+session"]);
	assert.equal(runner.valueOf(session), "session of pool and cache");
});

test("one that is slow holds up those that need it and nobody else", async () => {
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const slow = resource("slow", () => gate.promise);
	const quick = logged(log, "quick");
	const starting = runnerOf([
		logged(log, "needsSlow", { needs: [slow] }),
		logged(log, "needsQuick", { needs: [quick] }),
	]).start();
	await settled();
	assert.deepEqual(log, ["+quick", "+needsQuick"]);
	gate.resolve();
	await starting;
	assert.deepEqual(log, ["+quick", "+needsQuick", "+needsSlow"]);
});

test("a node that is reached several times is acquired and released once", async () => {
	const log: string[] = [];
	const pool = logged(log, "pool");
	const a = logged(log, "a", { needs: [pool, pool] });
	const b = logged(log, "b", { needs: [pool] });
	const runner = runnerOf([pool, a, b, pool, a]);
	await runner.start();
	await runner.stop();
	assert.deepEqual(log, ["+pool", "+a", "+b", "-b", "-a", "-pool"]);
});

test("the same graph starts in the order of first mention every time", async () => {
	const orders = new Set<string>();
	for (let round = 0; round < 5; round++) {
		const log: string[] = [];
		const [d, c, b] = ["d", "c", "b"].map((name) => logged(log, name));
		const a = logged(log, "a", { needs: [c, d] as ResourceNode[] });
		await runnerOf([b, a] as ResourceNode[]).start();
		orders.add(log.join(" "));
	}
	assert.deepEqual([...orders], ["+b +c +d +a"]);
});

const nonsense: [options: ResourceNode["options"], message: string][] = [
	[
		{ startupTimeoutMs: -1 },
		"startupTimeoutMs must be a number of milliseconds",
	],
	[{ shutdownTimeoutMs: Number.NaN }, "shutdownTimeoutMs must be a number"],
	[{ startupTimeoutMs: 3e9 }, "but 3000000000 was given"],
	[{ retry: { times: -1 } }, "retry.times must be a number of at least 0"],
	[
		{ retry: { times: 1, factor: 0.5 } },
		"retry.factor must be a number of at least 1",
	],
];

for (const [options, message] of nonsense) {
	test(`the options ${JSON.stringify(options)} are refused by name`, () => {
		assert.throws(
			() => runnerOf([resource("pool", () => 1, { options })]),
			(error) =>
				error instanceof SetupError &&
				error.code === "VIV_OPTION" &&
				error.message.includes(message),
		);
	});
}

test("a value is read between start and stop only", async () => {
	const pool = resource("pool", () => "pool");
	const runner = runnerOf([pool]);
	assert.throws(
		() => runner.valueOf(pool),
		/"pool" was asked for while it is waiting/,
	);
	await runner.start();
	assert.equal(runner.valueOf(pool), "pool");
	assert.throws(
		() => runner.valueOf(resource("other", () => 1)),
		/"other" was asked for, but is not among the app's resources/,
	);
	await runner.stop();
	assert.throws(
		() => runner.valueOf(pool),
		/"pool" was asked for while it is released/,
	);
});

test("starting twice gives the same promise; starting after the stop is an error", async () => {
	const runner = runnerOf([]);
	assert.equal(runner.start(), runner.start());
	await runner.stop();
	const unused = runnerOf([]);
	await unused.stop();
	await assert.rejects(unused.start(), LifespanError);
});

test("a generator that ends without yielding is an error that names it and says what to write", async () => {
	const error = await rejection(
		runnerOf([
			resource("pool", async function* () {}, {
				options: { retry: { times: 5 }, optional: true },
			}),
		]).start(),
	);
	assert.ok(error instanceof LifespanError);
	assert.match(
		error.message,
		/"pool" ended without yielding; write "yield value" once/,
	);
});

test("the exit code sees the async context in which the resource was acquired", async () => {
	const storage = new AsyncLocalStorage<string>();
	const seen: (string | undefined)[] = [];
	const runner = runnerOf([
		resource("generator", async function* () {
			seen.push(storage.getStore());
			yield;
			seen.push(storage.getStore());
			await settled();
			seen.push(storage.getStore());
		}),
		resource("disposable", () => ({
			[Symbol.asyncDispose]: async () => {
				seen.push(storage.getStore());
			},
		})),
	]);
	await storage.run("start", () => runner.start());
	await storage.run("stop", () => runner.stop());
	assert.deepEqual(seen, ["start", "start", "start", "start"]);
});

test("what a resource enters into its async context does not leak to whoever starts the app", async () => {
	const storage = new AsyncLocalStorage<string>();
	const runner = runnerOf([
		resource("leaky", async function* () {
			storage.enterWith("leaked");
			yield;
		}),
	]);
	const starting = runner.start();
	assert.equal(storage.getStore(), undefined);
	await starting;
	assert.equal(storage.getStore(), undefined);
	await runner.stop();
});

test("a resource learns which worker it is in", async () => {
	const worker = { id: 2, count: 4, isPrimary: false };
	const pool = resource("pool", (_read, lifespan) => lifespan.worker);
	const runner = runnerOf([pool], { worker });
	await runner.start();
	assert.equal(runner.valueOf(pool), worker);
});
