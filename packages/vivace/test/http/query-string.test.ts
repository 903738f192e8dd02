import assert from "node:assert/strict";
import { test } from "node:test";
import {
	decodePercent,
	parseQueryString,
} from "../../src/http/query-string.ts";

const queries = [
	"",
	"a=1",
	"a=1&b=2",
	"a",
	"a=",
	"=a",
	"&&a=1&&",
	"a=1=2",
	"a+b=c+d",
	"a%20b=%C3%A9",
	"a=%ZZ&b=%",
	"a=%FF",
	"a=%E5%8C%97%ZZ",
	"a=%2B&b=%26",
	"a=%26%FF",
	"a=1;b=2",
];
for (const query of queries) {
	test(`the query ${JSON.stringify(query)} is read as URLSearchParams reads it`, () => {
		const expected = [...new URLSearchParams(query)].flat();
		assert.deepEqual(parseQueryString(query), expected);
	});
}

const texts = [
	["a%20b", "a b"],
	["a+b", "a+b"],
	["%zz&x=+", "%zz&x=+"],
	["%C3", "\ufffd"],
	["%e5%8c%97", "北"],
] as const;
for (const [text, decoded] of texts) {
	test(`${text} is decoded as ${JSON.stringify(decoded)}`, () => {
		assert.equal(decodePercent(text), decoded);
	});
}
