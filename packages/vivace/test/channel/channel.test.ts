import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { z } from "zod";
import { MemoryBroker } from "../../src/broker/memory-broker.ts";
import {
	type Broker,
	BrokerUnavailableError,
	type ChannelEvent,
	channel,
} from "../../src/channel.ts";
import { ResponseValidationError } from "../../src/exceptions.ts";
import {
	App,
	dependency,
	EventSourceResponse,
	Header,
	ServerSentEvent,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Note = z.object({ text: z.string(), at: z.date().optional() });

/** A channel of an app that has started. */
async function started(options: Parameters<typeof channel>[2] = {}) {
	const notes = channel("notes", Note, options);
	const app = new App();
	app.get("/", { notes }, () => null);
	await app.start({ summary: false });
	const scope = await app.scope();
	const value = await scope.get(notes);
	return {
		notes: value,
		async [Symbol.asyncDispose]() {
			await scope[Symbol.asyncDispose]();
			await app.stop();
		},
	};
}

/** The next events of a subscription. */
async function take<Value>(
	events: AsyncIterator<ChannelEvent<Value>>,
	count: number,
): Promise<(ChannelEvent<Value> | undefined)[]> {
	const taken = [];
	for (let index = 0; index < count; index++) {
		const { value, done } = await events.next();
		taken.push(done ? undefined : value);
	}
	return taken;
}

function texts(
	events: readonly (ChannelEvent<{ text: string }> | undefined)[],
): string[] {
	return events.map((event) =>
		event?.kind === "message" ? event.value.text : (event?.kind ?? "end"),
	);
}

describe("a channel", () => {
	it("is one with another of its name in the same app, as on any other broker, and not with that of another app", async () => {
		const declared = [channel("notes", Note), channel("notes", Note)] as const;
		const app = new App();
		app.get("/", { one: declared[0], other: declared[1] }, () => null);
		await app.start({ summary: false });
		await app.scope(
			{ one: declared[0], other: declared[1] },
			async ({ one, other }) => {
				const events = other.subscribe()[Symbol.asyncIterator]();
				const next = take(events, 1);
				await using elsewhere = await started();
				await elsewhere.notes.publish({ text: "elsewhere" });
				await one.publish({ text: "here" });
				assert.deepEqual(texts(await next), ["here"]);
				await events.return?.();
			},
		);
		await app.stop();
	});

	it("gives each subscriber what is published from then on, in order, as the schema says", async () => {
		await using context = await started();
		const { notes } = context;
		await notes.publish({ text: "before" });
		const readers = [1, 2].map(() => notes.subscribe()[Symbol.asyncIterator]());
		const reading = readers.map((reader) => take(reader, 2));
		await setImmediateOnce();
		await notes.publish({ text: "a", at: new Date(0) });
		await notes.publish({ text: "b", more: 1 } as never);
		for (const events of await Promise.all(reading)) {
			assert.deepEqual(
				events.map((event) => event?.kind === "message" && event.value),
				[{ text: "a", at: new Date(0) }, { text: "b" }],
			);
		}
	});

	it("keeps the topics of different keys apart", async () => {
		await using context = await started();
		const { notes } = context;
		const start = await notes.topic("a/b").lastId();
		await notes.topic("a").publish({ text: "a" });
		await notes.topic("a/b").publish({ text: "a/b" });
		await notes.publish({ text: "none" });
		const events = notes.topic("a/b").subscribe({ from: start });
		assert.deepEqual(texts(await take(events[Symbol.asyncIterator](), 1)), [
			"a/b",
		]);
	});

	it("goes on behind an id, each message once", async () => {
		await using context = await started();
		const { notes } = context;
		const ids = [];
		for (const text of ["a", "b", "c"]) {
			ids.push(await notes.publish({ text }));
		}
		assert.equal(new Set(ids).size, 3);
		const events = notes.subscribe({ from: ids[0] as string });
		assert.deepEqual(texts(await take(events[Symbol.asyncIterator](), 2)), [
			"b",
			"c",
		]);
		assert.equal(await notes.lastId(), ids[2]);
	});

	it("tells a gap where messages are not kept any more, and goes on behind it", async () => {
		await using context = await started({ backlog: { count: 2 } });
		const { notes } = context;
		const first = await notes.publish({ text: "a" });
		for (const text of ["b", "c", "d"]) {
			await notes.publish({ text });
		}
		const events = notes.subscribe({ from: first })[Symbol.asyncIterator]();
		assert.deepEqual(await take(events, 1), [{ kind: "gap", after: first }]);
		assert.deepEqual(texts(await take(events, 2)), ["c", "d"]);
	});

	it("knows what is too old", async () => {
		await using context = await started({ backlog: { ageMs: 5 } });
		const { notes } = context;
		const first = await notes.publish({ text: "a" });
		await notes.publish({ text: "b" });
		await new Promise((resolve) => setTimeout(resolve, 20));
		await notes.publish({ text: "c" });
		const events = notes.subscribe({ from: first })[Symbol.asyncIterator]();
		assert.deepEqual(texts(await take(events, 2)), ["gap", "c"]);
	});

	for (const id of ["", "x", "1-2", "00000000-99", "-", "\u0000"]) {
		it(`takes ${JSON.stringify(id)} for an id that it does not know: a gap, then all that is kept`, async () => {
			await using context = await started();
			const { notes } = context;
			await notes.publish({ text: "a" });
			const events = notes.subscribe({ from: id })[Symbol.asyncIterator]();
			assert.deepEqual(texts(await take(events, 2)), ["gap", "a"]);
		});
	}

	it("a slow reader costs nothing and misses nothing that is kept", async () => {
		await using context = await started();
		const { notes } = context;
		const events = notes
			.subscribe({ from: await notes.lastId() })
			[Symbol.asyncIterator]();
		for (let index = 0; index < 250; index++) {
			await notes.publish({ text: String(index) });
		}
		const all = texts(await take(events, 250));
		assert.deepEqual(
			all,
			Array.from({ length: 250 }, (_, index) => String(index)),
		);
	});

	it("ends with its signal, with break, and when the app releases it", async () => {
		const context = await started();
		const { notes } = context;
		const controller = new AbortController();
		const bySignal = notes.subscribe({ signal: controller.signal });
		const first = take(bySignal[Symbol.asyncIterator](), 1);
		const second = take(notes.subscribe()[Symbol.asyncIterator](), 1);
		const third = notes.subscribe({ from: "x" })[Symbol.asyncIterator]();
		await third.next();
		await third.return?.();
		await setImmediateOnce();
		controller.abort();
		assert.deepEqual(await first, [undefined]);
		await context[Symbol.asyncDispose]();
		assert.deepEqual(await second, [undefined]);
		await assert.rejects(notes.publish({ text: "late" }), (error) => {
			assert.ok(error instanceof BrokerUnavailableError);
			assert.equal(error.isOutcomeUnknown, false);
			return true;
		});
	});

	it("refuses a message that does not fit, and stores nothing of it", async () => {
		await using context = await started();
		const { notes } = context;
		await assert.rejects(notes.publish({ text: 1 } as never), (error) => {
			assert.ok(error instanceof ResponseValidationError);
			assert.match(error.message, /message of channel "notes"/);
			return true;
		});
	});

	it("tells a gap for a message of another version of the program", async () => {
		const broker = new MemoryBroker();
		const shared = dependency((): Broker => broker, { scope: "app" });
		await using context = await started({ broker: shared });
		const { notes } = context;
		const before = await notes.publish({ text: "a" });
		await broker.publish("notes", '{"other": 1}', { count: 10, ageMs: 1e6 });
		await notes.publish({ text: "b" });
		const events = notes.subscribe({ from: before })[Symbol.asyncIterator]();
		assert.deepEqual(texts(await take(events, 2)), ["gap", "b"]);
	});

	it("tells a gap for what another program has written there", async () => {
		const broker = new MemoryBroker();
		const shared = dependency((): Broker => broker, { scope: "app" });
		await using context = await started({ broker: shared });
		const { notes } = context;
		const before = await notes.publish({ text: "a" });
		for (const foreign of ["", "text", "{", "null"]) {
			await broker.publish("notes", foreign, { count: 10, ageMs: 1e6 });
		}
		await notes.publish({ text: "b" });
		const events = notes.subscribe({ from: before })[Symbol.asyncIterator]();
		assert.deepEqual(texts(await take(events, 5)), [
			...["gap", "gap", "gap", "gap", "b"],
		]);
	});

	it("takes any text for the key of a topic, and keeps them apart", async () => {
		await using context = await started();
		const { notes } = context;
		const keys = [
			...["", " ", ":", "a:b", "a%3Ab", "/", "..", "__proto__", "\0", "\n"],
			...[
				"é",
				"e\u0301",
				"😀",
				"\ud83d",
				"\ude00",
				"%uD83D",
				"x".repeat(9_999),
			],
		];
		const starts = new Map<string, string>();
		for (const key of keys) {
			starts.set(key, await notes.topic(key).lastId());
		}
		for (const key of keys) {
			await notes.topic(key).publish({ text: JSON.stringify(key) });
		}
		for (const key of keys) {
			const events = notes.topic(key).subscribe({ from: starts.get(key) });
			const [read] = texts(await take(events[Symbol.asyncIterator](), 1));
			assert.equal(read, JSON.stringify(key));
		}
	});

	it("reads each message once for all who follow a topic, who all get it", async () => {
		const broker = new MemoryBroker();
		const shared = dependency((): Broker => broker, { scope: "app" });
		await using context = await started({ broker: shared });
		const { notes } = context;
		const from = await notes.lastId();
		const end = new AbortController();
		const count = 1_000;
		const readers = Array.from({ length: count }, () =>
			notes.subscribe({ from, signal: end.signal })[Symbol.asyncIterator](),
		);
		const read = mock.method(broker, "read");
		const follow = mock.method(broker, "follow");
		let reading = readers.map((reader) => take(reader, 1));
		await setImmediateOnce();
		for (const text of ["a", "b", "c"]) {
			await notes.publish({ text });
			for (const events of await Promise.all(reading)) {
				assert.deepEqual(texts(events), [text]);
			}
			reading = readers.map((reader) => take(reader, 1));
			await setImmediateOnce();
		}
		assert.ok(read.mock.callCount() <= 10, String(read.mock.callCount()));
		assert.equal(follow.mock.callCount(), 1);
		end.abort();
		assert.deepEqual(texts((await Promise.all(reading)).flat()), [
			...Array.from({ length: count }, () => "end"),
		]);
	});

	it("a message that comes while somebody reads is not missed by who joins that reading", async () => {
		const broker = new MemoryBroker();
		const shared = dependency((): Broker => broker, { scope: "app" });
		await using context = await started({ broker: shared });
		const { notes } = context;
		const from = await notes.lastId();
		const begun = Promise.withResolvers<void>();
		const go = Promise.withResolvers<void>();
		const read = broker.read.bind(broker);
		mock.method(broker, "read", async (...given: Parameters<typeof read>) => {
			const page = await read(...given);
			begun.resolve();
			await go.promise; // the answer is on its way
			return page;
		});
		const one = take(notes.subscribe({ from })[Symbol.asyncIterator](), 1);
		await begun.promise;
		await notes.publish({ text: "meanwhile" });
		const other = take(notes.subscribe({ from })[Symbol.asyncIterator](), 1);
		go.resolve();
		for (const events of await Promise.all([one, other])) {
			assert.deepEqual(texts(events), ["meanwhile"]);
		}
	});

	it("waits while the broker is away, and answers 503 to those who publish", async () => {
		const broker = new MemoryBroker();
		const away = new BrokerUnavailableError("away", { isOutcomeUnknown: true });
		const flaky = dependency((): Broker => broker, { scope: "app" });
		const notes = channel("notes", Note, { broker: flaky });
		const app = new App();
		app.post("/notes", { notes, text: z.string() }, ({ notes, text }) =>
			notes.publish({ text }),
		);
		app.get(
			{ path: "/notes", responseClass: EventSourceResponse },
			{ notes, from: Header(z.string().nullish(), { alias: "Last-Event-ID" }) },
			async function* ({ notes, from }, request) {
				for await (const event of notes.subscribe({
					from,
					signal: request.signal,
				})) {
					yield event.kind === "message"
						? new ServerSentEvent({ id: event.id, data: event.value })
						: new ServerSentEvent({ event: "gap", data: event.after });
				}
			},
		);
		await using client = await TestClient.start(app);
		const publish = mock.method(broker, "publish", async () => {
			throw away;
		});
		const refused = await client.post("/notes?text=a");
		assert.equal(refused.status, 503);
		assert.equal(refused.headers.get("retry-after"), "1");
		assert.deepEqual(await refused.json(), { detail: "Service Unavailable" });
		publish.mock.restore();

		const readNow = broker.read.bind(broker);
		let readCount = 0;
		broker.read = async (...values: Parameters<typeof readNow>) => {
			readCount++;
			if (readCount <= 2) {
				throw away;
			}
			return await readNow(...values);
		};
		await client.post("/notes?text=b");
		const from = await broker.lastId("none");
		await using scope = await app.scope();
		const live = await scope.get(notes);
		const events = live.subscribe({ from })[Symbol.asyncIterator]();
		assert.deepEqual(texts(await take(events, 1)), ["b"]);
		assert.ok(readCount > 2);
		await events.return?.();
	});

	it("closes a socket with 1013 whose handler can't publish, refuses its handshake with 503, and logs no stack", async () => {
		const broker = new MemoryBroker();
		mock.method(broker, "publish", async () => {
			throw new BrokerUnavailableError("away");
		});
		const away = dependency((): Broker => broker, { scope: "app" });
		const notes = channel("notes", Note, { broker: away });
		const errors: unknown[] = [];
		const logger = {
			...console,
			error: (...said: unknown[]) => errors.push(said),
		};
		const app = new App({ logger });
		app.websocket(
			{ path: "/", receives: Note },
			{ notes },
			async ({ notes }, socket) => {
				for await (const note of socket) {
					await notes.publish(note);
				}
			},
		);
		app.websocket("/at-once", { notes }, async ({ notes }) => {
			await notes.publish({ text: "hello" });
		});
		await using client = await TestClient.start(app);
		await using socket = await client.websocket("/");
		await socket.sendJson({ text: "a" });
		assert.equal((await socket.closed).code, 1013);
		await assert.rejects(client.websocket("/at-once"), { status: 503 });
		assert.deepEqual(errors, []);
	});

	const wrong: [name: string, make: () => unknown, message: RegExp][] = [
		[
			"no name",
			() => channel("", Note),
			/channel\(\): name must be a text of letters/,
		],
		["a name with a colon", () => channel("a:b", Note), /name must be/],
		["no schema", () => channel("a", {} as never), /channel\("a"\)/],
		[
			"a backlog of nothing",
			() => channel("a", Note, { backlog: { count: 0 } }),
			/count must be a whole number, at least 1/,
		],
		[
			"half a message",
			() => channel("a", Note, { backlog: { count: 1.5 } }),
			/count must be a whole number, at least 1/,
		],
		[
			"an age without an end",
			() =>
				channel("a", Note, { backlog: { ageMs: Number.POSITIVE_INFINITY } }),
			/ageMs must be from 1 ms to 100 years/,
		],
		[
			"an option that there is not",
			() => channel("a", Note, { baklog: {} } as never),
			/did you mean "backlog"/,
		],
		[
			"a URL for a broker",
			() => channel("a", Note, { broker: "redis://x" } as never),
			/broker must be a dependency such as redisBroker\(url\)/,
		],
	];
	for (const [name, make, message] of wrong) {
		it(`refuses ${name}`, () => {
			assert.throws(make, message);
		});
	}
});

/** Those who have asked for their first message follow the channel after that: in memory nothing waits longer. */
function setImmediateOnce(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
