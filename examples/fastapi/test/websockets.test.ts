import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient, WebSocketRefusedError } from "vivace/testing";
import { app as jsonApp } from "../app_testing/tutorial002.ts";
import { app as echoApp } from "../websockets_/tutorial001.ts";
import { app as guardedApp } from "../websockets_/tutorial002.ts";
import { app as chatApp } from "../websockets_/tutorial003.ts";

test("websockets_.tutorial001 serves its page and says what it was told", async () => {
	await using client = await TestClient.start(echoApp);
	assert.match(await (await client.get("/")).text(), /^\n<!DOCTYPE html>/);
	await using socket = await client.websocket("/ws");
	await socket.sendText("Message one");
	assert.equal(await socket.receiveText(), "Message text was: Message one");
});

test("websockets_.tutorial002 lets in who has a cookie or a token", async () => {
	await using client = await TestClient.start(guardedApp);
	for (const url of ["/items/foo/ws", "/items/foo/ws?q=bar&token=t"]) {
		await assert.rejects(
			client.websocket(url),
			(error) => error instanceof WebSocketRefusedError && error.status === 403,
		);
	}
	await using socket = await client.websocket("/items/2/ws?q=3", {
		cookies: { session: "fakesession" },
	});
	await socket.sendText("one");
	assert.equal(
		await socket.receiveText(),
		"Session cookie or query token value is: fakesession",
	);
	assert.equal(await socket.receiveText(), "Query parameter q is: 3");
	assert.equal(
		await socket.receiveText(),
		"Message text was: one, for item ID: 2",
	);
});

test("websockets_.tutorial003 tells everybody who says what and who leaves", async () => {
	await using client = await TestClient.start(chatApp);
	await using first = await client.websocket("/ws/1234");
	const second = await client.websocket("/ws/5678");
	await first.sendText("Hello from 1234");
	assert.equal(await first.receiveText(), "You wrote: Hello from 1234");
	const said = "Client #1234 says: Hello from 1234";
	assert.equal(await second.receiveText(), said);
	assert.equal(await first.receiveText(), said);
	await second.close();
	assert.equal(await first.receiveText(), "Client #5678 left the chat");
});

test("app_testing.tutorial002 sends JSON and closes", async () => {
	await using client = await TestClient.start(jsonApp);
	await using socket = await client.websocket("/ws");
	assert.deepEqual(await socket.receiveJson(), { msg: "Hello WebSocket" });
	assert.deepEqual(await socket.closed, { code: 1000, reason: "" });
});
