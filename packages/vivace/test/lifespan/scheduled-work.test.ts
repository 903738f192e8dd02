import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { App, dependency, Lifespan } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** As in docs/guide/scheduled-work.md, but for the log. */
async function every(
	ms: number,
	signal: AbortSignal,
	work: () => Promise<unknown>,
	log: (error: unknown) => void,
): Promise<void> {
	for (;;) {
		await sleep(ms, undefined, { signal }).catch(() => {}); // aborted: the end of the pause
		if (signal.aborted) {
			return;
		}
		try {
			await work();
		} catch (error) {
			log(error);
		}
	}
}

test("scheduled work goes on after an error, and leaves nothing when the app has stopped", async () => {
	const third = Promise.withResolvers<void>();
	const errors: unknown[] = [];
	const events: string[] = [];
	let times = 0;
	const work = async () => {
		if (++times === 1) {
			throw new Error("refused");
		}
		if (times === 3) {
			third.resolve();
			await sleep(5);
			events.push("work has ended");
		}
	};
	const cleanUp = dependency(
		{ lifespan: Lifespan },
		async function* ({ lifespan }) {
			const stop = new AbortController();
			const working = lifespan.worker.isPrimary
				? every(1, stop.signal, work, (error) => errors.push(error))
				: undefined;
			yield;
			stop.abort();
			await working;
			events.push("released");
		},
		{ scope: "app", name: "cleanUp" },
	);
	{
		await using _client = await TestClient.start(
			new App({ resources: [cleanUp] }),
		);
		await third.promise;
	}
	assert.deepEqual(errors.map(String), ["Error: refused"]);
	assert.deepEqual(events, ["work has ended", "released"]);
	const atTheEnd = times;
	await sleep(5);
	assert.equal(times, atTheEnd);
});
