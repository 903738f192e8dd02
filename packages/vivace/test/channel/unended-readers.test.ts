import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { channel } from "../../src/channel.ts";
import { App, serve } from "../../src/index.ts";
import { LogLines } from "../server/port-app.ts";
import { frame, RawSocket } from "../server/raw-socket.ts";

/** Stops a server whose socket follows a channel, with a signal or without, and gives what became of that. */
async function stopWith(hasSignal: boolean): Promise<string> {
	const news = channel("news", z.string());
	const app = new App();
	app.websocket("/", { news }, async ({ news }, socket) => {
		const options = hasSignal ? { signal: socket.signal } : {};
		const events = news.subscribe(options)[Symbol.asyncIterator]();
		const next = events.next();
		await socket.send("follows");
		await next;
	});
	const server = await serve(app, {
		port: 0,
		signals: false,
		log: new LogLines(),
		drainTimeoutMs: hasSignal ? 10_000 : 60,
		tasksTimeoutMs: 20,
	});
	await using client = await RawSocket.open(server.port, "/");
	assert.equal(await client.nextText(), "follows");
	const closing = server.close().then(
		() => "well",
		(error: unknown) =>
			(error as AggregateError).errors?.map(String).join("\n") ?? String(error),
	);
	await client.closeCode();
	client.send(frame(8, Buffer.from([0x03, 0xf4])));
	return await closing;
}

test("a stop that cuts a reader off names the channel that it follows without a signal", async () => {
	assert.match(
		await stopWith(false),
		/1 request was cut off after 0\.06 s: WebSocket \/ \(open for \S+ s\); subscriptions without a signal, which may be what was waited for: "news" \(1\); write subscribe\(\{ signal: request\.signal \}\), or socket\.signal/,
	);
});

test("a reader with a signal ends at the stop, and one that has ended is not named", async () => {
	assert.equal(await stopWith(true), "well");
	assert.match(await stopWith(false), /: "news" \(1\);/);
});
