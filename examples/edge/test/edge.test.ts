import assert from "node:assert/strict";
import { test } from "node:test";
import worker, { app } from "../app.ts";

test("the resources are acquired once, and tasks are told to the runtime", async () => {
	const waiting: Promise<unknown>[] = [];
	const context = {
		waitUntil: (promise: Promise<unknown>) => void waiting.push(promise),
	};
	const ask = async () => {
		const request = new Request("https://edge.example/");
		const response = await worker.fetch(request, {}, context);
		return (await response.json()) as { visit: number; reported: number };
	};
	const together = await Promise.all([ask(), ask(), ask()]);
	assert.deepEqual(
		together.map(({ visit }) => visit),
		[1, 2, 3],
	);
	await Promise.all(waiting);
	assert.equal(waiting.length, 3);
	assert.deepEqual(await ask(), { visit: 4, reported: 3 });
	await app.stop();
});
