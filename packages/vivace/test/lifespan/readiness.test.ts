import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTimers, resource, runnerOf, settled } from "./fixtures.ts";

test("each resource is asked by its check, those without one work when they are ready", async () => {
	const runner = runnerOf([
		resource("plain", () => 1),
		resource("pool", () => "value", {
			options: { check: (value) => assert.equal(value, "value") },
		}),
		resource("broken", () => 1, {
			options: { check: () => Promise.reject(new Error("gone away")) },
		}),
		resource("cache", () => Promise.reject(new Error("refused")), {
			options: { optional: true },
		}),
	]);
	await runner.start();
	assert.deepEqual(await runner.checkAll(), {
		plain: { ok: true, state: "ready", optional: false },
		pool: { ok: true, state: "ready", optional: false },
		broken: { ok: false, state: "ready", optional: false, error: "gone away" },
		cache: { ok: false, state: "degraded", optional: true, error: "refused" },
	});
	await runner.stop();
});

test("before start-up and after the release nothing works", async () => {
	using time = fakeTimers();
	const runner = runnerOf([resource("pool", () => 1)]);
	assert.equal((await runner.checkAll()).pool?.error, "it is waiting");
	await runner.start();
	await time.advance(1_000);
	assert.equal((await runner.checkAll()).pool?.ok, true);
	await runner.stop();
	await time.advance(1_000);
	assert.equal((await runner.checkAll()).pool?.error, "it is released");
});

test("answers are given again for a second", async () => {
	using time = fakeTimers();
	let asked = 0;
	const runner = runnerOf([
		resource("pool", () => 1, {
			options: {
				check: () => {
					asked++;
				},
			},
		}),
	]);
	await runner.start();
	await Promise.all([runner.checkAll(), runner.checkAll()]);
	await time.advance(999);
	await runner.checkAll();
	assert.equal(asked, 1);
	await time.advance(1);
	await runner.checkAll();
	assert.equal(asked, 2);
	await runner.stop();
});

test("a check that hangs fails at the limit and is not asked a second time until it answers", async () => {
	using time = fakeTimers();
	let asked = 0;
	const gate = Promise.withResolvers<void>();
	const runner = runnerOf([
		resource("pool", () => 1, {
			options: {
				check: () => {
					asked++;
					return gate.promise;
				},
			},
		}),
	]);
	await runner.start();
	for (let round = 0; round < 3; round++) {
		const results = runner.checkAll({ timeoutMs: 1_000 });
		await time.advance(1_000);
		assert.equal(
			(await results).pool?.error,
			"its check did not answer within 1000 ms",
		);
	}
	assert.equal(asked, 1);
	gate.resolve();
	await settled();
	assert.equal((await runner.checkAll()).pool?.ok, true);
	assert.equal(asked, 2);
	await runner.stop();
});
