import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
	headerLines,
	isBodyAllowed,
	isBodySent,
} from "../../src/http/answer-framing.ts";
import { JSONResponse } from "../../src/http/json-response.ts";
import { Response } from "../../src/http/response.ts";
import { bodyChunks, bodyLengthBytes } from "../../src/http/response-body.ts";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { textOf } from "./memory-source.ts";

function linesOf(response: Response): string[] {
	return headerLines(response, bodyLengthBytes(response.body));
}

suite("content-length", () => {
	test("is that of the body as UTF-8", () => {
		assert.deepEqual(linesOf(new JSONResponse("é北")), [
			...["content-type", "application/json"],
			...["content-length", "7"],
		]);
		assert.deepEqual(linesOf(new Response(Uint8Array.of(1, 2))), [
			"content-length",
			"2",
		]);
	});

	test("is 0 without a body", () => {
		assert.deepEqual(linesOf(new Response()), ["content-length", "0"]);
	});

	test("is not known for a stream, where one that the app set stays", () => {
		assert.deepEqual(linesOf(new StreamingResponse(["a"])), []);
		const headers = { "content-length": "1" };
		const response = new StreamingResponse(["a"], { headers });
		assert.deepEqual(linesOf(response), ["content-length", "1"]);
	});

	test("is replaced where it is wrong", () => {
		const response = new Response("abc", {
			headers: { "Content-Length": "9" },
		});
		assert.deepEqual(linesOf(response), ["content-length", "3"]);
	});

	test("stays for an empty body, as in the answer to a HEAD", () => {
		const response = new Response(null, { headers: { "content-length": "9" } });
		assert.deepEqual(linesOf(response), ["content-length", "9"]);
	});

	for (const status of [204, 304]) {
		test(`is not sent with ${status}`, () => {
			const headers = { "content-length": "9", etag: '"a"' };
			const response = new Response("a", { status, headers });
			assert.deepEqual(linesOf(response), ["etag", '"a"']);
		});
	}
});

test("a 205 says that it has no body", () => {
	const headers = { "content-length": "9" };
	const response = new Response("a", { status: 205, headers });
	assert.deepEqual(linesOf(response), ["content-length", "0"]);
});

test("how a body is framed is not for the app to say", () => {
	const headers = { "transfer-encoding": "chunked", etag: '"a"' };
	assert.deepEqual(linesOf(new Response("abc", { headers })), [
		...["etag", '"a"'],
		...["content-length", "3"],
	]);
	assert.deepEqual(linesOf(new StreamingResponse(["a"], { headers })), [
		"etag",
		'"a"',
	]);
	assert.deepEqual(linesOf(new Response(null, { status: 304, headers })), [
		"etag",
		'"a"',
	]);
});

test("1xx, 204, 205 and 304 have no body, and HEAD is sent none", () => {
	assert.deepEqual([100, 199, 200, 204, 205, 304, 404].map(isBodyAllowed), [
		false,
		false,
		true,
		false,
		false,
		false,
		true,
	]);
	assert.equal(isBodySent("GET", 200), true);
	assert.equal(isBodySent("HEAD", 200), false);
	assert.equal(isBodySent("GET", 204), false);
});

test("every body comes in chunks", async () => {
	assert.equal(await textOf(bodyChunks("abc")), "abc");
	assert.equal(await textOf(bodyChunks(Uint8Array.of(0x61))), "a");
	assert.deepEqual(await Array.fromAsync(bodyChunks(null)), []);
	assert.deepEqual(await Array.fromAsync(bodyChunks("")), []);
});
