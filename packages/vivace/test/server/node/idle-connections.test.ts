import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const keepAliveTimeoutMs = 3000;
/** As long as clients are told, and the second that is given to those that believe it. */
const limitMs = 4000;

suite("a connection that is kept", () => {
	test("is closed when nothing has come on it for longer than clients are told", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		await using server = await startServer(() => text("hello"), {
			keepAliveTimeoutMs,
		});
		await using client = await RawClient.open(server.port);
		for (const count of [1, 2]) {
			client.request("/");
			await client.receive(new RegExp(`(hello[\\s\\S]*){${count}}`));
			assert.match(client.received, /Keep-Alive: timeout=3\r\n/);
			context.mock.timers.tick(limitMs - 100);
		}
		context.mock.timers.tick(limitMs / 4);
		assert.equal(await client.closed, undefined);
	});

	test("is not closed while a request is answered, before the first, nor without a limit", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		const asked = Promise.withResolvers<void>();
		const answer = Promise.withResolvers<void>();
		const handle = async () => {
			asked.resolve();
			await answer.promise;
			return text("late");
		};
		await using server = await startServer(handle, { keepAliveTimeoutMs });
		await using endless = await startServer(() => text("hello"), {
			keepAliveTimeoutMs: 0,
		});
		await using unlimited = await RawClient.open(endless.port);
		unlimited.request("/");
		await unlimited.receive("hello");
		await using fresh = await RawClient.open(server.port);
		await using client = await RawClient.open(server.port);
		client.request("/");
		await asked.promise;
		context.mock.timers.tick(10 * limitMs);
		answer.resolve();
		await client.receive("late");
		fresh.request("/");
		await fresh.receive("late");
		unlimited.request("/");
		await unlimited.receive(/hello[\s\S]*hello/);
		assert.doesNotMatch(unlimited.received, /timeout=/);
	});

	test("is not closed before the first request is there as a whole", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		await using server = await startServer(() => text("hello"), {
			keepAliveTimeoutMs,
		});
		await using client = await RawClient.open(server.port);
		await using other = await RawClient.open(server.port);
		client.send("GET / HTTP/1.1", "ho");
		other.request("/", "connection: close"); // comes behind the bytes of the first
		await other.closed;
		context.mock.timers.tick(10 * limitMs);
		client.send("st: test", "", "");
		await client.receive("hello");
	});

	test("has the whole time from the end of its last answer on", async (context) => {
		context.mock.timers.enable({ apis: ["setInterval"] });
		const asked = Promise.withResolvers<void>();
		const answer = Promise.withResolvers<void>();
		const handle = async () => {
			asked.resolve();
			await answer.promise;
			return text("hello");
		};
		const timeoutMs = 10_000;
		await using server = await startServer(handle, {
			keepAliveTimeoutMs: timeoutMs,
		});
		await using client = await RawClient.open(server.port);
		client.request("/");
		await asked.promise;
		context.mock.timers.tick(timeoutMs);
		answer.resolve();
		await client.receive("hello");
		context.mock.timers.tick(timeoutMs);
		client.request("/");
		await client.receive(/hello[\s\S]*hello/);
	});
});
