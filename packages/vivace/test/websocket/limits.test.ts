import assert from "node:assert/strict";
import { test } from "node:test";
import { App, WebSocketDisconnect } from "../../src/index.ts";
import { TestClient, WebSocketRefusedError } from "../../src/testing.ts";
import { SocketCount } from "../../src/websocket/socket-count.ts";
import { until } from "../support/until.ts";

const quiet = { error() {}, warn() {}, info() {} };

async function statusOf(opening: Promise<unknown>): Promise<number> {
	try {
		await opening;
		return 101;
	} catch (error) {
		assert.ok(error instanceof WebSocketRefusedError, String(error));
		return error.status;
	}
}

test("a message beyond messageBytes closes with 1009; the route's limit counts before the app's", async () => {
	const app = new App({ sockets: { limits: { messageBytes: 10 } } });
	app.websocket("/app", async (_values, socket) => {
		for await (const message of socket) {
			await socket.send(message);
		}
	});
	app.websocket(
		{ path: "/route", limits: { messageBytes: 20 } },
		async (_values, socket) => {
			for await (const message of socket) {
				await socket.send(message);
			}
		},
	);
	await using client = await TestClient.start(app);
	for (const [path, limit] of [
		["/app", 10],
		["/route", 20],
	] as const) {
		await using socket = await client.websocket(path);
		await socket.sendText("ä".repeat(limit / 2));
		assert.equal(await socket.receiveText(), "ä".repeat(limit / 2));
		await socket.sendBytes(new Uint8Array(limit + 1));
		assert.equal((await socket.closed).code, 1009);
	}
});

