import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { z } from "zod";
import { ResponseValidationError } from "../../src/exceptions.ts";
import {
	App,
	type AppOptions,
	serve,
	WebSocket,
	type WebSocketDisconnect,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { handshake, RawSocket } from "../server/raw-socket.ts";
import { until } from "../support/until.ts";

const quiet = { error() {}, warn() {}, info() {} };

/** An app whose sockets wait in a group until they are closed. */
function groupApp(limits: AppOptions = {}): [App, Set<WebSocket>] {
	const app: App = new App(limits);
	const group = new Set<WebSocket>();
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		group.add(socket);
		for await (const _ of socket) {
			// nobody sends
		}
	});
	return [app, group];
}

suite("WebSocket.broadcast", () => {
	test("gives texts and bytes as they are, other values as JSON, to all", async () => {
		const [app, group] = groupApp();
		await using client = await TestClient.start(app);
		await using first = await client.websocket("/");
		await using second = await client.websocket("/");
		await WebSocket.broadcast(group, "grüß Gott");
		await WebSocket.broadcast([...group], Uint8Array.of(1, 2));
		await WebSocket.broadcast(group.values(), { at: new Date(0) });
		for (const socket of [first, second]) {
			assert.equal(await socket.receiveText(), "grüß Gott");
			assert.deepEqual(await socket.receiveBytes(), Uint8Array.of(1, 2));
			assert.equal(
				await socket.receiveText(),
				'{"at":"1970-01-01T00:00:00+00:00"}',
			);
		}
		await assert.rejects(WebSocket.broadcast(group, undefined), TypeError);
		const byName = new Map([...group].map((socket) => ["ada", socket]));
		await assert.rejects(
			WebSocket.broadcast(byName as never, "hello"),
			/VIV_OPTION: WebSocket\.broadcast\(\): sockets must be .*map\.values\(\)/,
		);
	});

	test("passes those over that are closed", async () => {
		const [app, group] = groupApp();
		await using client = await TestClient.start(app);
		await using gone = await client.websocket("/");
		await using there = await client.websocket("/");
		await gone.close();
		const [closed] = group;
		await until(() => closed?.isClosed === true);
		await WebSocket.broadcast(group, "still there?");
		assert.equal(await there.receiveText(), "still there?");
	});

	test("writes a value once for each route, by what that sends", async () => {
		let writes = 0;
		const Point = z.object({ x: z.int() }).refine(() => {
			writes++;
			return true;
		});
		const app = new App();
		const points = new Set<WebSocket<unknown, { x: number }>>();
		const anything = new Set<WebSocket>();
		app.websocket({ path: "/points", sends: Point }, async (_, socket) => {
			await socket.accept();
			points.add(socket);
			await socket.receive();
		});
		app.websocket("/anything", async (_, socket) => {
			await socket.accept();
			anything.add(socket);
			await socket.receive();
		});
		await using client = await TestClient.start(app);
		await using one = await client.websocket("/points");
		await using two = await client.websocket("/points");
		await using three = await client.websocket("/anything");
		const value = { x: 1, secret: 2 };
		const [first, second] = [...points];
		assert.ok(first !== undefined && second !== undefined);
		await WebSocket.broadcast([first, ...anything, second], value);
		assert.equal(await one.receiveText(), '{"x":1}');
		assert.equal(await two.receiveText(), '{"x":1}');
		assert.equal(await three.receiveText(), '{"x":1,"secret":2}');
		assert.equal(writes, 1);
		await assert.rejects(
			WebSocket.broadcast(points, { x: 0.5 }),
			ResponseValidationError,
		);
	});

	test("gives it to all before it waits for who is slow, until that is closed", async () => {
		const [app, group] = groupApp({ sockets: { limits: { bufferBytes: 4 } } });
		await using client = await TestClient.start(app);
		await using slow = await client.websocket("/");
		await using quick = await client.websocket("/");
		await using leaving = await client.websocket("/");
		let isSent = false;
		const sending = WebSocket.broadcast(group, "12345").then(() => {
			isSent = true;
		});
		assert.equal(await quick.receiveText(), "12345");
		await leaving.close();
		assert.equal(isSent, false);
		assert.equal(await slow.receiveText(), "12345");
		await sending;
	});

	test("drops it for who is slow, where the limits say so", async () => {
		const [app, group] = groupApp({
			sockets: { limits: { bufferBytes: 4, onSlow: "drop" } },
		});
		await using client = await TestClient.start(app);
		await using slow = await client.websocket("/");
		await WebSocket.broadcast(group, "12345");
		await WebSocket.broadcast(group, "67890");
		const [socket] = group;
		assert.equal(socket?.dropped, 1);
		assert.equal(await slow.receiveText(), "12345");
		await WebSocket.broadcast(group, "after");
		assert.equal(await slow.receiveText(), "after");
	});

	test("opens a handshake that nobody has answered", async () => {
		const app = new App();
		const ended: WebSocketDisconnect[] = [];
		app.websocket("/", async (_values, socket) => {
			await WebSocket.broadcast([socket], "first");
			await socket.receive().catch((error) => ended.push(error));
			await WebSocket.broadcast([socket], "never");
		});
		await using client = await TestClient.start(app);
		await using socket = await client.websocket("/");
		assert.equal(await socket.receiveText(), "first");
		await socket.close();
		await until(() => ended.length === 1);
	});
});

suite("WebSocket.broadcast on the wire", () => {
	const lengths = [0, 125, 126, 65_535, 65_536, 200_000];
	const compressing = [
		...handshake,
		"sec-websocket-extensions: permessage-deflate",
	];

	for (const compression of [false, true]) {
		test(`frames are right at all lengths${compression ? ", compressed" : ""}, between other messages`, async () => {
			const [app, group] = groupApp({
				sockets: { limits: { compression } },
			});
			await using server = await serve(app, {
				port: 0,
				signals: false,
				log: quiet,
			});
			await using one = await RawSocket.open(server.port, "/");
			await using two = await RawSocket.open(
				server.port,
				"/",
				compression ? handshake : compressing,
			);
			const web = new globalThis.WebSocket(`ws://127.0.0.1:${server.port}/`);
			web.binaryType = "arraybuffer";
			const received: unknown[] = [];
			web.onmessage = ({ data }) => received.push(data);
			await until(() => group.size === 3);
			const [first, ...others] = group;
			for (const length of lengths) {
				const text = "ä".repeat(length / 2).padEnd(length - length / 2, "x");
				await first?.send("before");
				await WebSocket.broadcast(group, text);
				await WebSocket.broadcast(group, new Uint8Array(length).fill(7));
				for (const other of others) {
					await other.send("before");
				}
				for (const socket of [one, two]) {
					const isFirst = socket === one;
					if (isFirst) {
						assert.equal(await socket.nextText(), "before");
					}
					assert.equal(await socket.nextText(), text);
					const frame = await socket.next();
					assert.equal(frame?.head, 0x82);
					assert.deepEqual(
						frame?.payload,
						Buffer.from(new Uint8Array(length).fill(7)),
					);
					if (!isFirst) {
						assert.equal(await socket.nextText(), "before");
					}
				}
				await until(() => received.length === 3);
				const [got, bytes, last] = received.splice(0);
				assert.deepEqual([got, last], [text, "before"]);
				assert.equal((bytes as ArrayBuffer).byteLength, length);
			}
			web.close();
		});
	}
});
