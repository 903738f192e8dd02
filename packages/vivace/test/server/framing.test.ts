import assert from "node:assert/strict";
import { test } from "node:test";
import { Response } from "../../src/http/response.ts";
import { StreamingResponse } from "../../src/http/streaming-response.ts";
import { LogLines, startServer, text } from "./port-app.ts";
import { RawClient } from "./raw-client.ts";

/** Bun's server and Deno's, which an app without options of `node:http` gets there. */
const isNative = "Bun" in globalThis || "Deno" in globalThis;

/** The head of the answer to one request, on a connection of its own, with what has come of the body. */
async function answerTo(
	port: number,
	...lines: readonly string[]
): Promise<string> {
	await using client = await RawClient.open(port);
	client.send(...lines);
	return await client.receive("\r\n\r\n");
}

async function* letters(): AsyncGenerator<string> {
	yield "a";
	await new Promise(setImmediate);
	yield "b";
}

test("the answer to a HEAD does not say that a stream has no bytes", async () => {
	await using server = await startServer(
		() => new StreamingResponse(letters(), { mediaType: "text/plain" }),
	);
	const head = await answerTo(
		server.port,
		...["HEAD / HTTP/1.1", "host: test", "", ""],
	);
	assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
	assert.doesNotMatch(head, /content-length/i);
});

test("the answer to a HEAD says the length that was announced for a stream", async () => {
	await using server = await startServer(
		() =>
			new StreamingResponse(letters(), { headers: { "content-length": "2" } }),
	);
	const head = await answerTo(
		server.port,
		...["HEAD / HTTP/1.1", "host: test", "", ""],
	);
	assert.match(head, /^content-length: 2\r$/im);
});

test("a 205 has no body, and says so", async () => {
	await using server = await startServer(() => text("more", 205));
	const answer = await answerTo(
		server.port,
		...["GET / HTTP/1.1", "host: test", "", ""],
	);
	assert.match(answer, /^HTTP\/1\.1 205 Reset Content\r\n/);
	assert.match(answer, /^content-length: 0\r$/im);
	assert.ok(answer.endsWith("\r\n\r\n"));
});

test("a runtime that sends a 205 without its length is told of once", async () => {
	const log = new LogLines();
	await using server = await startServer(() => text("", 205), { log });
	for (let request = 0; request < 2; request++) {
		await answerTo(
			server.port,
			...["GET /form?token=1 HTTP/1.1", "host: test", "", ""],
		);
	}
	const told = log.lines.filter((line) => line.includes("205"));
	assert.deepEqual(
		told,
		"Deno" in globalThis
			? [
					"GET /form: a 205 leaves without a length on this runtime, so that some clients wait for its body; respond with 204",
				]
			: [],
	);
});

for (const [kind, respond] of [
	[
		"a text",
		(headers: Record<string, string>) => new Response("x", { headers }),
	],
	[
		"a stream",
		(headers: Record<string, string>) =>
			new StreamingResponse(letters(), { headers }),
	],
] as const) {
	test(`${kind} with another server's announcement of trailers is sent without it`, async () => {
		await using server = await startServer(() =>
			respond({ trailer: "x-digest", "transfer-encoding": "chunked" }),
		);
		const answer = await answerTo(
			server.port,
			...["GET / HTTP/1.1", "host: test", "", ""],
		);
		assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
		assert.doesNotMatch(answer, /^trailer:/im);
	});
}

test("a body that fails while it is sent is told of once", async () => {
	await using server = await startServer(
		() =>
			new StreamingResponse(
				(async function* () {
					yield* letters();
					throw new Error("broken");
				})(),
			),
	);
	await using client = await RawClient.open(server.port);
	client.request("/");
	await client.closed;
	await new Promise(setImmediate);
	const told = server.log.lines.filter((line) => line.includes("broken"));
	assert.equal(told.length, 1, server.log.text);
});

test("a body that is made of the request's leaves when that comes later than its head", async () => {
	const begun = Promise.withResolvers<void>();
	await using server = await startServer((request) => {
		begun.resolve();
		return new StreamingResponse(request.stream());
	});
	await using client = await RawClient.open(server.port);
	client.send("POST / HTTP/1.1", "host: test", "content-length: 5", "", "");
	await begun.promise;
	for (let turn = 0; turn < 5; turn++) {
		await new Promise(setImmediate); // the server gives the head of the answer
	}
	client.send("hello");
	assert.match(await client.receive("hello"), /^HTTP\/1\.1 200 OK\r\n/);
});

for (const [body, what] of [
	["é", "a text"],
	[new TextEncoder().encode("é"), "bytes"],
	[null, "nothing"],
] as const) {
	test(`a header's characters are ISO 8859-1 before ${what}`, async () => {
		await using server = await startServer(
			() => new Response(body, { headers: { "x-name": "José" } }),
		);
		const answer = await answerTo(
			server.port,
			...["GET / HTTP/1.1", "host: test", "", ""],
		);
		assert.match(answer, /^x-name: José\r$/im);
	});
}

