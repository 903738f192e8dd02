import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCookieHeader } from "../../src/http/cookie-header.ts";

// the values are those of Starlette's parser, which unquotes as Python's http.cookies does
const headers: readonly (readonly [string, Record<string, string>])[] = [
	["", {}],
	["a=1", { a: "1" }],
	["a=1; b=2", { a: "1", b: "2" }],
	["a=1;b=2;", { a: "1", b: "2" }],
	["  a = 1 ;; b=2", { a: "1", b: "2" }],
	["a=1; a=2", { a: "2" }],
	["a=b=c", { a: "b=c" }],
	["a=", { a: "" }],
	["lone", { "": "lone" }],
	["=v", { "": "v" }],
	["=", {}],
	["a=%20x", { a: "%20x" }],
	['a="x y"', { a: "x y" }],
	['a="x\\054y"', { a: "x,y" }],
	['a="q\\"z"', { a: 'q"z' }],
	['a="x\\\\y"', { a: "x\\y" }],
	['a="\\351"', { a: "é" }],
	['a="\\400"', { a: "400" }],
	['a="', { a: '"' }],
	['a=""', { a: "" }],
	['a="\\x"', { a: "x" }],
	["__proto__=1", JSON.parse('{"__proto__":"1"}')],
];
for (const [header, expected] of headers) {
	test(`the header ${header} has the cookies ${JSON.stringify(expected)}`, () => {
		const cookies = parseCookieHeader(header);
		assert.deepEqual(Object.entries(cookies), Object.entries(expected));
	});
}

test("a name that every object has is no cookie", () => {
	assert.equal(parseCookieHeader("a=1").toString, undefined);
});
