import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { App, dependency, type ServeOptions, serve } from "../../src/index.ts";
import type { Server } from "../../src/server/lifecycle/server.ts";
import { TestClient, WebSocketRefusedError } from "../../src/testing.ts";
import { LogLines } from "./port-app.ts";
import { handshake, RawSocket } from "./raw-socket.ts";

function serveTest(app: App, options: ServeOptions = {}): Promise<Server> {
	return serve(app, { port: 0, signals: false, ...options });
}

/** A dependency that waits for the end of its request, and says when it does. */
function waiting() {
	const begun = Promise.withResolvers<AbortSignal>();
	const user = dependency(async (_values, request) => {
		begun.resolve(request.signal);
		await once(request.signal, "abort");
		request.signal.throwIfAborted();
		return "ada";
	});
	return { user, begun: begun.promise };
}

test("a handshake that waits hears of a stop, and is answered with 503", async () => {
	const { user, begun } = waiting();
	const app = new App();
	app.websocket("/", { user }, async (_values, socket) => socket.accept());
	const log = new LogLines();
	const server = await serveTest(app, { log });
	const opening = RawSocket.open(server.port, "/");
	const signal = await begun;
	await server.close();
	assert.equal(signal.reason, "shutdown");
	await using client = await opening;
	assert.equal(client.status, 503);
	assert.match(client.head, /^retry-after: 1$/im);
	assert.doesNotMatch(log.text, /WS \//);
});

test("a handler that ends before it has accepted, since the server stops, is no mistake", async () => {
	const begun = Promise.withResolvers<void>();
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		begun.resolve();
		await once(socket.signal, "abort");
	});
	const log = new LogLines();
	const server = await serveTest(app, { log });
	const opening = RawSocket.open(server.port, "/");
	await begun.promise;
	await server.close();
	await using client = await opening;
	assert.equal(client.status, 503);
	assert.doesNotMatch(log.text, /WS \//);
});

test("a handshake that a stop finds waiting is refused in the test client too", async () => {
	const { user, begun } = waiting();
	const app = new App();
	app.websocket("/", { user }, async (_values, socket) => socket.accept());
	const client = await TestClient.start(app);
	const refused = assert.rejects(
		client.websocket("/"),
		(error) => error instanceof WebSocketRefusedError && error.status === 503,
	);
	await begun;
	await client[Symbol.asyncDispose]();
	await refused;
});

test("a handler that refuses during a stop refuses", async () => {
	const begun = Promise.withResolvers<void>();
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		begun.resolve();
		await once(socket.signal, "abort");
		await socket.close();
	});
	const server = await serveTest(app, { log: new LogLines() });
	const opening = RawSocket.open(server.port, "/");
	await begun.promise;
	await server.close();
	await using client = await opening;
	assert.equal(client.status, 403);
});

test("the lines of a 101 are ISO 8859-1, as those of any answer", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => {
		await socket.accept({ headers: { "x-name": "José" } });
		await socket.send("héllo");
	});
	await using server = await serveTest(app, { log: new LogLines() });
	await using client = await RawSocket.open(server.port, "/");
	assert.match(client.head, /^x-name: José$/m);
	assert.equal(await client.nextText(), "héllo");
});

test("a handshake with two hosts is refused", async () => {
	const app = new App();
	app.websocket("/", async (_values, socket) => socket.accept());
	await using server = await serveTest(app, { log: new LogLines() });
	await using client = await RawSocket.open(server.port, "/", [
		...handshake,
		"host: other",
	]);
	assert.equal(client.status, 400);
});
