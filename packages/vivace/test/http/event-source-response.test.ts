import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventSourceResponse } from "../../src/http/event-source-response.ts";
import { bodyChunks } from "../../src/http/response-body.ts";
import {
	formatServerSentEvent,
	ServerSentEvent,
	type ServerSentEventFields,
} from "../../src/http/server-sent-event.ts";
import { finishBody, textOf } from "./memory-source.ts";

suite("an event is written as FastAPI writes it", () => {
	const cases: readonly (readonly [ServerSentEventFields, string])[] = [
		[{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
		[{ data: "hello" }, 'data: "hello"\n\n'],
		[{ data: 0 }, "data: 0\n\n"],
		[{ data: null, event: "end" }, "event: end\n\n"],
		[{ rawData: "a\nb\r\nc\rd" }, "data: a\ndata: b\ndata: c\ndata: d\n\n"],
		[{ rawData: "" }, "data: \n\n"],
		[{ comment: "one\ntwo" }, ": one\n: two\n\n"],
		[
			{ retry: 3000, id: "7", data: 1, event: "tick", comment: "c" },
			": c\nevent: tick\ndata: 1\nid: 7\nretry: 3000\n\n",
		],
		[{}, "\n"],
	];
	for (const [fields, text] of cases) {
		test(JSON.stringify(fields), () => {
			assert.equal(formatServerSentEvent(new ServerSentEvent(fields)), text);
		});
	}
});

suite("an event that would break the stream is refused", () => {
	const cases: readonly (readonly [ServerSentEventFields, RegExp])[] = [
		[{ event: "a\nb" }, /"event".*one line/],
		[{ id: "a\rb" }, /"id".*one line without NUL/],
		[{ id: "a\0b" }, /"id".*one line without NUL/],
		[{ retry: -1 }, /"retry".*got -1/],
		[{ retry: 1.5 }, /"retry".*got 1.5/],
		[{ data: 1, rawData: "1" }, /either "data".*or "rawData"/],
	];
	for (const [fields, message] of cases) {
		test(JSON.stringify(fields), () => {
			assert.throws(() => new ServerSentEvent(fields), message);
		});
	}
});

test("an event source sends plain values as data, and events as they are", async () => {
	const response = new EventSourceResponse(
		(async function* () {
			yield { id: 1, data: "x" };
			yield "text";
			yield null;
			yield new ServerSentEvent({ event: "end", data: [1] });
		})(),
	);
	assert.equal(
		await textOf(bodyChunks(response.body)),
		'data: {"id":1,"data":"x"}\n\ndata: "text"\n\ndata: null\n\nevent: end\ndata: [1]\n\n',
	);
});

test("an event source says that it must not be stored or held back, and ends at shutdown", () => {
	const response = new EventSourceResponse([]);
	assert.deepEqual(
		{ ...Object.fromEntries(response.headers) },
		{
			"content-type": "text/event-stream; charset=utf-8",
			"cache-control": "no-cache",
			"x-accel-buffering": "no",
		},
	);
	assert.equal(response.endsOnShutdown, true);
	const own = new EventSourceResponse([], {
		headers: { "cache-control": "no-store" },
		status: 202,
	});
	assert.equal(own.headers.get("cache-control"), "no-store");
	assert.equal(own.status, 202);
});

test("data is made into text by toText", async () => {
	const response = new EventSourceResponse(
		[1, new ServerSentEvent({ data: 2 })],
		{
			toText: (data) => `<${data}>`,
		},
	);
	assert.equal(
		await textOf(bodyChunks(response.body)),
		"data: <1>\n\ndata: <2>\n\n",
	);
});

test("a value that is not JSON is an error, and the generator is finished", async () => {
	let isFinished = false;
	const response = new EventSourceResponse(
		(async function* () {
			try {
				const price: Record<string, unknown> = {};
				price.of = price;
				yield { price };
			} finally {
				isFinished = true;
			}
		})(),
	);
	await assert.rejects(
		textOf(bodyChunks(response.body)),
		/"price.of" is a circular reference/,
	);
	assert.equal(isFinished, true);
});

suite("while nothing is sent", () => {
	test("an event source pings, and the item that was awaited still comes", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		const gate = Promise.withResolvers<void>();
		let asked = 0;
		const source: AsyncIterable<unknown> = {
			[Symbol.asyncIterator]: () => ({
				next: async () => {
					asked++;
					await gate.promise;
					return asked === 1
						? { done: false, value: "late" }
						: { done: true, value: undefined };
				},
			}),
		};
		const response = new EventSourceResponse(source);
		const chunks = bodyChunks(response.body)[Symbol.asyncIterator]();
		for (let round = 0; round < 3; round++) {
			const chunk = chunks.next();
			context.mock.timers.tick(14_999);
			context.mock.timers.tick(1);
			assert.deepEqual(await chunk, { done: false, value: ": ping\n\n" });
		}
		gate.resolve();
		assert.equal((await chunks.next()).value, 'data: "late"\n\n');
		assert.equal(asked, 1);
		assert.equal((await chunks.next()).done, true);
		context.mock.timers.reset(); // Deno does not do it
	});

	test("a ping comes that long after the last item, not after the last ping", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		const pass = (ms: number) => context.mock.timers.tick(ms);
		const gates = [1, 2].map(() => Promise.withResolvers<string>());
		const response = new EventSourceResponse(
			(async function* () {
				for (const { promise } of gates) {
					yield await promise;
				}
			})(),
		);
		const chunks = bodyChunks(response.body)[Symbol.asyncIterator]();
		const first = chunks.next();
		pass(10_000);
		gates[0]?.resolve("soon");
		assert.equal((await first).value, 'data: "soon"\n\n');
		const second = chunks.next();
		pass(14_000);
		pass(999);
		let isThere = false;
		void second.then(() => {
			isThere = true;
		});
		await Promise.resolve();
		assert.equal(isThere, false);
		pass(1);
		assert.equal((await second).value, ": ping\n\n");
		const third = chunks.next();
		gates[1]?.resolve("late");
		assert.equal((await third).value, 'data: "late"\n\n');
		assert.equal((await chunks.next()).done, true); // its timer is that of all
		context.mock.timers.reset();
	});

	test("each of several streams pings when it was silent for that long", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		const gate = Promise.withResolvers<void>();
		const pinged: string[] = [];
		const open = (name: string) => {
			const { body } = new EventSourceResponse(
				(async function* () {
					await gate.promise;
					yield* [];
				})(),
			);
			const chunks = bodyChunks(body)[Symbol.asyncIterator]();
			void chunks.next().then(() => pinged.push(name));
			return chunks;
		};
		const pass = async (ms: number) => {
			context.mock.timers.tick(ms);
			await new Promise(setImmediate);
			return pinged.join();
		};
		const first = open("first");
		await pass(7_000);
		const second = open("second");
		assert.equal(await pass(7_999), "");
		assert.equal(await pass(1), "first");
		assert.equal(await pass(6_999), "first");
		assert.equal(await pass(1), "first,second");
		gate.resolve();
		assert.equal((await first.next()).done, true);
		assert.equal((await second.next()).done, true);
		context.mock.timers.reset();
	});

	test("an error of the source that comes during a ping is thrown by the next call", async () => {
		const gate = Promise.withResolvers<IteratorResult<unknown>>();
		const source: AsyncIterable<unknown> = {
			[Symbol.asyncIterator]: () => ({ next: () => gate.promise }),
		};
		const { body } = new EventSourceResponse(source, { pingIntervalMs: 1 });
		const chunks = bodyChunks(body)[Symbol.asyncIterator]();
		// the timer lets the process end, so something else must keep it
		const keepAlive = setInterval(() => {}, 60_000);
		assert.equal((await chunks.next()).value, ": ping\n\n");
		clearInterval(keepAlive);
		gate.reject(new Error("source"));
		await assert.rejects(chunks.next(), /source/);
	});

	test("no ping is sent with an interval of 0", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		const gate = Promise.withResolvers<void>();
		const response = new EventSourceResponse(
			(async function* () {
				await gate.promise;
				yield 1;
			})(),
			{ pingIntervalMs: 0 },
		);
		const text = textOf(bodyChunks(response.body));
		context.mock.timers.tick(3_600_000);
		gate.resolve();
		assert.equal(await text, "data: 1\n\n");
		context.mock.timers.reset();
	});

	test("cancelling ends the wait and the source, and leaves no timer", async () => {
		const timers = () =>
			process.getActiveResourcesInfo().filter((name) => name === "Timeout")
				.length;
		const others = timers(); // of those that share the process
		const asked = Promise.withResolvers<void>();
		const gate = Promise.withResolvers<void>();
		let isFinished = false;
		const response = new EventSourceResponse(
			(async function* () {
				try {
					asked.resolve();
					yield await gate.promise;
				} finally {
					isFinished = true;
				}
			})(),
		);
		const body = bodyChunks(response.body);
		const next = body[Symbol.asyncIterator]().next();
		await asked.promise;
		const cancelled = finishBody(body);
		assert.equal((await next).done, true);
		gate.resolve();
		await cancelled;
		assert.equal(isFinished, true);
		assert.ok(timers() <= others);
	});
});

test("nonsense is refused", () => {
	assert.throws(
		() => new EventSourceResponse(7 as never),
		/items must be an iterable/,
	);
	assert.throws(() => new EventSourceResponse([], { pingIntervalMs: -1 }), {
		code: "VIV_OPTION",
		message: /pingIntervalMs must be .*, got -1/,
	});
});
