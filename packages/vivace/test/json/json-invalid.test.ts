import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonInvalidError } from "../../src/json/json-invalid.ts";

const mistakes: readonly [text: string, error: string, position: number][] = [
	["", "Expecting value", 0],
	["  ", "Expecting value", 2],
	["nul", "Expecting value", 0],
	["-", "Expecting value", 0],
	["[", "Expecting value", 1],
	["[1,", "Expecting value", 3],
	['{"a":}', "Expecting value", 5],
	["[1,,2]", "Expecting value", 3],
	["NaN", "Expecting value", 0],
	["[1, -Infinity]", "Expecting value", 4],
	[
		"{some broken json}",
		"Expecting property name enclosed in double quotes",
		1,
	],
	["{", "Expecting property name enclosed in double quotes", 1],
	['{"a": 1,', "Expecting property name enclosed in double quotes", 8],
	['{"a" 1}', "Expecting ':' delimiter", 5],
	['{"a": 1 "b": 2}', "Expecting ',' delimiter", 8],
	["[1 2]", "Expecting ',' delimiter", 3],
	['{"price": 50.5', "Expecting ',' delimiter", 14],
	["[01]", "Expecting ',' delimiter", 2],
	["[1,]", "Illegal trailing comma before end of array", 2],
	['{"a": 1 , }', "Illegal trailing comma before end of object", 8],
	["01", "Extra data", 1],
	["1.", "Extra data", 1],
	["{} {}", "Extra data", 3],
	['"abc', "Unterminated string starting at", 0],
	['["abc\\', "Unterminated string starting at", 1],
	['"a\nb"', "Invalid control character at", 2],
	['"a\\xb"', "Invalid \\escape", 2],
	['"a\\u12"', "Invalid \\uXXXX escape", 3],
	["\uFEFF{}", "Unexpected UTF-8 BOM (decode using utf-8-sig)", 0],
	['{"😀": x}', "Expecting value", 6],
];

for (const [text, error, position] of mistakes) {
	test(`${JSON.stringify(text)}: ${error} ${position}`, () => {
		assert.throws(() => JSON.parse(text), SyntaxError);
		assert.deepEqual(jsonInvalidError(text), {
			type: "json_invalid",
			loc: ["body", position],
			msg: "JSON decode error",
			input: {},
			ctx: { error },
		});
	});
}

test("a body that is nested deeper than the stack is refused like any other", () => {
	const text = "[".repeat(500_000);
	assert.deepEqual(jsonInvalidError(text).loc, ["body", 500_000]);
});
