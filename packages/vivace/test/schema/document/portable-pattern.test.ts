import assert from "node:assert/strict";
import { test } from "node:test";
import { portablePattern } from "../../../src/schema/document/portable-pattern.ts";

const same: readonly [RegExp, string][] = [
	[/^[a-z]+$/, "^[a-z]+$"],
	[/^[a-z]+$/u, "^[a-z]+$"],
	[/^[a-z]+$/i, "^[a-zA-Z]+$"],
	[/^ab-(?:c|\d{2})$/i, "^[aA][bB]-(?:[cC]|\\d{2})$"],
	[/(?<year>\d+)x/i, "(?<year>\\d+)[xX]"],
	[/[^A-F_\-.]/i, "[^a-fA-F_\\-.]"],
	[/a.b\./s, "a[\\s\\S]b\\."],
	[/[.]./s, "[.][\\s\\S]"],
	[/a.b/gim, "[aA].[bB]"],
	[/^[\w\-]+$/v, "^[\\w\\-]+$"],
	[/abc|_/y, "^(?:abc|_)"],
	[/a.c/giy, "^(?:[aA].[cC])"],
];

test("flags are written out where a pattern without them says the same", () => {
	for (const [pattern, expected] of same) {
		assert.equal(portablePattern(pattern), expected, String(pattern));
		// JSON Schema's patterns are read with `u` by most
		assert.doesNotThrow(() => new RegExp(expected, "u"), String(pattern));
	}
});

test("a pattern that takes or refuses the same texts", () => {
	const texts = ["abc", "ABC", "a\nc", "A-1", "ab-c", "AB-22", "_", "É"];
	for (const [pattern] of same) {
		const written = new RegExp(portablePattern(pattern) ?? "", "u");
		const own = new RegExp(pattern.source, pattern.flags.replace("g", ""));
		for (const text of texts) {
			own.lastIndex = 0; // where one with y goes on
			assert.equal(written.test(text), own.test(text), `${pattern} ${text}`);
		}
	}
});

test("there is none where nothing without flags says the same", () => {
	for (const pattern of [
		/^a$/m,
		/é/i,
		/\p{L}/iu,
		/[A-z]/i,
		/(a)\1/i,
		/[[a-z]--[aeiou]]/v,
		/\u0061/i,
	]) {
		assert.equal(portablePattern(pattern), undefined, String(pattern));
	}
});
