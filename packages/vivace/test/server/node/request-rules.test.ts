import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const chunkedBody = ["", "3", "abc", "0", "", ""];

const cases: readonly {
	readonly name: string;
	readonly lines: readonly string[];
	readonly status: number;
	readonly body: string;
}[] = [
	{
		name: "a request without Host (RFC 9112 §3.2)",
		lines: ["GET / HTTP/1.1", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "two Host headers",
		lines: ["GET / HTTP/1.1", "host: a", "Host: b", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "the same Host twice",
		lines: ["GET / HTTP/1.1", "host: a", "host: a", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "a Host with a path in it",
		lines: ["GET / HTTP/1.1", "host: a/b", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "a Host with a user in it",
		lines: ["GET / HTTP/1.1", "host: ada@a", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "a Host of an address in brackets, with a port",
		lines: ["GET /a?b HTTP/1.1", "host: [::1]:8000", "", ""],
		status: 200,
		body: "http://[::1]:8000/a?b",
	},
	{
		name: "an empty Host",
		lines: ["GET /a HTTP/1.1", "host:", "", ""],
		status: 200,
		body: "http://localhost/a",
	},
	{
		name: "HTTP/1.0 without Host",
		lines: ["GET /a HTTP/1.0", "", ""],
		status: 200,
		body: "http://localhost/a",
	},
	{
		name: "an absolute form beside another Host (RFC 9112 §3.2.2)",
		lines: ["GET http://a:81/x?y HTTP/1.1", "host: b", "", ""],
		status: 200,
		body: "http://a:81/x?y",
	},
	{
		name: "an absolute form with an invalid Host",
		lines: ["GET http://a/x HTTP/1.1", "host: b/c", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "an absolute form with a user in it",
		lines: ["GET http://ada@a/x HTTP/1.1", "host: a", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "an absolute form of another scheme",
		lines: ["GET ftp://a/x HTTP/1.1", "host: a", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "a transfer coding that is not understood (RFC 9112 §6.1)",
		lines: [
			"POST / HTTP/1.1",
			"host: a",
			"transfer-encoding: gzip, chunked",
			...chunkedBody,
		],
		status: 501,
		body: '{"detail":"Not Implemented"}',
	},
	{
		name: "two lines of transfer codings",
		lines: [
			"POST / HTTP/1.1",
			"host: a",
			"transfer-encoding: gzip",
			"transfer-encoding: chunked",
			...chunkedBody,
		],
		status: 501,
		body: '{"detail":"Not Implemented"}',
	},
	{
		name: "a body without an end (RFC 9112 §6.3)",
		lines: ["POST / HTTP/1.1", "host: a", "transfer-encoding: gzip", "", ""],
		status: 400,
		body: '{"detail":"Bad Request"}',
	},
	{
		name: "a chunked body, in capitals",
		lines: [
			"POST /a HTTP/1.1",
			"host: a",
			"transfer-encoding: CHUNKED",
			...chunkedBody,
		],
		status: 200,
		body: "http://a/a",
	},
	{
		name: "an expectation that nobody knows (RFC 9110 §10.1.1)",
		lines: ["GET / HTTP/1.1", "host: a", "expect: the-best", "", ""],
		status: 417,
		body: '{"detail":"Expectation Failed"}',
	},
	{
		name: "CONNECT (RFC 9110 §9.3.6)",
		lines: ["CONNECT a:443 HTTP/1.1", "host: a:443", "", ""],
		status: 501,
		body: '{"detail":"Not Implemented"}',
	},
];

for (const { name, lines, status, body } of cases) {
	test(`${name} is answered with ${status}`, async () => {
		await using server = await startServer((request) => text(request.url));
		await using client = await RawClient.open(server.port);
		client.send(...lines);
		await client.receive(body);
		assert.match(client.received, new RegExp(`^HTTP/1\\.1 ${status} `));
		assert.ok(client.received.endsWith(`\r\n\r\n${body}`));
		if (status === 200) {
			return;
		}
		assert.match(client.received, /\r\ncontent-type: application\/json\r\n/i);
		assert.match(client.received, /\r\nconnection: close\r\n/i);
		await client.closed;
	});
}

test("what the target says of the host is what every reader of headers sees", async () => {
	await using server = await startServer((request) =>
		text(
			`${request.source.header("host")} ${JSON.stringify([...request.source.headerEntries()])}`,
		),
	);
	await using client = await RawClient.open(server.port);
	client.send("GET http://a/x HTTP/1.1", "host: b", "", "");
	await client.receive('a [["host","a"]]');
});

test("CONNECT behind a request that is being answered closes the connection", async () => {
	const gate = Promise.withResolvers<void>();
	await using server = await startServer(async () => {
		await gate.promise;
		return text("late");
	});
	await using client = await RawClient.open(server.port);
	client.send("GET / HTTP/1.1", "host: a", "", "");
	client.send("CONNECT a:443 HTTP/1.1", "host: a:443", "", "");
	await client.closed;
	assert.equal(client.received, "");
	gate.resolve();
});
