import assert from "node:assert/strict";
import { test } from "node:test";
import { atHand, awaitable } from "../../src/inject/thenable.ts";

const onBun = "Bun" in globalThis;

test("what an asynchronous function gives that has waited for nothing is at hand on Bun, elsewhere its promise", async () => {
	const value = { name: "Ada" };
	const made = (async () => value)();
	assert.equal(atHand(made), onBun ? value : made);
	assert.equal(awaitable(made), onBun ? value : made);
	assert.equal(await made, value);
});

test("what is not known yet, and what has failed, stays a promise", async () => {
	const { promise, resolve } = Promise.withResolvers<number>();
	assert.equal(atHand(promise), promise);
	assert.equal(awaitable(promise), promise);
	resolve(1);
	assert.equal(await promise, 1);

	const failed = Promise.reject(new Error("no"));
	assert.equal(atHand(failed), failed);
	assert.equal(awaitable(failed), failed);
	await assert.rejects(failed, /^Error: no$/);
});

test("what only has a `then` is asked by that alone", async () => {
	let asked = 0;
	const query: PromiseLike<number> = {
		// biome-ignore lint/suspicious/noThenProperty: as a query of Drizzle has it
		then(resolve, reject) {
			asked++;
			return Promise.resolve(2).then(resolve, reject);
		},
	};
	assert.equal(atHand(query), query);
	assert.equal(asked, 0);
	assert.equal(await awaitable(query), 2);
	assert.equal(asked, 1);
});

test("a promise whose class has a `then` of its own is not looked into before it has a value", async () => {
	let begun = false;
	class Lazy extends Promise<number> {
		static override get [Symbol.species](): PromiseConstructor {
			return Promise;
		}
		// biome-ignore lint/suspicious/noThenProperty: as a query of postgres.js begins
		override then: Promise<number>["then"] = (...given) => {
			begun = true;
			return Promise.resolve(3).then(...given);
		};
	}
	const lazy = new Lazy(() => {});
	assert.equal(atHand(lazy), lazy);
	assert.equal(begun, false);
	assert.equal(await lazy, 3);
});
