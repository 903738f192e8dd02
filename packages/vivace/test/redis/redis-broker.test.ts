import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { BrokerUnavailableError } from "../../src/channel.ts";
import { redisBroker } from "../../src/redis.ts";
import { RedisServer } from "../support/redis.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";
import { until } from "../support/until.ts";
import { range, readUntil, service } from "./service.ts";

const skip = RedisServer.missing;
describe("channels on Redis", { skip, timeout: 120_000 }, () => {
	let server: RedisServer;
	before(async () => {
		server = await RedisServer.start();
	});
	after(() => server[Symbol.asyncDispose]());

	it("bring what one process publishes to the subscribers of all, in order", async () => {
		await using one = await service(server.url);
		await using other = await service(server.url);
		const from = await one.notes.lastId();
		const reading = [one, other, other].map(({ notes }) =>
			readUntil(notes.subscribe({ from }), 300),
		);
		for (const n of range(1, 300)) {
			await one.notes.publish({ n });
		}
		for (const read of await Promise.all(reading)) {
			assert.deepEqual(read, range(1, 300));
		}
	});

	it("begin with what comes, without an id", async () => {
		await using one = await service(server.url);
		const topic = one.notes.topic("new");
		await topic.publish({ n: 1 });
		const iterator = topic.subscribe()[Symbol.asyncIterator]();
		const next = iterator.next();
		let isRead = false;
		void next.then(() => {
			isRead = true;
		});
		// nobody tells when it has begun
		for (let n = 2; !isRead; n++) {
			await topic.publish({ n });
		}
		const { value } = await next;
		assert.ok(value?.kind === "message");
		assert.ok(value.value.n >= 2, String(value.value.n));
		await iterator.return?.();
	});

	it("resume in another process behind an id, and on a topic that had no message yet", async () => {
		await using one = await service(server.url);
		await using other = await service(server.url);
		const topic = "empty at first";
		const from = await one.notes.topic(topic).lastId();
		const first = await one.notes.topic(topic).publish({ n: 1 });
		await one.notes.topic(topic).publish({ n: 2 });
		const read = (id: string) =>
			readUntil(other.notes.topic(topic).subscribe({ from: id }), 2);
		assert.deepEqual(await read(from), [1, 2]);
		assert.deepEqual(await read(first), [2]);
	});

	it("tell a gap where messages are not kept any more: too many, too old, all of them, an id of nobody", async () => {
		await using one = await service(server.url, { backlog: { count: 3 } });
		const many = one.notes.topic("many");
		const [first = "", second = ""] = [
			await many.publish({ n: 1 }),
			await many.publish({ n: 2 }),
		];
		for (const n of range(3, 5)) {
			await many.publish({ n });
		}
		const behind = (id: string) => readUntil(many.subscribe({ from: id }), 5);
		assert.deepEqual(await behind(first), ["gap", 3, 4, 5]);
		assert.deepEqual(await behind(second), [3, 4, 5]);
		assert.deepEqual(await behind("x"), ["gap", 3, 4, 5]);
		assert.deepEqual(await behind("1-1"), ["gap", 3, 4, 5]);

		await using brief = await service(server.url, { backlog: { ageMs: 30 } });
		const old = brief.notes.topic("old");
		const seen = await old.publish({ n: 1 });
		const missed = await old.publish({ n: 2 });
		await wait(100);
		const events = old.subscribe({ from: seen })[Symbol.asyncIterator]();
		assert.deepEqual((await events.next()).value, { kind: "gap", after: seen });
		await events.return?.();
		const none = old.subscribe({ from: missed });
		const reading = readUntil(none, 3);
		await one.notes.topic("old").publish({ n: 3 }); // which is kept for longer
		assert.deepEqual(await reading, [3]);
	});

	it("let a slow subscriber read on from where it is, beyond what the process holds, and tell it a gap beyond what is kept", async () => {
		await using one = await service(server.url);
		await using short = await service(server.url, { backlog: { count: 600 } });
		const from = await one.notes.topic("slow").lastId();
		const notes = one.notes.topic("slow");
		const slow = notes.subscribe({ from })[Symbol.asyncIterator]();
		const reading = readUntil(notes.subscribe({ from }), 900);
		for (const n of range(1, 900)) {
			await notes.publish({ n });
			if (n === 1) {
				await slow.next();
			}
		}
		assert.deepEqual(await reading, range(1, 900));
		const rest = { [Symbol.asyncIterator]: () => slow };
		assert.deepEqual(await readUntil(rest, 900), range(2, 900));
		await short.notes.topic("slow").publish({ n: 901 });
		const late = await readUntil(notes.subscribe({ from }), 901);
		assert.deepEqual(late, ["gap", ...range(302, 901)]);
	});

	it("answer within the limit, and stop at once, while the network is stalled and many subscribers wait", async () => {
		await using proxy = await TcpProxy.start(server.port);
		const url = `redis://127.0.0.1:${proxy.port}`;
		const one = await service(url, {}, { commandTimeoutMs: 300 });
		const end = new AbortController();
		const readings = range(1, 500).map((n) =>
			readUntil(
				one.notes
					.topic(`many ${n}`)
					.subscribe({ from: "x", signal: end.signal }),
				1,
			),
		);
		proxy.stall();
		await assert.rejects(one.notes.lastId(), BrokerUnavailableError);
		end.abort();
		for (const read of await Promise.all(readings)) {
			assert.ok(read.every((each) => each === "gap"));
		}
		await one[Symbol.asyncDispose]();
	});

	it("lose nothing acknowledged when the server is killed again and again, and repeat nothing", async () => {
		await using own = await RedisServer.start();
		await using one = await service(own.url);
		await using other = await service(own.url);
		const from = await one.notes.lastId();
		const acknowledged: number[] = [];
		const doubtful: number[] = [];
		let refusals = 0;
		const last = 600;
		const reading = [
			readUntil(one.notes.subscribe({ from }), last),
			readUntil(other.notes.subscribe({ from }), last),
		];
		const publishing = (async () => {
			for (const n of range(1, last)) {
				for (;;) {
					try {
						await one.notes.publish({ n });
						acknowledged.push(n);
						break;
					} catch (error) {
						assert.ok(error instanceof BrokerUnavailableError, String(error));
						refusals++;
						if (error.isOutcomeUnknown) {
							doubtful.push(n);
						}
						if (error.isOutcomeUnknown && n !== last) {
							break;
						}
						await wait(10);
					}
				}
				await wait(2);
			}
		})();
		for (let round = 0; round < 3; round++) {
			await until(() => acknowledged.length >= 150 * (round + 1));
			const before = refusals;
			await own.kill();
			await until(() => refusals > before);
			await own.resume();
		}
		await publishing;
		const [first = [], second = []] = await Promise.all(reading);
		assert.deepEqual(first, second);
		const numbers = first.filter((each) => each !== "gap");
		assert.deepEqual(
			acknowledged.filter((n) => !numbers.includes(n)),
			[],
			"acknowledged and lost",
		);
		assert.deepEqual(
			numbers,
			[...numbers].sort((a, b) => a - b),
			"order",
		);
		const repeated = numbers.filter((n, index) => numbers.indexOf(n) !== index);
		assert.deepEqual(
			repeated.filter((n) => !doubtful.includes(n)),
			[],
		);
	});

	it("answer in time and truly while the network is stalled, and go on behind it", async () => {
		await using proxy = await TcpProxy.start(server.port);
		const url = `redis://127.0.0.1:${proxy.port}`;
		await using slow = await service(url, {}, { commandTimeoutMs: 300 });
		await using near = await service(server.url);
		const topic = slow.notes.topic("stalled");
		const from = await topic.lastId();
		const reading = readUntil(topic.subscribe({ from }), 9);
		await topic.publish({ n: 1 });
		proxy.stall();
		const sinceMs = performance.now();
		await assert.rejects(topic.publish({ n: 2 }), (error) => {
			assert.ok(error instanceof BrokerUnavailableError);
			assert.equal(error.isOutcomeUnknown, true);
			return true;
		});
		assert.ok(performance.now() - sinceMs < 5_000);
		await near.notes.topic("stalled").publish({ n: 3 });
		proxy.heal();
		await near.notes.topic("stalled").publish({ n: 9 });
		const read = await reading;
		assert.deepEqual(
			read.filter((n) => n !== 2),
			[1, 3, 9],
		);
	});

	it("tell that nothing was stored when the server has no memory left", async () => {
		await using own = await RedisServer.start();
		await using one = await service(own.url);
		const from = await one.notes.lastId();
		await one.notes.publish({ n: 1 });
		await own.command("CONFIG SET maxmemory 1");
		await assert.rejects(one.notes.publish({ n: 2 }), (error) => {
			assert.ok(error instanceof BrokerUnavailableError);
			assert.match(error.message, /OOM/);
			assert.equal(error.isOutcomeUnknown, false);
			return true;
		});
		await own.command("CONFIG SET maxmemory 0");
		await one.notes.publish({ n: 3 });
		const read = await readUntil(one.notes.subscribe({ from }), 3);
		assert.deepEqual(read, [1, 3]);
	});

	it("go on at the new primary after a failover that leaves connections at the old one", async () => {
		await using first = await RedisServer.start();
		await using second = await RedisServer.start();
		await using proxy = await TcpProxy.start(first.port);
		await using one = await service(`redis://127.0.0.1:${proxy.port}`);
		const from = await one.notes.lastId();
		const reading = readUntil(one.notes.subscribe({ from }), 3);
		await second.command(`REPLICAOF 127.0.0.1 ${first.port}`);
		await one.notes.publish({ n: 1 });
		await until(async () =>
			/master_link_status:up/.test(await second.command("INFO replication")),
		);
		await one.notes.publish({ n: 2 });
		assert.equal(await first.command("WAIT 1 5000"), ":1\r\n");
		await second.command("REPLICAOF NO ONE");
		await first.command(`REPLICAOF 127.0.0.1 ${second.port}`);
		proxy.redirect(second.port);
		await assert.rejects(one.notes.publish({ n: 9 }), (error) => {
			assert.ok(error instanceof BrokerUnavailableError);
			assert.match(error.message, /READONLY/);
			assert.equal(error.isOutcomeUnknown, false);
			return true;
		});
		await until(() =>
			one.notes.publish({ n: 3 }).then(
				() => true,
				(error) => {
					assert.ok(error instanceof BrokerUnavailableError);
					return false;
				},
			),
		);
		// the old one may be copied anew, and is empty then: a gap for who reads it at that moment
		const read = (await reading).filter((each) => each !== "gap");
		assert.deepEqual(read, [1, 2, 3]);
	});

	it("work with the rights that the guide names, and store nothing where one of them is missing", async () => {
		await using own = await RedisServer.start();
		const guide = await readFile(
			new URL("../../../../docs/guide/channels.md", import.meta.url),
			"utf8",
		);
		const rule = /ACL SETUSER (\S+) .*/.exec(guide)?.[0] ?? "";
		assert.match(await own.command(rule.replace(">…", ">secret")), /OK/);
		const url = own.url.replace("//", "//shop:secret@");
		await using one = await service(url);
		const from = await one.notes.lastId();
		await one.notes.publish({ n: 1 });
		await own.command("ACL SETUSER shop resetchannels");
		const lines: string[] = [];
		const log = { warn: (line: string) => lines.push(line), info() {} };
		await using deaf = await service(url, {}, { log });
		await assert.rejects(deaf.notes.publish({ n: 2 }), /can't publish/);
		const reading = readUntil(deaf.notes.subscribe(), 3);
		await until(() => lines.length > 0);
		assert.match(String(lines), /lets this user not listen.*&vivace:\*/);
		await own.command("ACL SETUSER shop &vivace:*");
		await one.notes.publish({ n: 3 });
		assert.deepEqual(await reading, [3]);
		const all = readUntil(one.notes.subscribe({ from }), 3);
		assert.deepEqual(await all, [1, 3]);
	});

	it("stop within a moment while the server is away, and start when it comes", async () => {
		await using own = await RedisServer.start();
		const one = await service(own.url);
		const waiting = readUntil(one.notes.subscribe(), 1);
		await own.kill();
		const sinceMs = performance.now();
		await one[Symbol.asyncDispose]();
		assert.ok(performance.now() - sinceMs < 5_000);
		assert.deepEqual(await waiting, []);
		const starting = service(own.url);
		await wait(200);
		await own.resume();
		await using other = await starting;
		await other.notes.publish({ n: 1 });
	});
});

describe("redisBroker", () => {
	const wrong: [name: string, make: () => unknown, message: RegExp][] = [
		["another URL", () => redisBroker("http://x"), /must be like redis:\/\//],
		["no URL", () => redisBroker(undefined as never), /url must be a function/],
		[
			"an option that there is not",
			() => redisBroker("redis://x", { timeout: 1 } as never),
			/VIV_OPTION: redisBroker\(\): /,
		],
	];
	for (const [name, make, message] of wrong) {
		it(`refuses ${name}, and shows no password`, () => {
			assert.throws(make, message);
		});
	}
});
