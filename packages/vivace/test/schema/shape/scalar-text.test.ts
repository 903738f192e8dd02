import assert from "node:assert/strict";
import { test } from "node:test";
import {
	readBigInt,
	readBoolean,
	readInteger,
	readNumber,
} from "../../../src/schema/shape/scalar-text.ts";

const integers: readonly [string, number | undefined][] = [
	["42", 42],
	[" 42 ", 42],
	["+42", 42],
	["-42", -42],
	["0042", 42],
	["4_2", 42],
	["1_000.0", 1000],
	["42.0", 42],
	["42.00", 42],
	["42.5", undefined],
	["42.", undefined],
	[".0", undefined],
	["1e3", undefined],
	["0x1", undefined],
	["_42", undefined],
	["4__2", undefined],
	["--1", undefined],
	["- 1", undefined],
	["4 2", undefined],
	["True", undefined],
	["９", undefined],
	["", undefined],
];

for (const [text, value] of integers) {
	test(`as an integer ${JSON.stringify(text)} reads as ${value}`, () => {
		assert.equal(readInteger(text), value);
		const bigint = value === undefined ? undefined : BigInt(value);
		assert.equal(readBigInt(text), bigint);
	});
}

const numbers: readonly [string, number | undefined][] = [
	["42", 42],
	["4.2", 4.2],
	[" 1.5 ", 1.5],
	["+1.5", 1.5],
	[".5", 0.5],
	["5.", 5],
	["1e3", 1000],
	["1_0.5", 10.5],
	["inf", Number.POSITIVE_INFINITY],
	["+inf", Number.POSITIVE_INFINITY],
	["-Infinity", Number.NEGATIVE_INFINITY],
	["INF", Number.POSITIVE_INFINITY],
	["nan", Number.NaN],
	["NaN", Number.NaN],
	["infinit", undefined],
	["1e", undefined],
	["1_", undefined],
	["0x1", undefined],
	["", undefined],
];

for (const [text, value] of numbers) {
	test(`as a number ${JSON.stringify(text)} reads as ${value}`, () => {
		assert.ok(Object.is(readNumber(text), value));
	});
}

const booleans: readonly [string, boolean | undefined][] = [
	...["1", "true", "True", "TRUE", "t", "T", "on", "yes", "y"].map(
		(text) => [text, true] as [string, boolean],
	),
	...["0", "false", "False", "f", "F", "off", "OFF", "no", "n"].map(
		(text) => [text, false] as [string, boolean],
	),
	[" true", undefined],
	["42", undefined],
	["", undefined],
	["constructor", undefined],
];

for (const [text, value] of booleans) {
	test(`as a boolean ${JSON.stringify(text)} reads as ${value}`, () => {
		assert.equal(readBoolean(text), value);
	});
}

test("a long row of digits that is no number is refused in linear time", () => {
	const digits = "1".repeat(200_000);
	assert.equal(readNumber(`${digits}x`), undefined);
	assert.equal(readInteger(`${digits}x`), undefined);
	assert.equal(readBigInt(digits), undefined);
});
