import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { BrokerUnavailableError } from "../../src/channel.ts";
import { RedisServer } from "../support/redis.ts";
import { until } from "../support/until.ts";
import { type Notes, range, readUntil, service } from "./service.ts";

const skip = RedisServer.missing ?? false;
/** The machine may be busy with other tests. */
const patient = { commandTimeoutMs: 60_000 };

/** How often the server has run a script. */
async function scriptCount(server: RedisServer): Promise<number> {
	const stats = await server.command("INFO commandstats");
	return Number(/cmdstat_eval:calls=(\d+)/.exec(stats)?.[1]);
}

/** Publishes, however long the server is away. */
async function publishPatiently(
	topic: Pick<Notes, "publish">,
	n: number,
): Promise<void> {
	for (;;) {
		try {
			await topic.publish({ n });
			return;
		} catch (error) {
			assert.ok(error instanceof BrokerUnavailableError);
			assert.equal(error.isOutcomeUnknown, false);
		}
		await wait(10); // as clients do before they try again
	}
}

test("a topic is read once for two thousand who follow it, who get each message once, also behind a crash", {
	skip,
	timeout: 120_000,
}, async () => {
	await using server = await RedisServer.start();
	await using one = await service(server.url, {}, patient);
	const notes = one.notes.topic("crowd");
	const from = await notes.lastId();
	let begun = 0;
	const reading = range(1, 2_000).map(() => {
		const events = notes.subscribe({ from })[Symbol.asyncIterator]();
		return (async () => {
			const first = await events.next();
			begun++;
			assert.equal(first.value?.kind === "message" && first.value.value.n, 1);
			return readUntil({ [Symbol.asyncIterator]: () => events }, 30);
		})();
	});
	await notes.publish({ n: 1 });
	await until(() => begun === reading.length);
	const before = await scriptCount(server);
	for (const n of range(2, 20)) {
		await notes.publish({ n });
	}
	await server.kill();
	await assert.rejects(notes.publish({ n: 99 }), BrokerUnavailableError);
	await server.resume(); // which counts anew
	for (const n of range(21, 30)) {
		await publishPatiently(notes, n);
	}
	for (const read of await Promise.all(reading)) {
		assert.deepEqual(
			read.filter((n) => n !== 99),
			range(2, 30),
		);
	}
	assert.ok(before < 100, `${before} scripts before the crash`);
	const later = await scriptCount(server);
	assert.ok(later < 200, `${later} scripts behind it`);
});

test("who publishes does not wait behind three thousand topics that are read again", {
	skip,
	timeout: 120_000,
}, async () => {
	await using server = await RedisServer.start();
	await using one = await service(server.url, {}, patient);
	const topics = range(1, 3_000).map((n) => one.notes.topic(String(n)));
	const readings = topics.map((topic) =>
		readUntil(topic.subscribe({ from: "made up" }), 1),
	);
	await server.kill();
	await assert.rejects(one.notes.publish({ n: 0 }), BrokerUnavailableError);
	await server.resume();
	for (const topic of topics) {
		await publishPatiently(topic, 1);
	}
	for (const read of await Promise.all(readings)) {
		assert.equal(read.at(-1), 1);
	}
});
