import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { suite, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { App } from "vivace";
import { StreamingResponse } from "../../../src/http/streaming-response.ts";
import { serve } from "../../../src/server/serve.ts";
import { LogLines, startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const post = [
	"POST / HTTP/1.1",
	"host: test",
	"content-length: 6",
	"connection: close",
	"",
];

suite("a body", () => {
	test("of which a part came before it was asked for is whole", async () => {
		const asked = Promise.withResolvers<void>();
		await using server = await startServer(async (request) => {
			await turn(); // the parser has taken all that came with the headers
			const body = request.text();
			asked.resolve();
			return text(`[${await body}]`);
		});
		await using client = await RawClient.open(server.port);
		client.send(...post, "abc");
		await asked.promise;
		client.socket.write("def");
		await client.closed;
		assert.match(client.received, /\[abcdef\]$/);
	});

	test("that came before it was asked for is whole", async () => {
		await using server = await startServer(async (request) => {
			await turn();
			return text(`[${await request.text()}]`);
		});
		await using client = await RawClient.open(server.port);
		client.send(...post, "abcdef");
		await client.closed;
		assert.match(client.received, /\[abcdef\]$/);
	});

	test("that comes in pieces is read to its end though the answer has been given", async () => {
		const read = Promise.withResolvers<string>();
		await using server = await startServer((request) => {
			request.text().then(read.resolve, read.reject);
			return text("early");
		});
		await using client = await RawClient.open(server.port);
		client.send(
			"POST / HTTP/1.1",
			"host: test",
			"content-length: 6",
			"",
			"abc",
		);
		await client.receive("early");
		client.socket.write("def");
		assert.equal(await read.promise, "abcdef");
		client.request("/", "connection: close");
		await client.closed;
		assert.equal(client.received.match(/early/g)?.length, 2);
	});

	test("ends a streamed answer that was over before it", async (context) => {
		context.mock.timers.enable({ apis: ["setTimeout"] }); // the moment that a client gets is never over
		const read = Promise.withResolvers<string>();
		await using server = await startServer((request) => {
			request.text().then(read.resolve, read.reject);
			return new StreamingResponse(["early"]);
		});
		await using client = await RawClient.open(server.port);
		client.send(...post, "abc");
		await client.receive("early");
		client.socket.write("def");
		assert.equal(await read.promise, "abcdef");
		await client.receive("\r\n0\r\n\r\n");
	});

	test("of several requests that are sent without waiting is each one's own", async () => {
		await using server = await startServer(async (request) =>
			text(`[${await request.text()}]`),
		);
		await using client = await RawClient.open(server.port);
		const [, ...rest] = post;
		client.send(
			"POST /1 HTTP/1.1",
			"host: test",
			"transfer-encoding: chunked",
			"",
			"3",
			"one",
			"0",
			"",
			"POST /2 HTTP/1.1",
			...rest,
			"second",
		);
		await client.closed;
		assert.deepEqual(client.received.match(/\[\w+\]/g), ["[one]", "[second]"]);
	});

	test("that is not there is empty, in one piece and in chunks", async () => {
		await using server = await startServer(async (request) => {
			if (request.rawPath === "/whole") {
				return text(`[${await request.text()}]`);
			}
			let count = 0;
			for await (const _ of request.stream()) {
				count++;
			}
			return text(`${count} chunks`);
		});
		for (const [path, expected] of [
			["whole", "[]"],
			["chunks", "0 chunks"],
		]) {
			const response = await fetch(`${server.url}/${path}`);
			assert.equal(await response.text(), expected);
		}
	});
});

test("a mounted handler of node:http hears of the end of a request without a body", async () => {
	const app = new App();
	app.mount(
		"/node",
		async (incoming: IncomingMessage, outgoing: ServerResponse) => {
			incoming.resume();
			await once(incoming, "end");
			outgoing.end("ended");
		},
	);
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
	});
	const response = await fetch(`${server.url}/node`);
	assert.equal(await response.text(), "ended");
});
