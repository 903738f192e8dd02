import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ChunkSource } from "../../src/http/chunk-source.ts";
import { bodyChunks } from "../../src/http/response-body.ts";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { finishBody, textOf } from "./memory-source.ts";

const bytes = new TextEncoder().encode("é");

suite("a streaming response sends the chunks of", () => {
	const sources: Record<string, () => ChunkSource<string | Uint8Array>> = {
		"an async generator": async function* () {
			yield "a";
			yield bytes;
		},
		"a sync generator": function* () {
			yield "a";
			yield bytes;
		},
		"an array": () => ["a", bytes],
		"a ReadableStream": () => ReadableStream.from(["a", bytes]),
	};
	for (const [name, makeSource] of Object.entries(sources)) {
		test(name, async () => {
			const { body } = new StreamingResponse(makeSource());
			assert.equal(await textOf(bodyChunks(body)), "aé");
		});
	}
});

test("a streaming response has no content type of its own and takes headers", () => {
	const response = new StreamingResponse([], {
		status: 201,
		headers: { "x-a": "1" },
	});
	assert.deepEqual(response.headers.lines, ["x-a", "1"]);
	assert.equal(response.status, 201);
	const text = new StreamingResponse([], { mediaType: "text/plain" });
	assert.equal(text.headers.get("content-type"), "text/plain; charset=utf-8");
});

test("the next chunk is asked for when it is wanted", async () => {
	let made = 0;
	const response = new StreamingResponse(
		(async function* () {
			while (true) {
				yield `${++made}`;
			}
		})(),
	);
	const chunks = bodyChunks(response.body)[Symbol.asyncIterator]();
	assert.equal(made, 0);
	await chunks.next();
	await chunks.next();
	assert.equal(made, 2);
	await chunks.return?.();
});

suite("when a stream is cancelled", () => {
	function countedSource() {
		const calls = { next: 0, return: 0 };
		const source: AsyncIterable<string> = {
			[Symbol.asyncIterator]: () => ({
				next: async () => ({ done: false, value: `${++calls.next}` }),
				return: async () => {
					calls.return++;
					return { done: true, value: undefined };
				},
			}),
		};
		return { calls, source };
	}

	test("its source is returned once, however often it is cancelled", async () => {
		const { calls, source } = countedSource();
		const body = bodyChunks(new StreamingResponse(source).body);
		for await (const _ of bodyChunks(body)) {
			break;
		}
		await finishBody(body);
		assert.deepEqual(calls, { next: 1, return: 1 });
		assert.equal(await textOf(bodyChunks(body)), "");
	});

	test("its source is returned also if it never began", async () => {
		const { calls, source } = countedSource();
		await finishBody(bodyChunks(new StreamingResponse(source).body));
		assert.deepEqual(calls, { next: 0, return: 1 });
	});

	test("a source that has ended is left alone", async () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		let returns = 0;
		const source: AsyncIterable<string> = {
			[Symbol.asyncIterator]: () => ({
				next: async () => {
					resolve();
					return { done: true, value: undefined };
				},
				return: async () => {
					returns++;
					return { done: true, value: undefined };
				},
			}),
		};
		const body = bodyChunks(new StreamingResponse(source).body);
		assert.equal(await textOf(bodyChunks(body)), "");
		await promise;
		await finishBody(body);
		assert.equal(returns, 0);
	});

	test("the generator's finally runs", async () => {
		let isFinished = false;
		const response = new StreamingResponse(
			(async function* () {
				try {
					yield "a";
				} finally {
					isFinished = true;
				}
			})(),
		);
		for await (const _ of bodyChunks(response.body)) {
			break;
		}
		assert.equal(isFinished, true);
	});

	test("whoever waits for a chunk is told at once, and the source is waited for", async () => {
		const gate = Promise.withResolvers<void>();
		const asked = Promise.withResolvers<void>();
		let isFinished = false;
		const response = new StreamingResponse(
			(async function* () {
				try {
					asked.resolve();
					await gate.promise;
					yield "never sent";
				} finally {
					isFinished = true;
				}
			})(),
		);
		const body = bodyChunks(response.body);
		const chunks = body[Symbol.asyncIterator]();
		const next = chunks.next();
		await asked.promise;
		const cancelled = finishBody(body);
		assert.deepEqual(await next, { done: true, value: undefined });
		assert.equal(isFinished, false);
		gate.resolve();
		await cancelled;
		assert.equal(isFinished, true);
	});

	test("an error that the source throws afterwards goes nowhere", async () => {
		const gate = Promise.withResolvers<IteratorResult<string>>();
		const source: AsyncIterable<string> = {
			[Symbol.asyncIterator]: () => ({ next: () => gate.promise }),
		};
		const body = bodyChunks(new StreamingResponse(source).body);
		const next = bodyChunks(body)[Symbol.asyncIterator]().next();
		await finishBody(body);
		gate.reject(new Error("too late"));
		assert.equal((await next).done, true);
	});

	test("a ReadableStream is cancelled, also while a chunk is waited for", async () => {
		const cancelled = Promise.withResolvers<void>();
		const stream = new ReadableStream<string>({
			cancel: () => cancelled.resolve(),
		});
		const body = bodyChunks(new StreamingResponse(stream).body);
		const next = bodyChunks(body)[Symbol.asyncIterator]().next();
		await finishBody(body);
		await cancelled.promise;
		assert.equal((await next).done, true);
	});
});

test("an error of the source comes out, and nothing after it", async () => {
	const error = new Error("disk");
	const response = new StreamingResponse(
		(function* () {
			yield "a";
			throw error;
		})(),
	);
	const chunks = bodyChunks(response.body)[Symbol.asyncIterator]();
	assert.equal((await chunks.next()).value, "a");
	await assert.rejects(chunks.next(), error);
	assert.equal((await chunks.next()).done, true);
});

test("a chunk that is neither text nor bytes is an error, and the source is returned", async () => {
	let isFinished = false;
	function* numbers() {
		try {
			yield 1;
		} finally {
			isFinished = true;
		}
	}
	// values that the types forbid can still come from JavaScript
	const source = numbers() as Iterable<never>;
	const body = bodyChunks(new StreamingResponse(source).body);
	await assert.rejects(textOf(bodyChunks(body)), {
		name: "TypeError",
		message: /its source gave number/,
	});
	assert.equal(isFinished, true);
});

for (const content of ["text", bytes, null, undefined, 7, {}]) {
	test(`${JSON.stringify(content)} is no stream`, () => {
		assert.throws(() => new StreamingResponse(content as never), {
			code: "VIV_OPTION",
			message: /content must be an iterable/,
		});
	});
}
