import assert from "node:assert/strict";
import { test } from "node:test";
import { readAnew } from "../../../src/server/bun/read-anew.ts";

test("a reading that takes longer than its result is kept is not repeated for those who ask together", () => {
	let count = 0;
	const keptMs = 5;
	const asked = readAnew(keptMs, () => {
		const begunMs = performance.now();
		while (performance.now() - begunMs < 2 * keptMs) {
			// as the kernel's table of many connections
		}
		count += 1;
		return count;
	});
	const asks = Array.from({ length: 5 }, asked);
	assert.ok(count < asks.length, `${count} readings`);
	assert.equal(asks[0], 1);
});

test("it is read again when the time is over", () => {
	let count = 0;
	const asked = readAnew(0, () => {
		count += 1;
		return count;
	});
	assert.deepEqual([asked(), asked()], [1, 2]);
});
