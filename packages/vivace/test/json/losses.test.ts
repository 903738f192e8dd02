import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { lossIn } from "../../src/json/losses.ts";

class Account {
	readonly #secret = 1;
	readonly id = this.#secret;
}

const circle: Record<string, unknown> = { a: 1 };
circle.circle = circle;

const losses: readonly (readonly [
	value: unknown,
	words: string | undefined,
])[] = [
	[{ a: [1, "b", null, true] }, undefined],
	[{ a: undefined }, undefined],
	[new Date(0), undefined],
	[new Account(), undefined],
	[new Map([["a", new Set([1])]]), undefined],
	[{ b: 2n ** 70n, u: new URL("http://a.example") }, undefined],
	[new Uint8Array(2), undefined],
	[circle, undefined],
	[undefined, undefined],
	[() => 1, undefined], // an error of whoever writes it
	["<3", undefined],
	["{name}", undefined],
	[{ statusCode: 3, body: "x", id: 1 }, undefined],
	[Number.NaN, "its answer is NaN, and is sent as null"],
	[
		{ a: [{ "b c": Infinity }] },
		'"a[0]["b c"]" of its answer is Infinity, and is sent as null',
	],
	[
		new Map([["a", [new Date(Number.NaN)]]]),
		'"a[0]" of its answer is an invalid Date, and is sent as null',
	],
	[[1, undefined], '"[1]" of its answer is undefined, and is sent as null'],
	[
		new Set([undefined]),
		'"[0]" of its answer is undefined, and is sent as null',
	],
	[{ f() {} }, '"f" of its answer is a function, and is left out'],
	[{ s: Symbol("a") }, '"s" of its answer is a symbol, and is left out'],
	[
		{ e: new TypeError("no") },
		'"e" of its answer is an Error ("no"), and is sent without its message',
	],
	[
		"<!DOCTYPE html><p>",
		"its answer is HTML, and is sent as a text in JSON; return new HTMLResponse(…)",
	],
	[
		'{"a":1}',
		"its answer is JSON already, and is sent as a text in JSON; return the value itself",
	],
	[
		{ statusCode: 404, body: "" },
		"its answer is a record of statusCode and body, which is sent as it is; return new Response(body, { status: 404 })",
	],
];

suite("the first thing that a value loses in JSON", () => {
	for (const [index, [value, words]] of losses.entries()) {
		test(`${index}: ${words ?? "nothing"}`, () => {
			assert.equal(lossIn(value), words);
		});
	}
});
