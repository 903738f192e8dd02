import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SlicedWork } from "../../src/time/sliced-work.ts";

/** Steps of which each takes longer than a slice. */
function* longSteps(log: string[]): Generator<unknown, string> {
	for (const name of ["first", "second", "third"]) {
		const end = performance.now() + 6;
		while (performance.now() < end) {}
		log.push(name);
		yield;
	}
	return log.join();
}

describe("work in slices", () => {
	test("lets the event loop have its turn between them", async () => {
		const log: string[] = [];
		setImmediate(() => log.push("turn"));
		const work = new SlicedWork(longSteps(log)).inSlices();
		assert.equal(await work, "first,turn,second,third");
	});

	test("is done at once by whoever is in a hurry, also where it was begun", async () => {
		const log: string[] = [];
		const work = new SlicedWork(longSteps(log));
		const slow = work.inSlices();
		assert.equal(work.done, undefined);
		assert.equal(work.finish(), "first,second,third");
		assert.deepEqual(work.done, { value: "first,second,third" });
		assert.equal(await slow, "first,second,third");
		assert.equal(log.length, 3);
	});

	test("fails for everybody who waits for it", async () => {
		const error = new Error("wrong");
		const work = new SlicedWork(
			(function* (): Generator<unknown, never> {
				yield;
				throw error;
			})(),
		);
		await assert.rejects(work.inSlices(), error);
		assert.throws(() => work.finish(), error);
		assert.equal(work.hasFailed, true);
		assert.equal(work.done, undefined);
	});
});
