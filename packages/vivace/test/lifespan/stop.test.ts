import assert from "node:assert/strict";
import { test } from "node:test";
import { LifespanError } from "../../src/errors/setup-error.ts";
import {
	fakeTimers,
	logged,
	recorder,
	resource,
	runnerOf,
	settled,
} from "./fixtures.ts";

const never = new Promise<never>(() => {});

test("resources are released in reverse order of acquisition, one at a time", async () => {
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const first = logged(log, "first");
	const slow = resource(
		"slow",
		async function* () {
			yield;
			log.push("slow is leaving");
			await gate.promise;
			log.push("-slow");
		},
		{ needs: [first] },
	);
	const last = logged(log, "last", { needs: [slow] });
	const runner = runnerOf([last]);
	await runner.start();
	const stopping = runner.stop();
	await settled();
	assert.deepEqual(log, ["+first", "+last", "-last", "slow is leaving"]);
	gate.resolve();
	assert.deepEqual(await stopping, { errors: [] });
	assert.deepEqual(log.slice(4), ["-slow", "-first"]);
});

test("the order of acquisition counts, not that of the list", async () => {
	const log: string[] = [];
	const gate = Promise.withResolvers<void>();
	const slow = resource("slow", async function* () {
		await gate.promise;
		yield;
		log.push("-slow");
	});
	const runner = runnerOf([slow, logged(log, "quick")]);
	const starting = runner.start();
	await settled();
	gate.resolve();
	await starting;
	await runner.stop();
	assert.deepEqual(log, ["+quick", "-slow", "-quick"]);
});

test("a release that throws is reported with the resource's name, and the others still run", async () => {
	const log: string[] = [];
	const cause = new Error("socket hang up");
	const runner = runnerOf([
		logged(log, "a"),
		resource("broken", async function* () {
			yield;
			throw cause;
		}),
		logged(log, "b"),
	]);
	await runner.start();
	const { errors } = await runner.stop();
	assert.deepEqual(log, ["+a", "+b", "-b", "-a"]);
	const [error] = errors;
	assert.ok(error instanceof LifespanError && errors.length === 1);
	assert.match(error.message, /"broken" could not be released: socket hang up/);
	assert.equal(error.cause, cause);
	assert.equal(runner.status().resources.broken, "failed");
});

test("a generator that yields twice is closed and is an error", async () => {
	const log: string[] = [];
	const runner = runnerOf([
		resource("twice", async function* () {
			try {
				yield 1;
				yield 2;
				log.push("never reached");
			} finally {
				log.push("closed");
			}
		}),
	]);
	await runner.start();
	const { errors } = await runner.stop();
	assert.deepEqual(log, ["closed"]);
	assert.match(
		String(errors[0]),
		/"twice" yielded a second time.*write "yield" once/,
	);
});

test("a release that never returns is abandoned at its limit and named", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const runner = runnerOf([
		logged(log, "below"),
		resource(
			"stuck",
			async function* () {
				yield;
				await never;
			},
			{ options: { shutdownTimeoutMs: 300 } },
		),
	]);
	await runner.start();
	const stopping = runner.stop();
	await time.advance(299);
	assert.deepEqual(log, ["+below"]);
	await time.advance(1);
	const { errors } = await stopping;
	assert.deepEqual(log, ["+below", "-below"]);
	assert.match(String(errors[0]), /"stuck" was not released within 300 ms/);
});

test("stopping twice gives the same promise and releases once", async () => {
	const log: string[] = [];
	const runner = runnerOf([logged(log, "pool")]);
	await runner.start();
	assert.equal(runner.stop(), runner.stop());
	await runner.stop();
	assert.deepEqual(log, ["+pool", "-pool"]);
});

test("a second stop with a limit bounds what is left, and short releases still run", async () => {
	using time = fakeTimers();
	const log: string[] = [];
	const stuck = (name: string) =>
		resource(
			name,
			async function* () {
				yield;
				log.push(`${name} hangs`);
				await never;
			},
			{ options: { shutdownTimeoutMs: 0 } },
		);
	const runner = runnerOf([
		logged(log, "a"),
		stuck("s1"),
		logged(log, "b"),
		stuck("s2"),
	]);
	await runner.start();
	const stopping = runner.stop();
	await time.advance(60_000);
	assert.deepEqual(log, ["+a", "+b", "s2 hangs"]);
	assert.equal(runner.stop({ limitMs: 2_000 }), stopping);
	await time.advance(500);
	assert.deepEqual(log.slice(3), ["-b", "s1 hangs"]);
	await time.advance(1_500);
	const { errors } = await stopping;
	assert.deepEqual(log.slice(5), ["-a"]);
	assert.deepEqual(
		errors.map(
			(error) =>
				/"(.*)" was not released in the time that was left/.exec(
					String(error),
				)?.[1],
		),
		["s2", "s1"],
	);
});

test("a plain value is disposed as await using would", async () => {
	const log: string[] = [];
	const runner = runnerOf([
		resource("sync", () => ({ [Symbol.dispose]: () => log.push("sync") })),
		resource("async", async () => ({
			[Symbol.dispose]: () => log.push("not this one"),
			[Symbol.asyncDispose]: async () => {
				await settled();
				log.push("async");
			},
		})),
		resource("null", () => null),
	]);
	await runner.start();
	assert.deepEqual(await runner.stop(), { errors: [] });
	assert.deepEqual(log, ["async", "sync"]);
});

test("a value that another resource hands on is disposed by its owner only", async () => {
	const log: string[] = [];
	const pool = resource("pool", () => ({
		[Symbol.asyncDispose]: async () => {
			log.push("pool");
		},
	}));
	const alias = resource("alias", (read) => read(pool), { needs: [pool] });
	const runner = runnerOf([alias]);
	await runner.start();
	await runner.stop();
	assert.deepEqual(log, ["pool"]);
});

test("what a generator yields is left to the generator", async () => {
	const runner = runnerOf([
		resource("pool", async function* () {
			yield { [Symbol.dispose]: () => assert.fail("not ours to dispose") };
		}),
	]);
	await runner.start();
	assert.deepEqual(await runner.stop(), { errors: [] });
});

test("the reporter hears of everything in order", async () => {
	const reporter = recorder();
	const pool = resource("pool", (_read, lifespan) => {
		lifespan.progress(1, 2, "half");
		return 1;
	});
	const session = resource("session", () => 2, { needs: [pool] });
	const runner = runnerOf([session], { reporter });
	await runner.start();
	await runner.stop();
	assert.deepEqual(reporter.lines, [
		"starting pool",
		"progress pool 1/2 half",
		"ready pool",
		"starting session",
		"ready session",
		"started 2",
		"releasing session",
		"released session",
		"releasing pool",
		"released pool",
		"stopped",
	]);
});
