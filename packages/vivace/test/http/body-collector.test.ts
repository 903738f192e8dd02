import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyCollector } from "../../src/http/body-collector.ts";
import { BodyTooLargeError } from "../../src/http/body-too-large-error.ts";

test("a body in one chunk is not copied", () => {
	const collector = new BodyCollector(3);
	const chunk = Uint8Array.of(1, 2, 3);
	collector.add(chunk);
	assert.equal(collector.bytes(), chunk);
});

test("several chunks are joined, and none is an empty body", () => {
	const collector = new BodyCollector(4, "4");
	for (const chunk of [[1], [2, 3], [], [4]]) {
		collector.add(Uint8Array.from(chunk));
	}
	assert.deepEqual(collector.bytes(), Uint8Array.of(1, 2, 3, 4));
	assert.equal(new BodyCollector(0, "0").bytes().length, 0);
});

test("the first byte too many is refused, announced or received", () => {
	assert.throws(() => new BodyCollector(4, "5"), BodyTooLargeError);
	const collector = new BodyCollector(4);
	collector.add(new Uint8Array(4));
	assert.throws(() => collector.add(new Uint8Array(1)), BodyTooLargeError);
});
