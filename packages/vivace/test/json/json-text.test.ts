import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { toJsonText } from "../../src/json/json-text.ts";

suite("a value that is JSON becomes compact text", () => {
	const values: readonly (readonly [unknown, string])[] = [
		[null, "null"],
		["null", '"null"'],
		[{ a: null, b: [null, 1] }, '{"a":null,"b":[null,1]}'],
		[{ a: undefined, b: () => 1, c: null }, '{"c":null}'],
		[new Date(0), '"1970-01-01T00:00:00.000Z"'],
		[
			{ at: new Date(0), none: null },
			'{"at":"1970-01-01T00:00:00.000Z","none":null}',
		],
		[{ toJSON: () => ({ a: null }) }, '{"a":null}'],
		[[shared(), shared()], '[{"a":null},{"a":null}]'],
		["北\u2028", '"北\u2028"'],
	];
	for (const [value, text] of values) {
		test(text, () => assert.equal(toJsonText(value), text));
	}

	test("a value that occurs twice is not a circle", () => {
		const twice = { a: null };
		assert.equal(toJsonText([twice, twice]), '[{"a":null},{"a":null}]');
	});
});

function shared() {
	return { a: null };
}

suite("a value that is not JSON is an error that names the place", () => {
	const circle: Record<string, unknown> = { name: "x" };
	circle.self = { again: circle };
	const cases: readonly (readonly [unknown, string])[] = [
		[undefined, "the value itself is undefined"],
		[() => 1, "the value itself is a function"],
		[Symbol("s"), "the value itself is a symbol"],
		[1n, "the value itself is a bigint"],
		[Number.NaN, "the value itself is NaN"],
		[
			{ items: [{ price: 1 }, { price: Number.NaN }] },
			'"items[1].price" is NaN',
		],
		[{ a: { b: Number.POSITIVE_INFINITY } }, '"a.b" is Infinity'],
		[[1, -Infinity], '"[1]" is -Infinity'],
		[{ id: 1, "big one": { n: 12n } }, '"["big one"].n" is a bigint'],
		[[undefined], '"[0]" is undefined'],
		[{ list: [function named() {}] }, '"list[0]" is the function "named"'],
		[circle, '"self.again" is a circular reference'],
		[{ toJSON: () => ({ n: Number.NaN }) }, '"n" is NaN'],
	];
	for (const [value, place] of cases) {
		test(place, () => {
			assert.throws(() => toJsonText(value), {
				name: "TypeError",
				message: `An answer must be JSON, but ${place}; convert it before you return it.`,
			});
		});
	}

	test("an error that toJSON throws comes out as it is", () => {
		const error = new Error("no");
		const value = {
			toJSON() {
				throw error;
			},
		};
		assert.throws(() => toJsonText({ value }), error);
	});
});
