import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseRange } from "../../src/http/byte-range.ts";

suite("of ten bytes", () => {
	// RFC 9110 §14.1.2
	const satisfiable: readonly (readonly [
		string,
		...(readonly [number, number])[],
	])[] = [
		["bytes=0-4", [0, 5]],
		["bytes=4-4", [4, 5]],
		["bytes=5-", [5, 10]],
		["bytes=5-99", [5, 10]],
		["bytes=-3", [7, 10]],
		["bytes=-99", [0, 10]],
		["Bytes = 0-4", [0, 5]],
		["bytes= 0-1 , 4-5 ", [0, 2], [4, 6]],
		["bytes=0-1,,4-5", [0, 2], [4, 6]],
		["bytes=4-5,0-1", [0, 2], [4, 6]],
		["bytes=0-4,2-6", [0, 7]],
		["bytes=0-4,5-6", [0, 7]],
		["bytes=0-8,1-2", [0, 9]],
		["bytes=0-1,20-30", [0, 2]],
	];
	for (const [header, ...ranges] of satisfiable) {
		test(`${header} asks for ${ranges.join(" and ")}`, () => {
			assert.deepEqual(parseRange(header, 10), {
				kind: "ranges",
				ranges: ranges.map(([start, end]) => ({ start, end })),
			});
		});
	}

	const others = [
		["bytes=10-", "unsatisfiable"],
		["bytes=10-20,30-40", "unsatisfiable"],
		["bytes=-0", "unsatisfiable"],
		["bytes", "malformed"],
		["bytes=", "malformed"],
		["bytes=,", "malformed"],
		["bytes=-", "malformed"],
		["bytes=a-b", "malformed"],
		["bytes=4-2", "malformed"],
		["bytes=1", "malformed"],
		["bytes=0-1,x", "malformed"],
		["items=0-4", "ignored"],
		[`bytes=${"0-0,".repeat(101)}`, "ignored"],
	] as const;
	for (const [header, kind] of others) {
		test(`${header.slice(0, 30)} is ${kind}`, () => {
			assert.deepEqual(parseRange(header, 10), { kind });
		});
	}
});

test("an empty file has no range", () => {
	assert.equal(parseRange("bytes=0-", 0).kind, "unsatisfiable");
});
