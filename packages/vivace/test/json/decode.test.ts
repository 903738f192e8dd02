import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { HTTPException } from "../../src/errors/http-exception.ts";
import { RequestValidationError } from "../../src/errors/validation-error.ts";
import { decodeJson } from "../../src/json/decode.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string, options = {}) =>
	decodeJson(bytesOf(text), { depth: 3, ...options });
const isUnreadable = (error: unknown) =>
	error instanceof HTTPException &&
	error.status === 400 &&
	error.detail === "There was an error parsing the body";

suite("a body's bytes", () => {
	test("are UTF-8, with a byte order mark or without", () => {
		assert.deepEqual(read('{"a":"é"}'), { a: "é" });
		assert.deepEqual(read('\uFEFF{"a":1}'), { a: 1 });
		assert.deepEqual(read('"\ufffd"'), "\ufffd"); // which a client may have written
		// Latin-1, a character that is cut off, one beside one that was written
		for (const wrong of [
			[0xe9],
			[0xf0, 0x9f, 0x98],
			[0xef, 0xbf, 0xbd, 0xff],
		]) {
			const bytes = Uint8Array.of(0x22, ...wrong, 0x22);
			assert.throws(() => decodeJson(bytes, { depth: 3 }), isUnreadable);
		}
	});

	test("may be as deep as the limit; brackets in texts don't count", () => {
		const deep = ["[[[1]]]", '{"a":{"b":[]}}', `[${"[[1]],".repeat(99)}1]`];
		const quoted = String.raw`["\\", "\"[[[[[[[[", "[[[[[[[[", {"]]{{{{{{{{": 1}]`;
		for (const text of [...deep, quoted]) {
			assert.deepEqual(read(text), JSON.parse(text));
		}
		for (const text of [
			"[[[[1]]]]",
			'[[{"a":[]}]]',
			`[${"[[1]],".repeat(99)}[[[1]]]]`,
			"[".repeat(10_000),
			String.raw`["\\",[[[1]]]]`,
		]) {
			assert.throws(() => read(text), isUnreadable, text.slice(0, 99));
		}
	});

	test("that are no JSON are a validation error", () => {
		for (const text of ["{", "[[[1]]]]]]]", '"', '["\\']) {
			assert.throws(() => read(text), RequestValidationError);
		}
	});
});

suite("a long integer", () => {
	const text =
		'[9007199254740993, -9007199254740993, 1, 1.5, 1e30, "90071992547409931"]';

	test("is the nearest number", () => {
		assert.deepEqual(read(text), JSON.parse(text));
	});

	test("is made of its own digits where bigints are wanted", () => {
		assert.deepEqual(read(text, { bigints: true }), [
			9007199254740993n,
			-9007199254740993n,
			1,
			1.5,
			1e30,
			"90071992547409931",
		]);
	});

	test("of more digits than anybody counts with stays a number that is not finite", () => {
		assert.equal(read("9".repeat(100_000), { bigints: true }), Infinity);
	});
});
