import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Answer } from "../../src/http/answer.ts";
import { JSONResponse } from "../../src/http/json-response.ts";
import { Response } from "../../src/http/response.ts";
import { bodyChunks } from "../../src/http/response-body.ts";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { fromWebResponse, toWebResponse } from "../../src/http/web-response.ts";
import {
	finishBody,
	MemoryExchange,
	MemorySource,
	textOf,
} from "./memory-source.ts";

suite("a web response becomes ours", () => {
	test("with status, headers, each cookie and body", async () => {
		const headers = new Headers({ "X-A": "1", "content-type": "text/css" });
		headers.append("set-cookie", "a=1");
		headers.append("set-cookie", "b=2");
		const web = new globalThis.Response("é", { status: 201, headers });
		const response = fromWebResponse(web);
		assert.equal(response.status, 201);
		assert.equal(response.headers.get("content-type"), "text/css");
		assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
		assert.equal(await textOf(bodyChunks(response.body)), "é");
	});

	test("without a body", () => {
		const web = new globalThis.Response(null, { status: 204 });
		assert.equal(fromWebResponse(web).body, null);
	});

	test("once: a body that has been read or given away is refused", async () => {
		const read = new globalThis.Response("a");
		await read.text();
		assert.throws(() => fromWebResponse(read), /response\.clone\(\)/);
		const given = new globalThis.Response("a");
		const first = bodyChunks(fromWebResponse(given).body);
		const pending = textOf(first);
		assert.throws(() => fromWebResponse(given), /response\.clone\(\)/);
		assert.equal(await pending, "a");
		assert.throws(
			() => fromWebResponse(globalThis.Response.error()),
			TypeError,
		);
	});

	test("whose stream is cancelled when ours is", async () => {
		const cancelled = Promise.withResolvers<void>();
		const stream = new ReadableStream({ cancel: () => cancelled.resolve() });
		await finishBody(
			bodyChunks(fromWebResponse(new globalThis.Response(stream)).body),
		);
		await cancelled.promise;
	});
});

/** The answer of an exchange as a web response, and what is registered for the end of the exchange. */
function sent(
	response: Response,
	method = "GET",
	onSettled: (error: unknown) => void | Promise<void> = () => {},
): globalThis.Response & { readonly settled: Promise<unknown> } {
	const exchange = new MemoryExchange(new MemorySource({ method }));
	const { promise: settled, resolve } = Promise.withResolvers<unknown>();
	exchange.whenSettled(async ({ error }) => {
		await onSettled(error);
		resolve(error);
	});
	const answer = response as Answer; // none is a file
	return Object.assign(toWebResponse(exchange, answer), { settled });
}

suite("a response of ours becomes a web response", () => {
	test("with status, headers and each cookie", async () => {
		const response = new JSONResponse({ a: 1 }, { status: 201 });
		response.setCookie("a", "1");
		response.setCookie("b", "2");
		const web = sent(response);
		assert.equal(web.status, 201);
		assert.equal(web.headers.get("content-type"), "application/json");
		assert.equal(web.headers.get("content-length"), "7");
		assert.equal(web.headers.getSetCookie().length, 2);
		assert.deepEqual(await web.json(), { a: 1 });
		assert.equal(await web.settled, undefined);
	});

	test("without a content type that ours does not have", () => {
		const web = sent(new Response("a"));
		assert.equal(web.headers.has("content-type"), false);
	});

	test("that settles when its stream has been read to the end", async () => {
		const response = new StreamingResponse(["a", "", "é"]);
		let isSettled = false;
		const web = sent(response, "GET", () => {
			isSettled = true;
		});
		const reader = (web.body as ReadableStream).getReader();
		assert.deepEqual((await reader.read()).value, Uint8Array.of(0x61));
		assert.equal(isSettled, false);
		assert.deepEqual((await reader.read()).value, Uint8Array.of(0xc3, 0xa9));
		assert.equal((await reader.read()).done, true);
		assert.equal(isSettled, true);
	});

	test("whose stream ends before what runs afterwards", async () => {
		const gate = Promise.withResolvers<void>();
		const web = sent(new StreamingResponse(["a"]), "GET", () => gate.promise);
		assert.equal(await web.text(), "a");
		gate.resolve();
		await web.settled;
	});

	test("that settles with the reason when it is cancelled, after the generator has finished", async () => {
		const events: unknown[] = [];
		const response = new StreamingResponse(
			(async function* () {
				try {
					yield "a";
				} finally {
					events.push("finished");
				}
			})(),
		);
		const web = sent(response, "GET", (error) => {
			events.push(error);
		});
		const reader = (web.body as ReadableStream).getReader();
		await reader.read();
		await reader.cancel("gone");
		assert.deepEqual(events, ["finished", "gone"]);
	});

	test("that settles with the error of its stream", async () => {
		const error = new Error("disk");
		const response = new StreamingResponse(
			(function* () {
				yield "a";
				throw error;
			})(),
		);
		const web = sent(response);
		await assert.rejects(web.text(), error);
		assert.equal(await web.settled, error);
	});

	test("that settles after the generator has finished, also when it is cancelled while a chunk is being made", async () => {
		const events: string[] = [];
		const gate = Promise.withResolvers<void>();
		async function* chunks() {
			try {
				yield "a";
				await gate.promise;
				yield "b";
			} finally {
				events.push("finished");
			}
		}
		const response = new StreamingResponse(chunks());
		const web = sent(response, "GET", (error) => {
			events.push(`settled: ${error}`);
		});
		const reader = web.body?.getReader();
		await reader?.read();
		const reading = reader?.read();
		const cancelling = reader?.cancel("gone");
		assert.equal((await reading)?.done, true);
		gate.resolve();
		await cancelling;
		assert.deepEqual(events, ["finished", "settled: gone"]);
	});

	test("without a body for HEAD, whose stream is cancelled", async () => {
		let isReturned = false;
		const source: AsyncIterable<string> = {
			[Symbol.asyncIterator]: () => ({
				next: () => assert.fail("it is not read"),
				return: async () => {
					isReturned = true;
					return { done: true, value: undefined };
				},
			}),
		};
		const response = new StreamingResponse(source, { headers: { "x-a": "1" } });
		const web = sent(response, "HEAD");
		assert.equal(web.body, null);
		assert.equal(web.headers.get("x-a"), "1");
		assert.equal(await web.settled, undefined);
		assert.equal(isReturned, true);
	});

	test("that settles with the error of a stream that could not be cancelled", async () => {
		const error = new Error("stuck");
		const source: AsyncIterable<string> = {
			[Symbol.asyncIterator]: () => ({
				next: () => assert.fail("it is not read"),
				return: () => Promise.reject(error),
			}),
		};
		const response = new StreamingResponse(source);
		assert.equal(await sent(response, "HEAD").settled, error);
	});

	test("with the length of a body that HEAD does not get", () => {
		const web = sent(new JSONResponse([1]), "HEAD");
		assert.equal(web.headers.get("content-length"), "3");
		assert.equal(web.body, null);
	});

	test("without body and length for 204", () => {
		const web = sent(new Response("a", { status: 204 }));
		assert.equal(web.body, null);
		assert.equal(web.headers.has("content-length"), false);
	});

	test("and back again", async () => {
		const back = fromWebResponse(sent(new JSONResponse([1])));
		assert.equal(await textOf(bodyChunks(back.body)), "[1]");
	});
});
