import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { suite, test } from "node:test";
import { Batches } from "../storage/batches.ts";

/** Batches whose work ends when the test says so. */
function open(mostWeight = 100) {
	const begun: {
		readonly items: readonly number[];
		readonly end: () => void;
		readonly fail: (error: Error) => void;
	}[] = [];
	const batches = new Batches<number, string>(
		(items) => {
			const { promise, resolve, reject } = Promise.withResolvers<string[]>();
			const end = () => resolve(items.map((item) => `#${item}`));
			begun.push({ items, end, fail: reject });
			return promise;
		},
		{
			atOnce: 1,
			mostWaiting: 4,
			mostWeight,
			weightOf: (item) => item,
			isOfOne: (error) => (error as Error).message === "one",
		},
	);
	const items = () => begun.map((batch) => batch.items);
	return { batches, begun, items };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

suite("batches", () => {
	test("the first waits for nobody, those who come meanwhile go together", async () => {
		const { batches, begun, items } = open();
		const results = [1, 2, 3].map((item) => batches.add(item));
		assert.deepEqual(items(), [[1]]);
		begun[0]?.end();
		assert.equal(await results[0], "#1");
		await turn();
		assert.deepEqual(items(), [[1], [2, 3]]);
		begun[1]?.end();
		assert.deepEqual(await Promise.all(results), ["#1", "#2", "#3"]);
	});

	test("no batch is heavier than it may be, but for one item that is", async () => {
		const { batches, begun, items } = open(10);
		const results = [1, 6, 4, 50, 2].map((item) => batches.add(item));
		for (let index = 0; index < 4; index++) {
			begun[index]?.end();
			await turn();
		}
		assert.deepEqual(items(), [[1], [6, 4], [50], [2]]);
		await Promise.all(results);
	});

	test("who comes when too many wait is served by itself", async () => {
		const { batches, begun, items } = open();
		const results = [1, 2, 3, 4, 5, 6].map((item) => batches.add(item));
		assert.deepEqual(items(), [[1], [6]]);
		for (let index = 0; index < 3; index++) {
			begun[index]?.end();
			await turn();
		}
		assert.deepEqual(items(), [[1], [6], [2, 3, 4, 5]]);
		await Promise.all(results);
	});

	test("an item's own fault is told to it alone, any other error to all", async () => {
		const { batches, begun, items } = open();
		const results = Promise.allSettled(
			[1, 2, 3].map((item) => batches.add(item)),
		);
		begun[0]?.fail(new Error("all"));
		await turn();
		begun[1]?.fail(new Error("one"));
		await turn();
		assert.deepEqual(items(), [[1], [2, 3], [2], [3]]);
		begun[2]?.fail(new Error("one"));
		begun[3]?.end();
		assert.deepEqual(
			(await results).map((result) =>
				result.status === "fulfilled" ? result.value : result.reason.message,
			),
			["all", "one", "#3"],
		);
	});

	test("run outside of the context of who begins them", async () => {
		const context = new AsyncLocalStorage<string>();
		const seen: (string | undefined)[] = [];
		const batches = new Batches<number, number>(
			async (items) => {
				seen.push(context.getStore());
				return items;
			},
			{
				atOnce: 1,
				mostWaiting: 10,
				mostWeight: 10,
				weightOf: () => 1,
				isOfOne: () => false,
			},
		);
		await context.run("a request", () =>
			Promise.all([batches.add(1), batches.add(2)]),
		);
		assert.deepEqual(seen, [undefined, undefined]);
	});
});
