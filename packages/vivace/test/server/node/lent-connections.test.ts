import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { App, type ServeOptions, serve } from "../../../src/index.ts";
import type { Server } from "../../../src/server/lifecycle/server.ts";
import { until } from "../../support/until.ts";
import { LogLines } from "../port-app.ts";
import { frame, RawSocket, text } from "../raw-socket.ts";

function serveTest(app: App, options: ServeOptions): Promise<Server> {
	return serve(app, { port: 0, signals: false, engine: "node", ...options });
}

test("a socket whose client takes nothing for writeTimeoutMs is cut, and its handler told", async () => {
	const app = new App();
	const ended = Promise.withResolvers<void>();
	const megabytes = 64;
	app.websocket(
		{ path: "/", limits: { bufferBytes: megabytes * 1_048_576 } },
		async (_values, socket) => {
			await socket.receive();
			for (let index = 0; index < megabytes; index++) {
				await socket.send(new Uint8Array(1_048_576));
			}
			await once(socket.signal, "abort");
			ended.resolve();
		},
	);
	const log = new LogLines();
	await using server = await serveTest(app, { writeTimeoutMs: 80, log });
	await using client = await RawSocket.open(server.port, "/");
	client.socket.pause();
	client.send(frame(text, "go"));
	await ended.promise;
	assert.match(
		log.text,
		/GET \/: the client took nothing of the answer for 0\.08 s \(writeTimeoutMs\); its connection was cut/,
	);
});

test("a client that has broken the protocol, and keeps its connection, does not hold up a stop", {
	timeout: 9000, // `ws` cuts it after ten seconds
}, async () => {
	const app = new App();
	let hasEnded = false;
	app.websocket("/", async (_values, socket) => {
		for await (const message of socket) {
			await socket.send(message);
		}
		hasEnded = true;
	});
	const log = new LogLines();
	const server = await serveTest(app, { drainTimeoutMs: 20_000, log });
	await using client = await RawSocket.open(server.port, "/");
	client.socket.allowHalfOpen = true;
	client.send(frame(text, "x", { reserved: 4 }));
	assert.equal(await client.closeCode(), 1002);
	await until(() => hasEnded);
	await server.close();
});
