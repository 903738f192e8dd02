import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const badRequest = '{"detail":"Bad Request"}';

suite("behind a request that is being answered", () => {
	const what: Readonly<Record<string, readonly string[]>> = {
		"what is no HTTP": ["GARBAGE", "", ""],
		"a line that is too long": [`GET / HTTP/1.1`, `a: ${"x".repeat(20_000)}`],
		"a request with two lengths": [
			"POST / HTTP/1.1",
			"content-length: 1",
			"content-length: 2",
			"",
			"",
		],
	};
	for (const [name, lines] of Object.entries(what)) {
		test(`${name} is refused after the answer`, async () => {
			const gate = Promise.withResolvers<void>();
			await using server = await startServer(async () => {
				await gate.promise;
				return text("first");
			});
			await using client = await RawClient.open(server.port);
			client.request("/");
			client.request("/");
			client.send(...lines);
			client.send(...lines);
			gate.resolve();
			await client.closed;
			assert.match(
				client.received,
				/^HTTP\/1\.1 200 .*\r\n\r\nfirstHTTP\/1\.1 200 .*\r\n\r\nfirstHTTP\/1\.1 4[03][01] .*"}$/s,
			);
			assert.equal(client.received.match(/HTTP\/1\.1/g)?.length, 3);
		});
	}

	test("the rest of a connection that the client has closed is not read", async () => {
		const paths: string[] = [];
		await using server = await startServer(async ({ source }) => {
			paths.push(source.target);
			await new Promise(setImmediate);
			return text("ok");
		});
		await using client = await RawClient.open(server.port);
		client.send(
			"GET /one HTTP/1.1",
			"host: a",
			"connection: close",
			"",
			"GET /two HTTP/1.1",
			"host: a",
			"",
			"",
		);
		await client.closed;
		assert.match(client.received, /^HTTP\/1\.1 200 .*\r\n\r\nok$/s);
		assert.deepEqual(paths, ["/one"]);
	});

	test("a body that is wrong is its own request's", async () => {
		await using server = await startServer(async (request) => {
			await request.bytes();
			return text("read");
		});
		await using client = await RawClient.open(server.port);
		client.send(
			"POST / HTTP/1.1",
			"host: a",
			"transfer-encoding: chunked",
			"",
			"zz",
			"",
		);
		await client.closed;
		assert.match(client.received, /^HTTP\/1\.1 400 /);
		assert.ok(client.received.endsWith(badRequest));
	});

	test("what is wrong is told though the first goes on after its answer", async () => {
		const gate = Promise.withResolvers<void>();
		await using server = await startServer(async (request) => {
			request.whenSettled(() => gate.promise);
			await new Promise(setImmediate);
			return text("two");
		});
		await using client = await RawClient.open(server.port);
		client.request("/");
		client.send("GARBAGE", "", "");
		await client.receive(badRequest);
		gate.resolve();
		await client.closed;
		assert.match(client.received, /^HTTP\/1\.1 200 .*two.*HTTP\/1\.1 400 /s);
	});
});