test("a header's characters are ISO 8859-1 before a stream, and in a media type", async () => {
	await using server = await startServer(({ path }) =>
		path === "/stream"
			? new StreamingResponse(letters(), { headers: { "x-name": "José" } })
			: new Response("é", { mediaType: "text/é" }),
	);
	for (const [target, line] of [
		["/stream", /^x-name: José\r$/im],
		["/", /^content-type: text\/é; charset=utf-8\r$/im],
	] as const) {
		const answer = await answerTo(
			server.port,
			...[`GET ${target} HTTP/1.1`, "host: test", "", ""],
		);
		assert.match(answer, line);
	}
});

test("headers of another server can be passed on: how the body is framed is not among them", async () => {
	await using server = await startServer(
		() =>
			new Response("passed on", {
				headers: { "transfer-encoding": "chunked", "x-from": "elsewhere" },
			}),
	);
	await using client = await RawClient.open(server.port);
	client.request("/");
	const answer = await client.receive("passed on");
	assert.match(answer, /^content-length: 9\r$/im);
	assert.match(answer, /^x-from: elsewhere\r$/im);
	assert.doesNotMatch(answer, /transfer-encoding/i);
});

test("a body that is cut off is the client's mistake", async () => {
	await using server = await startServer(async (request) => {
		await request.bytes();
		return text("all of it");
	});
	for (const lines of [
		["content-length: 9", "", "abc"],
		["transfer-encoding: chunked", "", "9", "abc"],
	]) {
		await using client = await RawClient.open(server.port);
		client.send("POST / HTTP/1.1", "host: test", ...lines);
		client.socket.end();
		assert.match(await client.receive(/\r\n\r\n/), /^HTTP\/1\.1 400 /);
	}
});

test("a body that is coded as well as chunked is refused", async () => {
	await using server = await startServer(async (request) => {
		await request.bytes();
		return text("taken");
	});
	const answer = await answerTo(
		server.port,
		...["POST / HTTP/1.1", "host: test", "transfer-encoding: gzip, chunked"],
		...["", "3", "abc", "0", "", ""],
	);
	assert.match(answer, /^HTTP\/1\.1 (?:400|501) /);
});

test("a request without a body has no pieces", async () => {
	await using server = await startServer(async (request) => {
		const pieces = await Array.fromAsync(request.stream());
		return text(`${pieces.length} pieces`);
	});
	await using client = await RawClient.open(server.port);
	client.send("POST / HTTP/1.1", "host: test", "content-length: 0", "", "");
	await client.receive("0 pieces");
});

for (const host of ["a:b", "[::1", "a:80:80", "a b"]) {
	test(`a GET with the Host ${host} is refused`, async () => {
		await using server = await startServer(() => text("taken"));
		await using client = await RawClient.open(server.port);
		for (let times = 0; times < 2; times++) {
			client.send("GET / HTTP/1.1", "host: right:80", "", "");
			await client.receive("taken");
			client.received = "";
		}
		client.send("GET / HTTP/1.1", `host: ${host}`, "", "");
		assert.match(await client.receive(/\r\n\r\n/), /^HTTP\/1\.1 400 /);
	});
}

test("the host of an absolute target stands among the headers", async () => {
	await using server = await startServer((request) =>
		text(
			`${request.url} ${request.headers.get("host")} ${new Headers(request.headers).get("host")}`,
		),
	);
	await using client = await RawClient.open(server.port);
	client.send("GET http://a:81/x HTTP/1.1", "host: b", "", "");
	await client.receive("http://a:81/x a:81 a:81");
});

for (const engine of ["native", "node"] as const) {
	test(`cookies of several lines are parted by semicolons (${engine})`, async () => {
		await using server = await startServer(
			(request) =>
				text(`${request.headers.get("cookie")} ${request.header("cookie")}`),
			{ engine },
		);
		await using client = await RawClient.open(server.port);
		client.request("/", "cookie: a=1", "cookie: b=2");
		await client.receive("a=1; b=2 a=1; b=2");
	});

	test(`a long body of a GET does not hold up the connection (${engine})`, async () => {
		await using server = await startServer(() => text("taken"), { engine });
		await using client = await RawClient.open(server.port);
		client.request("/", "content-length: 250000");
		client.send("x".repeat(250_000));
		await client.receive("taken");
		client.received = "";
		client.request("/");
		await Promise.race([client.receive("taken"), client.closed]);
	});
}

if (isNative) {
	test("how many connections may wait is no reason for node:http", async () => {
		await using server = await startServer(() => text("taken"), {
			backlog: 5,
		});
		assert.equal(server.log.lines.length, 1); // that it listens
		assert.equal(await (await fetch(server.url)).text(), "taken");
	});
}
