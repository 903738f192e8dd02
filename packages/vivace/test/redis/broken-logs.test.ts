import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RedisServer } from "../support/redis.ts";
import { range, readUntil, service } from "./service.ts";

describe("a log that is not the one that was read", {
	skip: RedisServer.missing,
	timeout: 120_000,
}, () => {
	let server: RedisServer;
	before(async () => {
		server = await RedisServer.start();
	});
	after(() => server[Symbol.asyncDispose]());

	/** The keys of a topic: its stream, the record of its newest id. */
	const keysOf = (topic: string) =>
		["log", "last"].map((name) => `vivace:{notes:${topic}}:${name}`);

	it("all keys are gone (evicted, flushed, an empty replica): a gap, not silence, also when more has come since", async () => {
		await using one = await service(server.url);
		for (const [topic, comesMore] of [
			["flushed", true],
			["empty", false],
		] as const) {
			const notes = one.notes.topic(topic);
			const read = await notes.publish({ n: 1 });
			await notes.publish({ n: 2 }); // nobody has read it
			await server.command(`DEL ${keysOf(topic).join(" ")}`);
			if (comesMore) {
				await notes.publish({ n: 3 });
			}
			const events = notes.subscribe({ from: read })[Symbol.asyncIterator]();
			assert.deepEqual((await events.next()).value, {
				kind: "gap",
				after: read,
			});
			if (!comesMore) {
				await notes.publish({ n: 3 });
			}
			const { value } = await events.next();
			assert.equal(value?.kind === "message" && value.value.n, 3);
			await events.return?.();
		}
	});

	it("an older copy of it: a gap for who had more than that, nothing for who had not", async () => {
		await using one = await service(server.url);
		const notes = one.notes.topic("older");
		const first = await notes.publish({ n: 1 });
		const [stream, record] = keysOf("older");
		await server.command(`COPY ${stream} ${stream}:copy`);
		await server.command(`COPY ${record} ${record}:copy`);
		const second = await notes.publish({ n: 2 });
		await notes.publish({ n: 3 }); // nobody has read it
		await server.command(`COPY ${stream}:copy ${stream} REPLACE`);
		await server.command(`COPY ${record}:copy ${record} REPLACE`);
		await notes.publish({ n: 4 });
		const behind = (from: string) => readUntil(notes.subscribe({ from }), 4);
		assert.deepEqual(await behind(first), [4]);
		assert.deepEqual(await behind(second), ["gap", 4]);
	});

	it("one whose clock went back: who is ahead of it hears of a gap and goes on, instead of waiting until it is as late again", async () => {
		await using one = await service(server.url);
		const notes = one.notes.topic("clock");
		const [stream, record] = keysOf("clock");
		const late = "900000000000000-0";
		await server.command(`HSET ${record} last ${late}`);
		await notes.publish({ n: 1 });
		await server.command(`DEL ${stream}`);
		const reading = readUntil(notes.subscribe({ from: late }), 2);
		await notes.publish({ n: 2 });
		assert.deepEqual(await reading, ["gap", 2]);
	});

	for (const id of [
		...["999999999999999-0", "999999999999999-s", "0-s", "1-1"],
		...["-", "-s", "x-s", "1e3-0", " 1-1", "1-1\n", "\0", "9".repeat(4_000)],
		...["18446744073709551615-1", "+", "$", "(1-1", "1-1 COUNT 1"],
	]) {
		it(`an id that somebody has made up, ${JSON.stringify(id.slice(0, 30))}: a gap, and then what is kept`, async () => {
			await using one = await service(server.url);
			const notes = one.notes.topic(`made up ${encodeURIComponent(id)}`);
			for (const n of range(1, 2)) {
				await notes.publish({ n });
			}
			const events = notes.subscribe({ from: id })[Symbol.asyncIterator]();
			assert.equal((await events.next()).value?.kind, "gap");
			const reading = readUntil({ [Symbol.asyncIterator]: () => events }, 3);
			await notes.publish({ n: 3 });
			assert.equal((await reading).at(-1), 3);
		});
	}

	it("entries that another program has added are told as gaps", async () => {
		await using one = await service(server.url);
		const notes = one.notes.topic("foreign");
		const from = await notes.publish({ n: 1 });
		const [stream] = keysOf("foreign");
		await server.command(`XADD ${stream} * t text p x`);
		await server.command(`XADD ${stream} * other field`);
		await notes.publish({ n: 2 });
		const read = await readUntil(notes.subscribe({ from }), 2);
		assert.equal(read.at(-1), 2);
		assert.ok(read.slice(0, -1).every((each) => each === "gap"));
		assert.ok(read.length >= 3);
	});
});
