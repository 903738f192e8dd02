import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { absentRequest } from "../../src/inject/absent-request.ts";
import { compileCall, compileInvoke } from "../../src/inject/call.ts";
import type { InjectedFunction } from "../../src/inject/dependency.ts";
import { Run } from "../../src/inject/run.ts";

class Point {
	readonly x: number;
	constructor({ x }: { readonly x: number }) {
		this.x = x;
	}
}

function* yields({ x }: { readonly x: number }): Generator<number> {
	yield x;
}
async function* yieldsLater({ x }: { readonly x: number }) {
	yield x;
}

/** Not at once: what an asynchronous function gives without waiting is at hand on Bun. */
async function later<Value>(value: Value): Promise<Value> {
	await undefined;
	return value;
}

/** Starts a call and waits for all that it says must be waited for. */
async function made(
	call: InjectedFunction,
	scope: "function" | "request" = "request",
	captive?: () => Error,
) {
	const run = new Run(absentRequest("it", new AbortController().signal), 0);
	const { start, take } = compileCall({
		call,
		scope,
		name: "it",
		slot: 1,
		isWithoutRequest: false,
		captive,
	});
	let pending = start(run, { x: 3 });
	let waits = 0;
	while (pending !== undefined) {
		waits++;
		pending = take(run, await pending);
	}
	return { value: run.values[1], waits, run };
}

const kinds: readonly [what: string, call: InjectedFunction, waits: number][] =
	[
		["a function", ({ x }) => x, 0],
		["an async function", async ({ x }) => later(x), 1],
		["a generator function", yields, 0],
		["an async generator function", yieldsLater, 1],
		["a wrapper of a generator function", (values) => yields(values), 0],
		["an async wrapper of one", async (values) => later(yields(values)), 1],
		[
			"an async wrapper of an async one",
			async (values) => later(yieldsLater(values)),
			2,
		],
	];

for (const [what, call, expected] of kinds) {
	test(`${what} is called, and waited for ${expected} times`, async () => {
		const { value, waits } = await made(call);
		assert.equal(value, 3);
		assert.equal(waits, expected);
	});
}

test("a class is constructed, a bound function called", async () => {
	const point = compileInvoke(Point as unknown as InjectedFunction);
	assert.ok(point({ x: 3 }, undefined) instanceof Point);
	const { value } = await made(yields.bind(null));
	assert.equal(value, 3);
});

describe("a generator is left", () => {
	for (const scope of ["function", "request"] as const) {
		test(`with ${scope} scope when that is its own`, async () => {
			const { run } = await made(yields, scope);
			assert.equal(run.hasFunctionExits, scope === "function");
			assert.equal(run.hasRequestExits, scope === "request");
		});
	}

	test("not at all when its value was never a generator", async () => {
		const { run } = await made(({ x }) => [x][Symbol.iterator]());
		assert.equal(run.hasFunctionExits || run.hasRequestExits, false);
	});
});

test("a captive is refused when it turns out to be a generator, and is none of it when not", async () => {
	const captive = () => new Error("captive");
	assert.equal((await made(({ x }) => x, "request", captive)).value, 3);
	for (const call of [yields, yieldsLater, async () => yields({ x: 1 })]) {
		await assert.rejects(made(call, "request", captive), /captive/);
	}
});
