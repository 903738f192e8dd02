import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { App, dependency, type ServeOptions, serve } from "../../src/index.ts";
import type { Server } from "../../src/server/lifecycle/server.ts";
import { until } from "../support/until.ts";
import { LogLines } from "./port-app.ts";
import { frame, handshake, ping, pong, RawSocket, text } from "./raw-socket.ts";

function serveTest(app: App, options: ServeOptions = {}): Promise<Server> {
	return serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
		...options,
	});
}

/** An app whose log says in which order things end. */
function loggedApp(log: string[]): App {
	const scoped = (scope: "app" | "request" | "function") =>
		dependency(
			async function* () {
				yield scope;
				log.push(`${scope} released`);
			},
			{ scope },
		);
	const app = new App();
	app.websocket(
		"/",
		{
			app: scoped("app"),
			request: scoped("request"),
			function: scoped("function"),
		},
		async (_values, socket) => {
			socket.signal.addEventListener("abort", () =>
				log.push(`signal ${socket.signal.reason}`),
			);
			for await (const message of socket) {
				await socket.send(message);
			}
			log.push("handler ends");
		},
	);
	return app;
}

test("a stop sends 1012, ends the loop, waits for the handler and then releases, in this order", async () => {
	const log: string[] = [];
	const server = await serveTest(loggedApp(log));
	await using client = await RawSocket.open(server.port, "/");
	client.send(frame(text, "a"));
	assert.equal(await client.nextText(), "a");
	assert.equal(server.stats().sockets, 1);
	const closing = server.close();
	assert.equal(await client.closeCode(), 1012);
	client.send(frame(8, Buffer.from([0x03, 0xf4])));
	await closing;
	assert.deepEqual(log, [
		"signal shutdown",
		"handler ends",
		"function released",
		"request released",
		"app released",
	]);
	assert.equal(server.stats().sockets, 0);
});

test("a client that does not answer the close frame is cut after drainTimeoutMs; nothing is released before", async () => {
	const log: string[] = [];
	const lines = new LogLines();
	const server = await serveTest(loggedApp(log), {
		drainTimeoutMs: 50,
		log: lines,
	});
	await using client = await RawSocket.open(server.port, "/");
	await assert.rejects(
		server.close(),
		/1 request was cut off after 0\.05 s: WebSocket \/ \(open for \d+\.\d s\)/,
	);
	assert.equal(await client.closeCode(), 1012);
	assert.deepEqual(log, [
		"signal shutdown",
		"handler ends",
		"function released",
		"request released",
		"app released",
	]);
});

test("a handler that goes on after the stop has drainTimeoutMs, and what it uses is there until it ends", async () => {
	const log: string[] = [];
	const pool = dependency(
		async function* () {
			yield { isOpen: true };
			log.push("pool released");
		},
		{ scope: "app" },
	);
	const app = new App();
	app.websocket("/", { pool }, async ({ pool }, socket) => {
		await socket.accept();
		await once(socket.signal, "abort");
		for (let turn = 0; turn < 100; turn++) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		log.push(`handler ends, pool ${pool.isOpen}`);
	});
	const server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	const closing = server.close();
	assert.equal(await client.closeCode(), 1012);
	client.socket.end(frame(8, Buffer.from([0x03, 0xf4])));
	await closing;
	assert.deepEqual(log, ["handler ends, pool true", "pool released"]);
});

test("a socket whose handshake is answered while the server stops is closed with 1012 at once", async () => {
	const go = Promise.withResolvers<void>();
	const begun = Promise.withResolvers<void>();
	const slow = dependency(async () => {
		begun.resolve();
		await go.promise;
	});
	const app = new App();
	app.websocket("/", { slow }, async (_values, socket) => {
		for await (const _ of socket) {
			// none comes
		}
	});
	const server = await serveTest(app);
	const opening = RawSocket.open(server.port, "/");
	await begun.promise;
	const closing = server.close();
	await new Promise((resolve) => setTimeout(resolve, 50)); // it must have begun to stop
	go.resolve();
	await using client = await opening;
	assert.equal(client.status, 101);
	assert.equal(await client.closeCode(), 1012);
	client.socket.end(frame(8, Buffer.from([0x03, 0xf4])));
	await closing;
});

test("a client that is gone without a word: no pong, then 1006, and finally runs", async () => {
	const ends: unknown[] = [];
	const app = new App();
	app.websocket(
		{ path: "/", limits: { pingMs: 20, pongMs: 40 } },
		async (_values, socket) => {
			try {
				await socket.receive();
			} finally {
				ends.push(socket.signal.reason.code);
			}
		},
	);
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	const asked = await client.next();
	assert.equal(asked?.head, 0x80 | ping);
	assert.equal(await client.closeCode(), 1006);
	await until(() => ends.length === 1);
	assert.deepEqual(ends, [1006]);
});

test("a client that answers pings stays, however long it says nothing else", async () => {
	const app = new App();
	app.websocket(
		{ path: "/", limits: { pingMs: 10, pongMs: 20_000 } },
		async (_values, socket) => {
			for await (const message of socket) {
				await socket.send(message);
			}
		},
	);
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	for (let count = 0; count < 5; count++) {
		const asked = await client.next();
		assert.equal(asked?.head, 0x80 | ping);
		client.send(frame(pong, asked.payload));
	}
	client.send(frame(text, "here"));
	for (;;) {
		const next = await client.next();
		if (next?.head !== (0x80 | ping)) {
			assert.equal(next?.payload.toString(), "here");
			break;
		}
	}
});

