import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { WebSocket } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { tellingApp } from "../support/start-lines.ts";

suite("a message on a closed socket", () => {
	test("is told once, with its place, where the program has closed it", async () => {
		const { app, lines } = tellingApp();
		let thrown: unknown;
		app.websocket("/", async (_values, socket) => {
			await socket.accept();
			await socket.close(4000);
			thrown = await socket.send("lost").catch((error: unknown) => error);
		});
		await using client = await TestClient.start(app);
		for (let time = 0; time < 2; time++) {
			const socket = await client.websocket("/");
			await socket.closed;
		}
		assert.match(String(thrown), /^WebSocketDisconnect: the socket is closed/);
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/^WS \/ \(\S*doubts\.test\.ts:\d+\): a message is sent on a socket that the program has closed, and is lost; send it before close\(\)$/,
		);
	});

	test("is no error of the process where nobody waits for it", async () => {
		const { app, lines } = tellingApp();
		const { promise: over, resolve } = Promise.withResolvers<void>();
		app.websocket("/", async (_values, socket) => {
			for await (const message of socket) {
				await socket.send(message);
			}
			socket.send("a");
			socket.sendText("b");
			socket.sendBytes(new Uint8Array(1));
			socket.sendJson({ c: 1 });
			WebSocket.broadcast([socket], "d");
			setImmediate(resolve); // rejections that nobody handles would have been told by then
		});
		await using client = await TestClient.start(app);
		const socket = await client.websocket("/");
		await socket.close();
		await over;
		assert.deepEqual(lines, []); // the client has closed it
	});

	test("is an error of the process where it can't be one", async () => {
		const { app } = tellingApp();
		const errors: unknown[] = [];
		app.websocket("/", async (_values, socket) => {
			await socket.accept();
			const { sendText, sendJson } = socket as unknown as Record<
				string,
				(value: unknown) => Promise<void>
			>;
			for (const sending of [
				sendText?.call(socket, 5),
				sendJson?.call(socket, undefined),
			]) {
				await sending?.catch((error: unknown) => errors.push(error));
			}
		});
		await using client = await TestClient.start(app);
		const socket = await client.websocket("/");
		await socket.closed;
		assert.deepEqual(
			errors.map((error) => String(error).slice(0, 40)),
			[
				"TypeError: WS /: sendText() expected a s",
				"TypeError: An answer must be JSON, but t",
			],
		);
	});
});

test("a value that a socket's handler returns is told once", async () => {
	const { app, lines } = tellingApp();
	app.websocket("/value", async (_values, socket) => {
		await socket.accept();
		return { hello: 1 } as never;
	});
	app.websocket("/none", async (_values, socket) => socket.accept());
	await using client = await TestClient.start(app);
	for (const path of ["/value", "/value", "/none"]) {
		const socket = await client.websocket(path);
		await socket.closed;
	}
	assert.deepEqual(lines, [
		"WS /value: the handler returned a value, which is not sent; write await socket.send(…)",
	]);
});

suite("a socket that is used as another library's says what to write", () => {
	const uses: readonly (readonly [
		words: string,
		use: (socket: Record<string, (...values: unknown[]) => unknown>) => unknown,
	])[] = [
		[
			"socket.on(): there is none; write for await (const message of socket)",
			(socket) => socket.on?.("message", () => {}),
		],
		[
			"socket.onmessage: there is none; write for await",
			(socket) => Object.assign(socket, { onmessage() {} }),
		],
		[
			"socket.onclose: there is none; what stands behind the loop runs",
			(socket) => Object.assign(socket, { onclose() {} }),
		],
		[
			"socket.send_text(): there is none; write await socket.sendText(…)",
			(socket) => socket.send_text?.("a"),
		],
	];
	for (const [words, use] of uses) {
		test(words, async () => {
			const { app } = tellingApp();
			let thrown: unknown;
			app.websocket("/", async (_values, socket) => {
				await socket.accept();
				try {
					use(socket as never);
				} catch (error) {
					thrown = error;
				}
			});
			await using client = await TestClient.start(app);
			const socket = await client.websocket("/");
			await socket.closed;
			assert.ok(thrown instanceof TypeError);
			assert.equal(thrown.message.slice(0, words.length), words);
		});
	}
});
