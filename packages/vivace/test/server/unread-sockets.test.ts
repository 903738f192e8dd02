import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { App, serve } from "../../src/index.ts";
import { until } from "../support/until.ts";
import { LogLines } from "./port-app.ts";
import { frame, ping, pong, RawSocket, text } from "./raw-socket.ts";

const quiet = { port: 0, signals: false, log: new LogLines() };
const message = (content: string) => frame(text, content.padEnd(500, "."));

test("a client that is gone while its messages wait unread is found: 1006, the signal aborts, finally runs", async () => {
	const ends: unknown[] = [];
	const app = new App();
	app.websocket(
		{ path: "/", limits: { messageBytes: 1000, pingMs: 20, pongMs: 40 } },
		async (_values, socket) => {
			await socket.accept();
			try {
				await once(socket.signal, "abort");
			} finally {
				ends.push(socket.signal.reason.code);
			}
		},
	);
	await using server = await serve(app, quiet);
	await using client = await RawSocket.open(server.port, "/");
	client.send(message("1"), message("2"), message("3"));
	await until(() => ends.length === 1);
	assert.deepEqual(ends, [1006]);
	await until(() => server.stats().sockets === 0);
});

test("a client whose messages wait unread stays while it answers, and loses none", async () => {
	const go = Promise.withResolvers<void>();
	const received: string[] = [];
	const count = 40;
	const app = new App();
	app.websocket(
		{ path: "/", limits: { messageBytes: 1000, pingMs: 10, pongMs: 20_000 } },
		async (_values, socket) => {
			await socket.accept();
			await go.promise;
			for await (const each of socket) {
				received.push(String(each).replaceAll(".", ""));
				if (received.length === count) {
					break;
				}
			}
		},
	);
	await using server = await serve(app, quiet);
	await using client = await RawSocket.open(server.port, "/");
	for (let index = 0; index < count; index++) {
		client.send(message(String(index)));
	}
	for (let index = 0; index < 5; index++) {
		const asked = await client.next();
		assert.equal(asked?.head, 0x80 | ping);
		client.send(frame(pong, asked.payload));
	}
	go.resolve();
	assert.equal(await client.closeCode(), 1000);
	assert.deepEqual(
		received,
		Array.from({ length: count }, (_, index) => String(index)),
	);
});

test("a client that sends ever more unread is not read from for ever, nor cut", async () => {
	const go = Promise.withResolvers<void>();
	const large = frame(text, Buffer.alloc(65_536, "a"));
	const count = 400;
	let received = 0;
	const app = new App();
	app.websocket(
		{ path: "/", limits: { pingMs: 10, pongMs: 200 } },
		async (_values, socket) => {
			await socket.accept();
			await go.promise;
			for await (const _ of socket) {
				received++;
				if (received === count) {
					break;
				}
			}
		},
	);
	await using server = await serve(app, quiet);
	await using client = await RawSocket.open(server.port, "/");
	for (let sent = 0; sent < count; sent++) {
		client.socket.write(large);
	}
	let before = -1;
	let pings = 0;
	while (before !== client.socket.writableLength || pings < 40) {
		before = client.socket.writableLength;
		const asked = await client.next();
		assert.equal(asked?.head, 0x80 | ping);
		pings++;
	}
	assert.ok(before > 0, "the server has read all");
	client.socket.on("data", () => {
		// it answers from here on
		client.send(frame(pong));
	});
	go.resolve();
	assert.equal(await client.closeCode(), 1000);
	assert.equal(received, count);
});
