import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compilePattern, toRegExp } from "../../src/routing/path-pattern.ts";
import { parsePathTemplate } from "../../src/routing/path-template.ts";
import { rounds } from "../support/rounds.ts";

/** Parameters next to each other, with letters that they share with the literals, so that a text can be shared out in many ways. */
const templates = [
	"/r/{a}-{b}-{c}.json",
	"/{a}{b}",
	"/{a}{b:int}{c}",
	"/{a:path}/x/{b:path}/y",
	"/{a:path}{b}",
	"/{a:path}-{b:path}",
	"/{a:path}/{b}-{c:float}",
	"/{a:float}{b:float}",
	"/{a:float}.{b:int}",
	"/{a:int}{b:float}{c:int}",
	"/{a}.{b:float}/",
	"/x{a:uuid}{b}",
	"/{a}{b:uuid}",
	"/{a:uuid}-{b:uuid}x",
	"/{a}/{b}-{c}/{d}",
	"/{a:path}x{b:int}/{c:path}.",
];

describe("compilePattern", () => {
	it("means what the greedy regular expression means, for random short paths", () => {
		const random = generator(7);
		let matches = 0;
		for (const text of templates) {
			const template = parsePathTemplate(text);
			const pattern = compilePattern(template);
			const expression = toRegExp(template);
			for (let count = 0; count < rounds(4000); count++) {
				const path = pathLike(template.literals, random);
				const expected = expression.exec(path)?.slice(1);
				assert.deepEqual(pattern(path), expected, `${text} on ${path}`);
				matches += expected === undefined ? 0 : 1;
			}
		}
		assert.ok(matches > rounds(2000), `only ${matches} paths matched`);
	});

	it("never parts the two halves of a character", () => {
		const pattern = compilePattern(parsePathTemplate("/{a}{b}"));
		assert.deepEqual(pattern("/x😀"), ["x", "😀"]);
		assert.deepEqual(pattern("/😀"), undefined);
	});

	it("looks at each character a fixed number of times, hit or miss", () => {
		// 100,000 characters took hours where the time grew with a power of the length; here it ends with the test
		const long = "-".repeat(100_000);
		const three = compilePattern(parsePathTemplate("/r/{a}-{b}-{c}.json"));
		assert.equal(three(`/r/${long}.jso`), undefined);
		assert.equal(three(`/r/${long}.json`)?.[2], "-");
		const four = compilePattern(parsePathTemplate("/{a}-{b}-{c}-{d}"));
		assert.equal(four(`/${long}/`), undefined);
		const paths = compilePattern(parsePathTemplate("/{a:path}/x/{b:path}/y"));
		assert.equal(paths("/x".repeat(50_000)), undefined);
		const next = compilePattern(parsePathTemplate("/{a:path}{b}.json"));
		assert.equal(next(`/${"x".repeat(100_000)}`), undefined);
	});
});

/** The literals in order with random texts between them; in some of the paths a character is changed. */
function pathLike(literals: readonly string[], random: Random): string {
	const [first, ...others] = literals;
	const path =
		first + others.map((literal) => randomText(random) + literal).join("");
	const at = random(path.length);
	return random(3) === 0
		? path.slice(0, at) + randomText(random) + path.slice(at + 1)
		: path;
}

const uuids = [
	"6a3a1ee7-8d4b-4d4a-9f58-0f3a5a3f2a10",
	"6a3a1ee78d4b4d4a9f580f3a5a3f2a10",
];

function randomText(random: Random): string {
	return Array.from({ length: random(5) }, () => {
		const choices = [
			"a",
			"x",
			"-",
			".",
			"/",
			"1",
			"2",
			"\n",
			"😀",
			".json",
			...uuids,
		];
		return choices[random(choices.length)];
	}).join("");
}

type Random = (limit: number) => number;

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): Random {
	let state = seed;
	return (limit) => {
		state = (state + 0x6d2b79f5) | 0;
		let bits = Math.imul(state ^ (state >>> 15), 1 | state);
		bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
		return ((bits ^ (bits >>> 14)) >>> 0) % limit;
	};
}
