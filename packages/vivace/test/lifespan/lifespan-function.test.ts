import assert from "node:assert/strict";
import { test } from "node:test";
import { LifespanError } from "../../src/errors/setup-error.ts";
import { assertLifespanFunction } from "../../src/lifespan/lifespan-function.ts";

const refused: [what: string, fn: unknown, message: RegExp][] = [
	[
		"a synchronous generator",
		function* boot() {
			yield 1;
		},
		/App "Shop": the lifespan must be an async generator function, but "boot" is a synchronous generator function; write async function\* boot\(app\)/,
	],
	[
		"an async function without yield",
		async function boot() {},
		/"boot" is an async function without yield.*write async function\* boot/,
	],
	[
		"an arrow function",
		() => {},
		/the function is an arrow function, which cannot yield/,
	],
	[
		"an async arrow function",
		async () => {},
		/is an async function without yield/,
	],
	["a plain function", function boot() {}, /"boot" is a plain function/],
	["a class", class Boot {}, /"Boot" is a class/],
	[
		"a generator that was called",
		(async function* () {
			yield 1;
		})(),
		/a generator that was already called/,
	],
	["undefined", undefined, /undefined was given/],
	["an object", {}, /an object was given/],
	["a string", "boot", /a string was given/],
];

for (const [what, fn, message] of refused) {
	test(`${what} is no lifespan function`, () => {
		assert.throws(
			() => assertLifespanFunction(fn, 'App "Shop"'),
			(error) => error instanceof LifespanError && message.test(error.message),
		);
	});
}

test("an async generator function is one, and so is a bound one, and none of it is run", () => {
	let runs = 0;
	async function* boot() {
		runs++;
		yield 1;
	}
	assertLifespanFunction(boot, "App");
	assertLifespanFunction(boot.bind(null), "App");
	assert.equal(runs, 0);
});
