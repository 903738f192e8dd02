import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import {
	BindError,
	decodeDate,
	decodeInteger,
	encode,
	encodeDate,
} from "../../src/values/encode.ts";

const sql = "insert into note values (?, ?)";

test("values that every engine stores stay or become text and numbers", () => {
	const table: readonly [given: unknown, expected: unknown][] = [
		["text", "text"],
		["", ""],
		[0, 0],
		[-1.5, -1.5],
		[2n ** 60n, 2n ** 60n],
		[null, null],
		[true, 1],
		[false, 0],
		[new Date("2026-01-02T03:04:05.678Z"), "2026-01-02 03:04:05"],
		[new Date("2026-01-02T03:04:05+02:00"), "2026-01-02 01:04:05"],
		[Buffer.from("ab"), Buffer.from("ab")],
		[new Uint8Array([1, 2]), Buffer.from([1, 2])],
		[new Uint8Array([1, 2, 3]).subarray(1), Buffer.from([2, 3])],
	];
	for (const [given, expected] of table) {
		assert.deepEqual(encode([given], sql), [expected]);
	}
});

test("values that engines would turn into NULL or text in silence are refused by their position", () => {
	const table: readonly [given: unknown, problem: RegExp][] = [
		[undefined, /is undefined: bind null/],
		[Number.NaN, /is NaN/],
		[Number.POSITIVE_INFINITY, /is Infinity/],
		[new Date(Number.NaN), /Date that is invalid/],
		[new Date(8.64e15), /years 0 to 9999/],
		[{}, /an object \(Object\)/],
		[Object.create(null), /an object \(no prototype\)/],
		[new Map(), /an object \(Map\)/],
		[[1, 2], /an array/],
		[runInNewContext("[]"), /an array/],
		[() => 1, /a function/],
		[Symbol("s"), /a symbol/],
	];
	for (const [given, problem] of table) {
		assert.throws(
			() => encode(["first", given], sql),
			(error) =>
				error instanceof BindError &&
				error.position === 2 &&
				error.code === "BIND_VALUE" &&
				error.message.includes(`parameter 2 of "${sql}"`) &&
				problem.test(error.message),
		);
	}
});

test("a date is written in UTC, cut to the second or the millisecond, and read back", () => {
	const date = new Date("2026-12-31T23:59:59.999Z");
	assert.equal(encodeDate(date), "2026-12-31 23:59:59");
	assert.equal(encodeDate(date, "milliseconds"), "2026-12-31 23:59:59.999");
	assert.deepEqual(encode([date], sql, "milliseconds"), [
		"2026-12-31 23:59:59.999",
	]);
	assert.deepEqual(decodeDate(encodeDate(date, "milliseconds")), date);
	assert.deepEqual(decodeDate(date), date);
	assert.deepEqual(decodeDate("2026-12-31"), new Date("2026-12-31T00:00:00Z"));
});

test("an integer is a number as long as that is exact", () => {
	const safest = BigInt(Number.MAX_SAFE_INTEGER);
	assert.equal(decodeInteger(7n), 7);
	assert.equal(decodeInteger(safest), Number.MAX_SAFE_INTEGER);
	assert.equal(decodeInteger(safest + 1n), safest + 1n);
	assert.equal(decodeInteger(-safest - 1n), -safest - 1n);
});
