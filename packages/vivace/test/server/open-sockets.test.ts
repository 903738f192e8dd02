import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { App, type Request, serve, type WebSocket } from "../../src/index.ts";
import type { Server } from "../../src/server/lifecycle/server.ts";
import { until } from "../support/until.ts";
import { LogLines } from "./port-app.ts";
import { frame, handshake, ping, RawSocket, text } from "./raw-socket.ts";

function serveTest(app: App): Promise<Server> {
	return serve(app, { port: 0, signals: false, log: new LogLines() });
}

/** All that a handler may ask a request for. */
function told(request: Request): object {
	return {
		method: request.method,
		url: request.url,
		client: request.client,
		cookies: request.cookies,
		headers: [...request.headers],
		rawHeaders: request.rawHeaders,
		byName: ["host", "cookie", "x-several", "user-agent", "x-none"].map(
			(name) => request.header(name) ?? null,
		),
	};
}

test("the request of an open socket says what it said before the handshake was answered", async () => {
	const app = new App();
	const seen: object[] = [];
	app.websocket("/told", async (_values, socket) => {
		seen.push(told(socket.request));
		await socket.accept();
		seen.push(told(socket.request));
	});
	app.websocket("/later", async (_values, socket) => {
		await socket.accept();
		seen.push(told(socket.request));
	});
	await using server = await serveTest(app);
	const lines = [
		...handshake,
		"X-Several: 1",
		"user-agent: first",
		"Cookie: a=1",
		"x-several: 2",
		"cookie: b=2",
	];
	await using first = await RawSocket.open(server.port, "/told?q=1", lines);
	assert.equal(first.status, 101);
	await first.closeCode();
	const [before, after] = seen;
	assert.deepEqual(after, before);
	await using second = await RawSocket.open(server.port, "/later?q=1", lines);
	await second.closeCode();
	const { byName, cookies, headers, rawHeaders } = seen[2] as ReturnType<
		typeof told
	> & {
		byName: unknown;
		cookies: object;
		headers: string[][];
		rawHeaders: string[][];
	};
	assert.deepEqual(byName, ["test", "a=1; b=2", "1, 2", "first", null]);
	assert.deepEqual({ ...cookies }, { a: "1", b: "2" });
	assert.deepEqual(headers, (before as { headers: unknown }).headers);
	assert.deepEqual(
		rawHeaders.map(([name]) => name),
		(before as { rawHeaders: string[][] }).rawHeaders.map(([name]) => name),
	);
});

test("who was at the other end is known when he has gone without a word", async () => {
	const app = new App();
	let host: string | undefined;
	app.websocket("/", async (_values, socket) => {
		try {
			for await (const message of socket) {
				await socket.send(message);
			}
		} finally {
			host = socket.request.client?.host;
		}
	});
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	client.socket.resetAndDestroy();
	await until(() => host !== undefined);
	assert.equal(host, "127.0.0.1");
});

test("long texts come as they were sent, to clients that are read and to one that is not", async () => {
	const app = new App();
	const sockets: WebSocket[] = [];
	app.websocket("/", async (_values, socket) => {
		await socket.accept();
		sockets.push(socket);
		await once(socket.signal, "abort");
	});
	await using server = await serveTest(app);
	await using slow = await RawSocket.open(server.port, "/");
	slow.socket.pause();
	await using quick = await RawSocket.open(server.port, "/");
	await until(() => sockets.length === 2);
	const texts = Array.from({ length: 400 }, (_, index) =>
		`${index}ä `.repeat(1500 + index * 7),
	);
	for (const each of texts) {
		for (const socket of sockets) {
			void socket.send(each);
		}
	}
	for (const each of texts) {
		assert.equal(await quick.nextText(), each);
	}
	slow.socket.resume();
	for (const each of texts) {
		assert.equal(await slow.nextText(), each);
	}
});

test("a client that asks often at once is answered, the last time too, and not cut", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		for await (const message of socket) {
			await socket.send(message);
		}
	});
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	const asked = Array.from({ length: 1000 }, (_, index) => `${index}`);
	client.send(Buffer.concat(asked.map((each) => frame(ping, each))));
	const answered: string[] = [];
	while (answered.at(-1) !== "999") {
		answered.push(`${(await client.next())?.payload}`);
	}
	assert.deepEqual(
		answered,
		asked.filter((each) => answered.includes(each)),
	);
	client.send(frame(text, "a"));
	assert.equal(await client.nextText(), "a");
});

test("a client that asks on and on, and takes no answer, is cut", {
	skip: process.versions.bun && "Bun keeps the answers",
}, async () => {
	const app = new App({ sockets: { limits: { pingMs: 100, pongMs: 100 } } });
	let hasEnded = false;
	app.websocket("/", async (_values, socket) => {
		for await (const message of socket) {
			await socket.send(message);
		}
		hasEnded = true;
	});
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	client.send(frame(ping, "there?"));
	assert.deepEqual((await client.next())?.payload.toString(), "there?");
	client.socket.pause();
	const many = Buffer.concat(
		Array.from({ length: 1000 }, () => frame(ping, Buffer.alloc(125))),
	);
	const ask = () => {
		if (client.socket.writable) {
			client.socket.write(many, ask);
		}
	};
	ask();
	await until(() => hasEnded);
});

test("a slow client gets all that its route lets wait for it", async () => {
	const sizeBytes = 1024 * 1024;
	const count = 24;
	const sent = Promise.withResolvers<void>();
	const app = new App();
	app.websocket(
		{ path: "/", limits: { bufferBytes: 32 * sizeBytes } },
		async (_values, socket) => {
			await socket.receive();
			const message = new Uint8Array(sizeBytes);
			for (let index = 0; index < count; index++) {
				await socket.send(message);
			}
			sent.resolve();
		},
	);
	await using server = await serveTest(app);
	await using client = await RawSocket.open(server.port, "/");
	client.socket.pause();
	client.send(frame(text, "go"));
	await sent.promise;
	client.socket.resume();
	for (let received = 0; received < count; received++) {
		assert.equal((await client.next())?.payload.length, sizeBytes);
	}
	assert.equal(await client.closeCode(), 1000);
});
