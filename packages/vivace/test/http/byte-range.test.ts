import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseRange, type RangeRequest } from "../../src/http/byte-range.ts";

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
		["bytes=0-1,x,-,1", [0, 2]],
		["bytes=9-9999999999999999999999", [9, 10]],
	];
	for (const [header, ...ranges] of satisfiable) {
		test(`${header} asks for ${ranges.join(" and ")}`, () => {
			assert.deepEqual(parseRange(header, 10), {
				kind: "ranges",
				ranges: ranges.map(([start, end]) => ({ start, end })),
			});
		});
	}

	// as Starlette answers them
	const none = "Range header: range must be requested";
	const reversed = "Range header: start must be less than end";
	const others: readonly (readonly [string, RangeRequest])[] = [
		["bytes=10-", { kind: "unsatisfiable" }],
		["bytes=10-20,30-40", { kind: "unsatisfiable" }],
		["bytes=0-1,20-30", { kind: "unsatisfiable" }],
		["bytes=20-5", { kind: "unsatisfiable" }],
		["bytes=-0", { kind: "unsatisfiable" }],
		["bytes", { kind: "malformed", detail: "Malformed range header." }],
		["bytes=", { kind: "malformed", detail: none }],
		["bytes=,", { kind: "malformed", detail: none }],
		["bytes=-", { kind: "malformed", detail: none }],
		["bytes=a-b", { kind: "malformed", detail: none }],
		["bytes=1", { kind: "malformed", detail: none }],
		["bytes=4-2", { kind: "malformed", detail: reversed }],
		["bytes=0-1,4-2", { kind: "malformed", detail: reversed }],
		["items=0-4", { kind: "malformed", detail: "Only support bytes range" }],
		[`bytes=${"0-0,".repeat(100)}`, { kind: "ignored" }],
	];
	for (const [header, wanted] of others) {
		test(`${header.slice(0, 30)} is ${wanted.kind}`, () => {
			assert.deepEqual(parseRange(header, 10), wanted);
		});
	}
});

test("an empty file has no range", () => {
	assert.equal(parseRange("bytes=0-", 0).kind, "unsatisfiable");
});
