import assert from "node:assert/strict";
import { test } from "node:test";
import { App, HTTPException, serve } from "../../src/index.ts";
import { LogLines } from "../server/port-app.ts";
import {
	closePayload,
	closing,
	frame,
	RawSocket,
} from "../server/raw-socket.ts";
import { until } from "../support/until.ts";

test("the log of requests has one entry for a socket, when it is over: 101, or the answer that refused it", async () => {
	const entries: unknown[] = [];
	const told = Promise.withResolvers<void>();
	const app = new App({ logger: new LogLines() });
	app.websocket("/rooms/{room}", async ({ room }, socket) => {
		if (room === "closed") {
			throw new HTTPException(401);
		}
		await socket.accept();
		if (room === "broken") {
			throw new TypeError("a bug");
		}
		await socket.receive();
	});
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
		requestLog: ({ level, route, status, reason }) => {
			entries.push([level, route, status, reason]);
			if (entries.length === 3) {
				told.resolve();
			}
		},
	});
	await using refused = await RawSocket.open(server.port, "/rooms/closed");
	assert.equal(refused.status, 401);
	await refused.body();
	await using broken = await RawSocket.open(server.port, "/rooms/broken");
	assert.equal(await broken.closeCode(), 1011);
	broken.send(frame(closing, closePayload(1011)));
	assert.equal(await broken.next(), undefined);
	await using left = await RawSocket.open(server.port, "/rooms/open");
	await until(() => entries.length === 2);
	left.send(frame(closing, closePayload(1001)));
	await told.promise;
	const route = "/rooms/{room}";
	assert.deepEqual(entries, [
		["warn", route, 401, "Unauthorized"],
		["error", route, 101, "TypeError"],
		["info", route, 101, "WebSocketDisconnect"],
	]);
});