test("a client that goes away while its handshake waits aborts the signal, and is never accepted", async () => {
	const begun = Promise.withResolvers<void>();
	const log: string[] = [];
	const slow = dependency(async function* (_values, request) {
		begun.resolve();
		await once(request.signal, "abort");
		log.push(request.signal.reason.name);
		try {
			yield 1;
		} finally {
			log.push("released");
		}
	});
	const app = new App();
	app.websocket("/", { slow }, async (_values, socket) => {
		await assert.rejects(socket.accept(), { code: 1006 });
		log.push(`accepted ${socket.isAccepted}`);
	});
	await using server = await serveTest(app);
	const opening = RawSocket.open(server.port, "/", handshake);
	opening.catch(() => {});
	await begun.promise;
	RawSocket.last?.destroy();
	await until(() => log.length === 3);
	assert.deepEqual(log, ["ClientGoneError", "accepted false", "released"]);
});

test("a reader that takes nothing makes send wait; when it reads, all comes", async () => {
	const sizeBytes = 65_536;
	const count = 400;
	let sent = 0;
	const app = new App();
	app.websocket(
		{ path: "/", limits: { bufferBytes: 100_000 } },
		async (_values, socket) => {
			const message = new Uint8Array(sizeBytes);
			for (; sent < count; sent++) {
				await socket.send(message);
			}
		},
	);
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	client.socket.pause();
	let before = -1;
	while (before !== sent) {
		before = sent;
		await new Promise((resolve) => setTimeout(resolve, 100)); // until nothing moves any more
	}
	assert.ok(sent < count, `all ${sent} were taken by somebody`);
	client.socket.resume();
	for (let received = 0; received < count; received++) {
		assert.equal((await client.next())?.payload.length, sizeBytes);
	}
	assert.equal(await client.closeCode(), 1000);
});

test("a handler that reads nothing makes the client wait; when it reads, all comes", async () => {
	const go = Promise.withResolvers<void>();
	const message = frame(text, Buffer.alloc(65_536, "a"));
	const count = 400;
	let received = 0;
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		await go.promise;
		for await (const _ of socket) {
			received++;
			if (received === count) {
				break;
			}
		}
	});
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	for (let sent = 0; sent < count; sent++) {
		client.socket.write(message);
	}
	let before = -1;
	while (before !== client.socket.writableLength) {
		before = client.socket.writableLength;
		await new Promise((resolve) => setTimeout(resolve, 100)); // until nothing moves any more
	}
	assert.ok(before > 0, "the server has read all");
	go.resolve();
	assert.equal(await client.closeCode(), 1000);
	assert.equal(received, count);
});

test("messages are compressed where the route says so and the client offers it", async () => {
	const app = new App();
	app.websocket(
		{ path: "/", limits: { compression: true } },
		(_values, socket) => socket.sendText("a".repeat(10_000)),
	);
	app.websocket("/plain", (_values, socket) => socket.accept());
	await using server = await serveTest(app);
	const offer = [...handshake, "sec-websocket-extensions: permessage-deflate"];
	await using client = await RawSocket.open(server.port, "/", offer);
	assert.match(client.head, /sec-websocket-extensions: permessage-deflate/i);
	const message = await client.next();
	assert.equal(message?.head, 0x80 | 0x40 | text);
	assert.ok(message.payload.length < 100);
	await using plain = await RawSocket.open(server.port, "/plain", offer);
	assert.doesNotMatch(plain.head, /sec-websocket-extensions/i);
	const unknown = [
		...handshake,
		"sec-websocket-extensions: permessage-deflate; x",
	];
	await using declined = await RawSocket.open(server.port, "/", unknown);
	assert.equal(declined.status, 101);
	assert.doesNotMatch(declined.head, /sec-websocket-extensions/i);
	assert.equal((await declined.next())?.payload.length, 10_000);
});

test("broken compressed data closes a socket with 1007, or 1002 where nothing is compressed, and nothing else", async () => {
	const app = new App();
	app.websocket(
		{ path: "/", limits: { compression: true } },
		async (_values, socket) => {
			for await (const message of socket) {
				await socket.send(message);
			}
		},
	);
	await using server = await serveTest(app);
	const offer = [...handshake, "sec-websocket-extensions: permessage-deflate"];
	const isCompressed = !("Deno" in globalThis);
	for (const broken of [
		Buffer.from([1, 2, 3, 255, 0, 9]),
		Buffer.from([0xff]),
	]) {
		await using client = await RawSocket.open(server.port, "/", offer);
		client.send(frame(text, broken, { reserved: 4 }));
		assert.equal(await client.closeCode(), isCompressed ? 1007 : 1002);
	}
	await using other = await RawSocket.open(server.port, "/", offer);
	other.send(frame(text, "still there"));
	assert.equal(await other.nextText(), "still there");
});

test("a request before the handshake on the same connection is answered before it", async () => {
	const app = new App();
	app.get("/slow", async () => {
		await new Promise((resolve) => setImmediate(resolve));
		return "slow";
	});
	app.websocket("/", (_values, socket) => socket.sendText("socket"));
	await using server = await serveTest(app);
	const first = ["host: test", "", "GET / HTTP/1.1"];
	await using client = await RawSocket.open(server.port, "/slow", [
		...first,
		...handshake,
	]);
	assert.match(client.head, /^HTTP\/1\.1 200 OK/);
	client.socket.end(frame(8, Buffer.from([0x03, 0xe8])));
	const rest = await client.rest();
	assert.match(rest, /^"slow"HTTP\/1\.1 101 Switching Protocols/);
	assert.match(rest, /socket/);
});
