import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, dependency } from "../../src/index.ts";
import { LeakError, TestClient } from "../../src/testing.ts";

const quiet = { error() {}, warn() {}, info() {} };

test("an error that nothing answers is thrown: where the socket opens, where it is closed, or where the client is", async () => {
	const app = new App({ logger: quiet });
	app.websocket("/{when}", async ({ when }, socket) => {
		if (when === "late") {
			await socket.accept();
		}
		throw new TypeError(when);
	});
	const client = await TestClient.start(app);
	await assert.rejects(client.websocket("/early"), /early/);
	const socket = await client.websocket("/late");
	assert.equal((await socket.closed).code, 1011);
	await assert.rejects(socket.close(), /late/);
	await socket.close(); // it is told once
	await client.websocket("/late");
	await assert.rejects(client.close(), /late/);
});

test("closing a socket waits for what its handler still does", async () => {
	const log: string[] = [];
	const app = new App();
	const held = dependency(async function* () {
		try {
			yield 1;
		} finally {
			await new Promise((resolve) => setImmediate(resolve));
			log.push("released");
		}
	});
	app.websocket("/", { held }, async (_values, socket) => {
		for await (const _ of socket) {
			// until the client leaves
		}
		await new Promise((resolve) => setImmediate(resolve));
		log.push("handler ends");
	});
	await using client = await TestClient.start(app);
	{
		await using _socket = await client.websocket("/");
	}
	assert.deepEqual(log, ["handler ends", "released"]);
});

test("a handler that does not end is told by the time, and is a leak", async () => {
	const app = new App();
	app.websocket("/", async function stuck(_values, socket) {
		await socket.accept();
		await new Promise(() => {});
	});
	const client = await TestClient.start(app, { settleTimeoutMs: 30 });
	const socket = await client.websocket("/");
	await assert.rejects(
		socket.close(),
		/^Error: WS \/: the handler or its dependencies were still running 0\.03 s after/,
	);
	await assert.rejects(client.close(), (error) => {
		assert.ok(error instanceof AggregateError);
		const [late, leak] = error.errors;
		assert.match(String(late), /requests were still running/);
		assert.ok(leak instanceof LeakError);
		assert.match(leak.message, /socket "WS \/", begun during WS \//);
		return true;
	});
});

test("closing the client closes its sockets with 1012, in the order of a stop", async () => {
	const log: string[] = [];
	const pool = dependency(
		async function* () {
			yield 1;
			log.push("pool released");
		},
		{ scope: "app" },
	);
	const app = new App();
	app.websocket("/", { pool }, async (_values, socket) => {
		for await (const message of socket) {
			log.push(`got ${message}`);
		}
		log.push(`handler ends, ${socket.signal.reason}`);
	});
	const client = await TestClient.start(app);
	const socket = await client.websocket("/");
	await socket.sendText("a");
	await client.close();
	assert.equal((await socket.closed).code, 1012);
	assert.deepEqual(log, ["got a", "handler ends, shutdown", "pool released"]);
});

test("messages are typed by a schema, and a wrong kind is told", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.send({ n: 1 });
		await socket.send({ n: "x" });
		await socket.send("text");
		await socket.send(new Uint8Array([1]));
		await socket.send("last");
	});
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("ws://testserver/");
	const Numbered = z.object({ n: z.int() });
	assert.equal((await socket.receiveJson(Numbered)).n, 1);
	await assert.rejects(
		socket.receiveJson(Numbered),
		/WS \/: a message does not fit: .*int_/,
	);
	await assert.rejects(socket.receiveBytes(), /expected bytes, got the text/);
	await assert.rejects(socket.receiveText(), /expected a text message, got 1/);
	const rest: unknown[] = [];
	for await (const message of socket) {
		rest.push(message);
	}
	assert.deepEqual(rest, ["last"]);
});

test("headers, cookies and query are those of the client and of the socket", async () => {
	const app = new App();
	app.get("/login", (_values, request) => {
		request.beforeSend((response) => response.setCookie("session", "s"));
		return 1;
	});
	app.websocket("/", (_values, socket) =>
		socket.send([
			socket.request.cookies,
			socket.request.header("x-a"),
			socket.request.search,
			socket.request.client,
			socket.request.header("sec-websocket-version"),
		]),
	);
	await using client = await TestClient.start(app, {
		headers: { "x-a": "client" },
		query: { q: 1 },
	});
	await client.get("/login");
	await using socket = await client.websocket("/?r=2", {
		cookies: { own: "o" },
		client: { host: "203.0.113.7", port: 7 },
	});
	assert.deepEqual(await socket.receiveJson(), [
		{ session: "s", own: "o" },
		"client",
		"?r=2&q=1",
		{ host: "203.0.113.7", port: 7 },
		"13",
	]);
});

test("what no client can send is refused where it stands", async () => {
	const app = new App({ logger: quiet });
	app.websocket("/", async (_values, socket) => {
		for await (const message of socket) {
			await socket.send(message);
		}
	});
	await using client = await TestClient.start(app);
	await assert.rejects(
		client.websocket(undefined as never),
		/WS: url must be a path/,
	);
	await assert.rejects(
		client.websocket("/", { subprotocols: ["a b"] }),
		/subprotocols must be a list of tokens/,
	);
	await using socket = await client.websocket("/");
	await assert.rejects(
		socket.sendBytes("text" as never),
		/WS \/: sendBytes\(\): bytes must be a Uint8Array/,
	);
	await assert.rejects(socket.sendText(5 as never), /text must be a text/);
	await assert.rejects(
		socket.sendJson(undefined),
		/the value itself is undefined/,
	);
	for (const code of [99, 1015, 2999, 5000, "1000"]) {
		await assert.rejects(socket.close(code as number), RangeError);
	}
	await assert.rejects(socket.close(4000, "x".repeat(124)), RangeError);
	await socket.close(1005);
	assert.equal((await socket.closed).code, 1005);
});

test("nothing at all, thrown by a handler, is an error too", async () => {
	const app = new App({ logger: quiet });
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		throw undefined;
	});
	await using client = await TestClient.start(app);
	const socket = await client.websocket("/");
	const thrown = await socket.close().then(
		() => "nothing was thrown",
		(error: unknown) => error,
	);
	assert.equal(thrown, undefined);
});
