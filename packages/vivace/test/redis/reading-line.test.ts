import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadingLine } from "../../src/redis/reading-line.ts";
import { late } from "../../src/time/waiting.ts";
import { until } from "../support/until.ts";

test("so many are under way at a time, the others in the order in which they came", async () => {
	const line = new ReadingLine(2);
	const begun: number[] = [];
	const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
	const done = gates.map(({ promise }, index) =>
		line.run(async () => {
			begun.push(index);
			await promise;
			return index;
		}, 60_000),
	);
	assert.deepEqual(begun, [0, 1]);
	gates[1]?.resolve();
	await done[1];
	gates[2]?.resolve();
	await until(() => begun.length === 4);
	assert.deepEqual(begun, [0, 1, 2, 3]);
	for (const { resolve } of gates) {
		resolve();
	}
	assert.deepEqual(await Promise.all(done), [0, 1, 2, 3, 4]);
});

test("one that fails makes room for the next, one whose turn does not come in time leaves", async () => {
	const line = new ReadingLine(1);
	const gate = Promise.withResolvers<void>();
	const first = line.run(() => gate.promise, 60_000);
	const tooLate = line.run(async () => "never", 1);
	const third = line.run(async () => "third", 60_000);
	assert.equal(await tooLate, late);
	gate.reject(new Error("away"));
	await assert.rejects(first, /away/);
	assert.equal(await third, "third");
	assert.equal(await line.run(async () => "at once", 60_000), "at once");
});
