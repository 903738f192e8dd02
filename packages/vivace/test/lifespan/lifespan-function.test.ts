import assert from "node:assert/strict";
import { test } from "node:test";
import { LifespanError } from "../../src/errors/setup-error.ts";
import {
	assertLifespanFunction,
	lifespanCall,
} from "../../src/lifespan/lifespan-function.ts";

const refused: [what: string, fn: unknown, message: RegExp][] = [
	[
		"a synchronous generator",
		function* boot() {
			yield 1;
		},
		/App "Shop": the lifespan must be an async generator function, but "boot" is a synchronous generator function; write async function\* boot\(app\)/,
	],
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

const yieldsNothing: [what: string, fn: () => unknown, message: RegExp][] = [
	[
		"an async function without yield",
		async function boot() {},
		/App "Shop".*but "boot" gave undefined.*write async function\* boot\(app\)/,
	],
	["an arrow function", () => ({ pool: 1 }), /the function gave an object/],
	[
		"a wrapper of a sync generator",
		() =>
			(function* () {
				yield 1;
			})(),
		/gave a generator/,
	],
];

for (const [what, fn, message] of yieldsNothing) {
	test(`${what} is refused by what comes back`, async () => {
		assertLifespanFunction(fn, "App");
		await assert.rejects(
			lifespanCall(fn as never, undefined, 'App "Shop"'),
			(error) => error instanceof LifespanError && message.test(error.message),
		);
	});
}

test("a wrapper, also an async one, gives what it wraps", async () => {
	async function* boot(argument: number) {
		yield argument;
	}
	for (const fn of [
		(argument: number) => boot(argument),
		async (argument: number) => boot(argument),
	]) {
		assertLifespanFunction(fn, "App");
		const generator = await lifespanCall(fn, 3, "App");
		assert.deepEqual(await generator.next(), { done: false, value: 3 });
	}
});
