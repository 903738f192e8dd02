import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, type WebSocket, WebSocketException } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Login = z.object({ token: z.string() });
const users = new Map([["secret", "ada"]]);

// docs/guide/websockets.md, "In the browser"
async function login(socket: WebSocket, limitMs: number): Promise<string> {
	const timer = setTimeout(() => socket.close(4401, "log in first"), limitMs);
	try {
		for await (const { token } of socket.messages(Login)) {
			const user = users.get(token);
			if (user === undefined) {
				break;
			}
			return user;
		}
		throw new WebSocketException(4401, "wrong token");
	} finally {
		clearTimeout(timer);
	}
}

test("a client says who it is by its first message, in time", async () => {
	const app = new App();
	app.websocket("/{limitMs}", async ({ limitMs }, socket) => {
		const user = await login(socket, Number(limitMs));
		for await (const text of socket) {
			await socket.send(`${user}: ${text}`);
		}
	});
	await using client = await TestClient.start(app);
	const endOf = async (limitMs: number, first?: unknown) => {
		await using socket = await client.websocket(`/${limitMs}`);
		if (first !== undefined) {
			await socket.sendJson(first);
		}
		return await socket.closed;
	};
	await using socket = await client.websocket("/60000");
	await socket.sendJson({ token: "secret" });
	await socket.sendText("hello");
	assert.equal(await socket.receiveText(), "ada: hello");
	assert.deepEqual(await endOf(60_000, { token: "x" }), {
		code: 4401,
		reason: "wrong token",
	});
	assert.deepEqual(await endOf(60_000, {}), {
		code: 1007,
		reason: "token: Field required",
	});
	assert.deepEqual(await endOf(1), { code: 4401, reason: "log in first" });
});
