import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { ClientGoneError } from "../../../src/errors/client-gone.ts";
import { Response } from "../../../src/http/response.ts";
import { startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const echo = async (request: { text(): Promise<string> }) =>
	text(`[${await request.text()}]`);

test("a body comes whole, in one chunk or in several, with or without a length", async () => {
	await using server = await startServer(echo);
	const post = async (body: string | ReadableStream | null) =>
		(
			await fetch(server.url, {
				method: "POST",
				body,
				duplex: "half",
			} as RequestInit)
		).text();
	assert.equal(await post("abc"), "[abc]");
	assert.equal(await post(null), "[]");
	const large = "x".repeat(700_000);
	assert.equal(await post(large), `[${large}]`);
	assert.equal(
		await post(ReadableStream.from([Buffer.from("ab"), Buffer.from("c")])),
		"[abc]",
	);
});

test("headers are read by name, and in the order in which they came", async () => {
	await using server = await startServer((request) =>
		text(
			JSON.stringify([
				request.header("x-one"),
				request.header("cookie"),
				request.header("none"),
				request.header("constructor"),
				[...request.source.headerEntries()],
			]),
		),
	);
	await using client = await RawClient.open(server.port);
	client.request(
		"/",
		"X-One: 1",
		"x-one: 2",
		"Cookie: a=1",
		"Cookie: b=2",
		"connection: close",
	);
	await client.closed;
	assert.deepEqual(
		JSON.parse(client.received.slice(client.received.indexOf("\r\n\r\n"))),
		[
			"1, 2",
			"a=1; b=2",
			null,
			null,
			[
				["host", "test"],
				["x-one", "1"],
				["x-one", "2"],
				["cookie", "a=1"],
				["cookie", "b=2"],
				["connection", "close"],
			],
		],
	);
});

test("a target in absolute form is read as path and query", async () => {
	await using server = await startServer((request) =>
		text(`${request.rawPath} ${request.queryText("q")}`),
	);
	await using client = await RawClient.open(server.port);
	client.request("http://test/a%20b?q=1", "connection: close");
	await client.closed;
	assert.match(client.received, /\/a%20b 1$/);
});

test("a body that announces too much is refused before it is read, and the connection closed", async () => {
	await using server = await startServer(echo, {
		around: { limits: { bodyBytes: 10 } },
	});
	await using client = await RawClient.open(server.port);
	client.send("POST / HTTP/1.1", "host: test", "content-length: 11", "", "");
	await client.closed;
	assert.match(
		client.received,
		/^HTTP\/1\.1 413 .*\r\nconnection: close\r\n.*\{"detail":"Request body too large"\}$/is,
	);
});

test("a body that turns out too large is refused while it arrives", async () => {
	await using server = await startServer(echo, {
		around: { limits: { bodyBytes: 10 } },
	});
	await using client = await RawClient.open(server.port);
	client.send(
		"POST / HTTP/1.1",
		"host: test",
		"transfer-encoding: chunked",
		"",
		"6",
		"123456",
		"",
	);
	client.send("6", "123456", "");
	await client.receive("Request body too large");
	assert.match(
		client.received,
		/^HTTP\/1\.1 413 .*\r\nconnection: close\r\n/is,
	);
	await client.closed;
});

test("a client that goes on sending still gets its 413", async () => {
	await using server = await startServer(echo, {
		around: { limits: { bodyBytes: 10 } },
	});
	await using client = await RawClient.open(server.port);
	client.send(
		"POST / HTTP/1.1",
		"host: test",
		"content-length: 4000000",
		"",
		"",
	);
	for (let sent = 0; sent < 4; sent++) {
		client.socket.write(Buffer.alloc(1_000_000));
	}
	await client.receive("Request body too large");
	assert.equal(await client.closed, undefined);
});

test("a client that never stops sending is cut off", async () => {
	await using server = await startServer(echo, {
		around: { limits: { bodyBytes: 10 } },
	});
	await using client = await RawClient.open(server.port);
	client.send(
		"POST / HTTP/1.1",
		"host: test",
		"transfer-encoding: chunked",
		"",
		"",
	);
	const chunk = Buffer.concat([
		Buffer.from("100000\r\n"),
		Buffer.alloc(0x100000),
		Buffer.from("\r\n"),
	]);
	const push = () => {
		while (client.socket.writable && client.socket.write(chunk)) {}
	};
	client.socket.on("drain", push);
	push();
	await client.closed;
	assert.ok(client.socket.bytesWritten < 100_000_000);
});

test("a client that asks first sends its body only if somebody reads it", async () => {
	await using server = await startServer((request) =>
		request.rawPath === "/read" ? echo(request) : text("not wanted"),
	);
	const expect = [
		"host: test",
		"expect: 100-continue",
		"content-length: 3",
		"",
		"",
	];
	await using reader = await RawClient.open(server.port);
	reader.send("POST /read HTTP/1.1", ...expect);
	await reader.receive("HTTP/1.1 100 Continue\r\n\r\n");
	reader.send("abc");
	await reader.receive("[abc]");
	await using other = await RawClient.open(server.port);
	other.send("POST /other HTTP/1.1", ...expect);
	await other.receive("not wanted");
	assert.doesNotMatch(other.received, /100 Continue/);
	assert.match(other.received, /connection: close/i);
});

test("a short body that nobody reads keeps the connection, a long one ends it", async () => {
	await using server = await startServer(() => text("ok"));
	await using client = await RawClient.open(server.port);
	client.send("POST / HTTP/1.1", "host: test", "content-length: 3", "", "abc");
	await client.receive("ok");
	assert.doesNotMatch(client.received, /connection: close/i);
	client.received = "";
	client.send("POST / HTTP/1.1", "host: test", "content-length: 70000", "", "");
	await client.receive("ok");
	assert.match(client.received, /connection: close/i);
	await client.closed;
});

test("a reader that leaves the chunks early can still answer", async () => {
	await using server = await startServer(async (request) => {
		for await (const chunk of request.source.bodyChunks()) {
			return text(`first: ${chunk.length}`);
		}
		return text("none");
	});
	await using client = await RawClient.open(server.port);
	client.send(
		"POST / HTTP/1.1",
		"host: test",
		"content-length: 100",
		"",
		"abc",
	);
	await client.receive("first: 3");
	assert.match(client.received, /connection: close/i);
	await client.closed;
});

test("a client that leaves in the middle of its body is told apart from a failure", async () => {
	const failures: unknown[] = [];
	const both = Promise.withResolvers<void>();
	await using server = await startServer(async (request) => {
		try {
			if (request.rawPath === "/whole") {
				await request.bytes();
			} else {
				for await (const _ of request.source.bodyChunks()) {
				}
			}
		} catch (error) {
			failures.push(error);
			assert.ok(request.signal.aborted);
			if (failures.length === 2) {
				both.resolve();
			}
		}
		return text("nobody reads this");
	});
	for (const path of ["/whole", "/chunks"]) {
		await using client = await RawClient.open(server.port);
		client.send(
			`POST ${path} HTTP/1.1`,
			"host: test",
			"content-length: 100",
			"",
			"abc",
		);
		await new Promise((resolve) => client.socket.end(() => resolve(undefined)));
	}
	await both.promise;
	for (const failure of failures) {
		assert.ok(failure instanceof ClientGoneError);
	}
	assert.doesNotMatch(server.log.text, /no response|failed/);
});

test("chunks are not read faster than they are wanted", async () => {
	const wanted = Promise.withResolvers<void>();
	const asked = Promise.withResolvers<void>();
	await using server = await startServer(async (request) => {
		let total = 0;
		for await (const chunk of request.source.bodyChunks()) {
			if (total === 0) {
				asked.resolve();
				await wanted.promise;
			}
			total += chunk.length;
		}
		return text(`${total}`);
	});
	await using client = await RawClient.open(server.port);
	const size = 30_000_000;
	client.send(
		"POST / HTTP/1.1",
		"host: test",
		`content-length: ${size}`,
		"",
		"",
	);
	client.socket.write(Buffer.alloc(size));
	await asked.promise;
	assert.ok(client.socket.writableLength > 0);
	wanted.resolve();
	await once(client.socket, "drain");
	await client.receive(`${size}`);
});

test("what is no HTTP is answered with 400", async () => {
	await using server = await startServer(() => text("ok"));
	await using client = await RawClient.open(server.port);
	client.send("NONSENSE", "", "");
	await client.closed;
	assert.equal(
		client.received,
		'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 24\r\nconnection: close\r\n\r\n{"detail":"Bad Request"}',
	);
});

test("headers beyond the limit are answered with 431", async () => {
	await using server = await startServer(() => text("ok"), {
		maxHeaderBytes: 2048,
	});
	await using client = await RawClient.open(server.port);
	client.request("/", `x: ${"y".repeat(3000)}`);
	await client.closed;
	assert.match(
		client.received,
		/^HTTP\/1\.1 431 .*\{"detail":"Request Header Fields Too Large"\}$/s,
	);
});

test("headers and bodies that take too long are answered with 408", async () => {
	await using server = await startServer(echo, {
		headersTimeoutMs: 100,
		requestTimeoutMs: 200,
	});
	await using headers = await RawClient.open(server.port);
	headers.send("GET / HTTP/1.1", "host: ");
	await using body = await RawClient.open(server.port);
	body.send("POST / HTTP/1.1", "host: test", "content-length: 3", "", "a");
	for (const client of [headers, body]) {
		await client.closed;
		assert.match(
			client.received,
			/^HTTP\/1\.1 408 .*\{"detail":"Request Timeout"\}$/s,
		);
	}
});

test("a response that never comes from the app is a 500", async () => {
	await using server = await startServer((request) => {
		if (request.rawPath === "/async") {
			return Promise.reject(new Error("late"));
		}
		if (request.rawPath === "/wrong") {
			return new Response(7 as never);
		}
		throw new Error("at once");
	});
	for (const path of ["/async", "/sync", "/wrong"]) {
		const answer = await fetch(server.url + path);
		assert.equal(answer.status, 500);
		assert.equal(await answer.text(), "Internal Server Error");
	}
	assert.match(server.log.text, /GET \/async: no response: Error: late/);
});

test("connections beyond the most that may be open are closed", async () => {
	await using server = await startServer(() => text("ok"), {
		maxConnections: 1,
	});
	await using first = await RawClient.open(server.port);
	first.request("/");
	await first.receive("ok");
	await using second = await RawClient.open(server.port);
	second.request("/");
	await second.closed;
	assert.equal(second.received, "");
	assert.match(
		server.log.text,
		/^1 connections are open \(maxConnections\); further ones are closed$/m,
	);
});

test("requests that are sent without waiting are answered in order", async () => {
	const gate = Promise.withResolvers<void>();
	await using server = await startServer(async (request) => {
		if (request.rawPath === "/1") {
			await gate.promise;
		} else {
			gate.resolve();
		}
		return text(`answer ${request.rawPath}`);
	});
	await using client = await RawClient.open(server.port);
	client.request("/1");
	client.request("/2");
	client.request("/3", "connection: close");
	await client.closed;
	assert.deepEqual(client.received.match(/answer \/\d/g), [
		"answer /1",
		"answer /2",
		"answer /3",
	]);
});