test("onSlow wait: send resolves when the client has read", async () => {
	const sent: number[] = [];
	const app = new App();
	app.websocket(
		{ path: "/", limits: { bufferBytes: 25 } },
		async (_values, socket) => {
			for (let count = 1; count <= 6; count++) {
				await socket.sendText("x".repeat(10));
				sent.push(count);
			}
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.deepEqual(sent, [1, 2]);
	for (let count = 0; count < 6; count++) {
		assert.equal(await socket.receiveText(), "x".repeat(10));
	}
	assert.equal((await socket.closed).code, 1000);
	assert.deepEqual(sent, [1, 2, 3, 4, 5, 6]);
});

test("onSlow wait: a handler that waits for nothing is closed with 1013, and the log says how to mend it", async () => {
	const lines: string[] = [];
	const app = new App({
		logger: { ...quiet, warn: (line: string) => lines.push(line) },
	});
	const errors: unknown[] = [];
	app.websocket(
		{ path: "/", limits: { bufferBytes: 10 } },
		async (_values, socket) => {
			await socket.accept();
			for (let count = 0; count < 100; count++) {
				socket.sendText("x".repeat(10)).catch((error) => errors.push(error));
			}
			await socket.receive();
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal((await socket.closed).code, 1013);
	const got: unknown[] = [];
	for await (const message of socket) {
		got.push(message);
	}
	assert.equal(got.length, 17);
	assert.ok(errors.length > 80);
	assert.ok(errors.every((error) => error instanceof WebSocketDisconnect));
	assert.equal(lines.length, 1);
	assert.match(
		lines[0] ?? "",
		/^WS \/: 170 bytes wait for a slow client, .*await socket\.send/,
	);
});

test("onSlow drop: what a slow client can't take is not sent, and counted", async () => {
	let dropped = 0;
	const go = Promise.withResolvers<void>();
	const app = new App();
	app.websocket(
		{ path: "/", limits: { bufferBytes: 5, onSlow: "drop" } },
		async (_values, socket) => {
			for (let count = 1; count <= 10; count++) {
				await socket.sendText(`${count}`.padEnd(3));
			}
			dropped = socket.dropped;
			await go.promise;
			await socket.sendText("after");
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	assert.equal(dropped, 8);
	assert.equal(await socket.receiveText(), "1  ");
	assert.equal(await socket.receiveText(), "2  ");
	go.resolve();
	assert.equal(await socket.receiveText(), "after");
});

test("onSlow close: a slow client is closed with 1013", async () => {
	const app = new App();
	app.websocket(
		{ path: "/", limits: { bufferBytes: 5, onSlow: "close" } },
		async (_values, socket) => {
			for (;;) {
				await socket.sendText("abc");
			}
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	const { code, reason } = await socket.closed;
	assert.deepEqual([code, reason], [1013, "the client reads too slowly"]);
});

test("a handler that reads slowly makes the client wait, and loses nothing", async () => {
	const go = Promise.withResolvers<void>();
	const got: string[] = [];
	const app = new App();
	app.websocket(
		{ path: "/", limits: { messageBytes: 10 } },
		async (_values, socket) => {
			await socket.accept();
			await go.promise;
			for await (const message of socket) {
				got.push(String(message));
			}
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	const taken: number[] = [];
	const sending = Array.from({ length: 6 }, (_, index) =>
		socket.sendText(`${index}`.repeat(5)).then(() => taken.push(index)),
	);
	await Promise.all(sending.slice(0, 2));
	assert.deepEqual(taken, [0, 1]);
	go.resolve();
	await Promise.all(sending);
	await until(() => got.length === 6);
	assert.deepEqual(
		got,
		Array.from({ length: 6 }, (_, index) => `${index}`.repeat(5)),
	);
});

test("a socket on which nothing comes or goes is closed with 1001", async () => {
	const app = new App();
	app.websocket(
		{ path: "/", limits: { idleMs: 500 } },
		async (_values, socket) => {
			for await (const message of socket) {
				await socket.send(message);
			}
		},
	);
	await using client = await TestClient.start(app);
	await using socket = await client.websocket("/");
	await socket.sendText("a");
	assert.equal(await socket.receiveText(), "a");
	assert.deepEqual(await socket.closed, { code: 1001, reason: "idle" });
});

test("sockets are counted in the app, with those of mounted apps, and in the route", async () => {
	const wait = async (_values: unknown, socket: AsyncIterable<unknown>) => {
		for await (const _ of socket) {
			// until the client leaves
		}
	};
	const inner = new App();
	inner.websocket("/", wait);
	const app = new App({
		sockets: { limits: { sockets: 3 } },
		health: true,
	});
	app.websocket({ path: "/one", limits: { sockets: 1 } }, wait);
	app.websocket("/any", wait);
	app.mount("/inner", inner);
	await using client = await TestClient.start(app);
	const open = async () => {
		const response = await client.get("/livez");
		return ((await response.json()) as { sockets: number }).sockets;
	};
	const one = await client.websocket("/one");
	assert.equal(await statusOf(client.websocket("/one")), 503);
	assert.equal(await open(), 1);
	await using _mounted = await client.websocket("/inner/");
	await using _any = await client.websocket("/any");
	assert.equal(await open(), 3);
	assert.equal(await statusOf(client.websocket("/any")), 503);
	await one.close();
	assert.equal(await open(), 2);
	await using _again = await client.websocket("/one");
	assert.equal(await statusOf(client.websocket("/inner/")), 503);
});

test("a client has so many sockets and no more, by its address or its network", async () => {
	const app = new App();
	app.websocket(
		{ path: "/", limits: { socketsPerClient: 1 } },
		async (_values, socket) => {
			await socket.receive();
		},
	);
	await using client = await TestClient.start(app);
	const from = (host: string) =>
		client.websocket("/", { client: { host, port: 1 } });
	await using _first = await from("203.0.113.7");
	assert.equal(await statusOf(from("203.0.113.7")), 429);
	await using _other = await from("203.0.113.8");
	const network = await from("2001:db8:1:2::1");
	assert.equal(await statusOf(from("2001:db8:1:2:ffff::9")), 429);
	await using _neighbour = await from("2001:db8:1:3::1");
	await network.close();
	await using _again = await from("2001:0db8:1:2::2");
});

test("addresses of one network are one client, however they are written", () => {
	const limits = { sockets: Infinity, socketsPerClient: 1 };
	for (const [left, right, isSame] of [
		["::1", "0:0:0:0:ffff::2", true],
		["2001:DB8::1", "2001:db8:0:0:1::", true],
		["2001:db8::1", "2001:db8:0:1::1", false],
		["::ffff:1.2.3.4", "::ffff:1.2.3.5", false],
		["1.2.3.4", "1.2.3.4", true],
	] as const) {
		const count = new SocketCount(limits);
		const enter = (host: string) => count.enter({ client: { host } });
		enter(left);
		if (isSame) {
			assert.throws(() => enter(right), /Too many sockets of one/);
		} else {
			enter(right);
		}
		count.enter({ client: undefined });
	}
});

test("only pages of allowed origins open a socket, and who is no page", async () => {
	const open = async (_values: unknown, socket: { accept(): unknown }) =>
		socket.accept();
	const app = new App({ sockets: { allowedOrigins: "same" } });
	app.websocket("/same", open);
	app.websocket({ path: "/any", allowedOrigins: "any" }, open);
	app.websocket(
		{ path: "/list", allowedOrigins: ["https://shop.example:8443"] },
		open,
	);
	await using client = await TestClient.start(app);
	const from = async (path: string, origin?: string) =>
		statusOf(
			client
				.websocket(path, origin === undefined ? {} : { headers: { origin } })
				.then((socket) => socket.close()),
		);
	assert.equal(await from("/same"), 101);
	assert.equal(await from("/same", "http://testserver"), 101);
	assert.equal(await from("/same", "https://TESTSERVER"), 101);
	assert.equal(await from("/same", "http://testserver:81"), 403);
	assert.equal(await from("/same", "http://evil.example"), 403);
	assert.equal(await from("/same", "null"), 403);
	assert.equal(await from("/any", "http://evil.example"), 101);
	assert.equal(await from("/list", "https://shop.example:8443"), 101);
	assert.equal(await from("/list", "https://shop.example"), 403);
	assert.equal(await from("/list", "http://testserver"), 403);
});
