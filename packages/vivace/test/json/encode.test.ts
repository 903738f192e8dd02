import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { jsonCompatible } from "../../src/json/compatible.ts";
import { encodeJson, jsonEncoder } from "../../src/json/encode.ts";

suite("a value becomes compact text", () => {
	const nobody = Object.create(null);
	nobody.at = new Date(0);
	const values: readonly (readonly [unknown, string])[] = [
		[null, "null"],
		["null", '"null"'],
		[{ a: null, b: [null, 1] }, '{"a":null,"b":[null,1]}'],
		[{ a: undefined, b: () => 1, c: null, d: Symbol("d") }, '{"c":null}'],
		[[undefined, () => 1], "[null,null]"],
		[Number.NaN, "null"],
		[
			{ low: -Infinity, high: [Infinity], day: new Date(Number.NaN) },
			'{"low":null,"high":[null],"day":null}',
		],
		[new Date(0), '"1970-01-01T00:00:00+00:00"'],
		[[new Date(1), "1"], '["1970-01-01T00:00:00.001000+00:00","1"]'],
		[new Date(-62198755200000), '"-000001-01-01T00:00:00.000+00:00"'],
		[nobody, '{"at":"1970-01-01T00:00:00+00:00"}'],
		["2020-01-01T00:00:00.000Z", '"2020-01-01T00:00:00.000Z"'],
		[{ m: new Map<unknown, unknown>([[1, new Set([2n])]]) }, '{"m":{"1":[2]}}'],
		[
			new Map([[new Date(0), 1]]),
			'{"1970-01-01T00:00:00+00:00":1}', // FastAPI encodes the keys too
		],
		[new Set([new Date(0)]), '["1970-01-01T00:00:00+00:00"]'],
		[{ empty: {}, list: [] }, '{"empty":{},"list":[]}'],
		[Float64Array.of(1.5, Number.NaN), "[1.5,null]"],
		[
			{ one: Int32Array.of(), two: BigInt64Array.of(2n ** 60n) },
			'{"one":[],"two":[1152921504606846976]}',
		],
		[new TextEncoder().encode("é"), '"é"'],
		[Buffer.from("é"), '"é"'],
		[new TextEncoder().encode("x").buffer, '"x"'],
		[12n, "12"],
		[
			{ id: 10n ** 20n, less: -(2n ** 53n) },
			'{"id":100000000000000000000,"less":-9007199254740992}',
		],
		[
			{ toJSON: () => ({ a: null, at: new Date(0) }) },
			'{"a":null,"at":"1970-01-01T00:00:00+00:00"}',
		],
		[
			new (class Point {
				x = 1n;
				#y = 2;
				length() {
					return this.#y;
				}
			})(),
			'{"x":1}',
		],
		[new URL("http://a/"), '"http://a/"'],
		[[shared(), shared()], '[{"a":null},{"a":null}]'],
		[JSON.parse('{"__proto__":{"a":[{}]}}'), '{"__proto__":{"a":[{}]}}'],
		[
			{ ...JSON.parse('{"__proto__":1}'), at: new Date(0) },
			'{"__proto__":1,"at":"1970-01-01T00:00:00+00:00"}',
		],
		["北\u2028", '"北\u2028"'],
	];
	for (const [value, text] of values) {
		test(text, () => {
			assert.equal(encodeJson(value), text);
			assert.equal(JSON.stringify(jsonCompatible(value)), text);
		});
	}

	test("the same in a long text, and among many that end as dates do", () => {
		for (const padding of ["x".repeat(300), Array(200).fill("1Z")]) {
			const around = JSON.stringify(padding);
			for (const [value, text] of values) {
				assert.equal(encodeJson([padding, value]), `[${around},${text}]`);
			}
		}
	});

	test("the same from an encoder that has seen dates, and from one that has not", () => {
		for (const first of [[new Date(0)], ["plain"]]) {
			const encode = jsonEncoder();
			encode(first);
			for (const [value, text] of values) {
				assert.equal(encode(value), text);
			}
		}
	});

	test("an encoder that walks first says what can't be written", () => {
		const encode = jsonEncoder();
		encode([new Date(0)]);
		assert.throws(() => encode(undefined), /the value itself is undefined/);
		const circle: unknown[] = [];
		circle.push(circle);
		assert.throws(() => encode(circle), /"\[0\]" is a circular reference/);
	});

	test("a value that occurs twice is not a circle", () => {
		const twice = { a: 1n };
		assert.equal(encodeJson([twice, twice]), '[{"a":1},{"a":1}]');
	});

	test("what is JSON already is not copied", () => {
		const value = { a: [{ b: null }, {}, "1Z"], c: 1 };
		assert.equal(jsonCompatible(value), value);
	});
});

function shared() {
	return { a: null };
}

/** As Kysely's, which keeps all to itself. */
class Query {
	readonly #rows: readonly unknown[] = [];
	execute(): readonly unknown[] {
		return this.#rows;
	}
}

suite("a value that has no text is an error that names the place", () => {
	const circle: Record<string, unknown> = { name: "x" };
	circle.self = { "a b": [circle] };
	const cases: readonly (readonly [unknown, string])[] = [
		[undefined, "the value itself is undefined"],
		[() => 1, "the value itself is a function"],
		[function named() {}, 'the value itself is the function "named"'],
		[Symbol("s"), "the value itself is a symbol"],
		[circle, '"self["a b"][0]" is a circular reference'],
		[
			new WeakMap(),
			"the value itself is of the class WeakMap, of which nothing can be sent",
		],
		[
			{ all: [1].values() },
			'"all" is of the class Iterator, of which nothing can be sent',
		],
		[
			{
				all: (function* () {
					yield 1;
				})(),
			},
			'"all" is of the class Generator, of which nothing can be sent',
		],
		[{ m: new Map([[{}, 1]]) }, '"m" is a Map with a key that is an object'],
		[
			[new Map([[Symbol("a"), 1]])],
			'"[0]" is a Map with a key that is a symbol',
		],
		[
			new Map<unknown, unknown>([
				[1, "a"],
				["1", "b"],
			]),
			"the value itself is a Map with two keys of the same text",
		],
		[
			{ error: new Error("x") },
			'"error" is of the class Error, of which nothing can be sent',
		],
		[
			[new Query()],
			'"[0]" is of the class Query, of which nothing can be sent (await its execute())',
		],
	];
	for (const [value, place] of cases) {
		test(place, () => {
			assert.throws(() => encodeJson(value), {
				name: "TypeError",
				message: `An answer must be JSON, but ${place}; convert it before you return it.`,
			});
		});
	}

	test("bytes that are no UTF-8 are one in answers alone", () => {
		const value = { bytes: Uint8Array.of(0x61, 0xff) };
		assert.equal(encodeJson(value), '{"bytes":"a\ufffd"}');
		assert.throws(() => jsonEncoder()(value), {
			message:
				'An answer must be JSON, but "bytes" is bytes that are no UTF-8 (send them as a Response, or as base64); convert it before you return it.',
		});
		assert.equal(
			jsonEncoder()({ bytes: Uint8Array.of(0x61) }),
			'{"bytes":"a"}',
		);
	});

	test("an error that toJSON throws comes out as it is", () => {
		const error = new Error("no");
		const value = {
			toJSON() {
				throw error;
			},
		};
		assert.throws(() => encodeJson({ value }), error);
	});
});
