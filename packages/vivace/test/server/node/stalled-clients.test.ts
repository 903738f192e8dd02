import assert from "node:assert/strict";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import {
	App,
	dependency,
	FileResponse,
	type ServeOptions,
	StreamingResponse,
	serve,
} from "../../../src/index.ts";
import { LogLines } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const mebibyte = "x".repeat(1_048_576);

/** An app whose answers are larger than what the operating system takes, and whose dependency says when its scope is left. */
async function startDownloads(folder: string, options: ServeOptions) {
	const left = Promise.withResolvers<void>();
	const scope = dependency(async function* () {
		try {
			yield "held";
		} finally {
			left.resolve();
		}
	});
	const app = new App();
	app.get("/text", { scope }, () => mebibyte.repeat(60));
	app.get("/stream", { scope }, () => {
		async function* pieces() {
			for (let piece = 0; piece < 60; piece++) {
				yield mebibyte;
			}
		}
		return new StreamingResponse(pieces());
	});
	const path = join(folder, "file");
	app.get("/file", { scope }, () => new FileResponse(path));
	const log = new LogLines();
	const server = await serve(app, { port: 0, signals: false, log, ...options });
	return { server, log, left: left.promise };
}

for (const kind of ["text", "stream", "file"]) {
	test(`a client that takes nothing of a ${kind} is cut, and its request scope is left`, async () => {
		using folder = mkdtempDisposableSync(join(tmpdir(), "vivace-"));
		writeFileSync(join(folder.path, "file"), mebibyte.repeat(60));
		const { server, log, left } = await startDownloads(folder.path, {
			writeTimeoutMs: 100,
		});
		await using _server = server;
		await using client = await RawClient.open(server.port);
		client.socket.pause();
		client.request(`/${kind}`);
		await left;
		assert.deepEqual(log.lines.slice(1), [
			`GET /${kind}: the client took nothing of the answer for 0.1 s (writeTimeoutMs); its connection was cut`,
		]);
		client.socket.resume();
		await client.closed;
		assert.ok(client.received.length < 60 * mebibyte.length);
	});
}

test("a client that takes its time, but takes something, gets everything", async () => {
	const { server, log } = await startDownloads("", { writeTimeoutMs: 500 });
	await using _server = server;
	await using client = await RawClient.open(server.port);
	let seen = 0;
	client.socket.on("data", (chunk: string) => {
		seen += chunk.length;
		if (seen > mebibyte.length) {
			seen = 0;
			client.socket.pause();
			// not a wait for an event: the time is what is tested
			void wait(20).then(() => client.socket.resume());
		}
	});
	client.request("/text", "connection: close");
	await client.closed;
	assert.ok(client.received.length > 60 * mebibyte.length);
	assert.equal(log.lines.length, 1);
});

for (const kind of ["text", "stream"]) {
	test(`a process that was held up cuts no client of a ${kind} for that`, async () => {
		const { server, log } = await startDownloads("", { writeTimeoutMs: 400 });
		await using _server = server;
		await using client = await RawClient.open(server.port);
		client.socket.pause();
		client.request(`/${kind}`, "connection: close");
		await wait(100); // the operating system is to take no more, of which nobody tells
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
		client.socket.resume();
		await client.closed;
		assert.ok(client.received.length > 60 * mebibyte.length);
		assert.equal(log.lines.length, 1);
	});
}

test("a client that takes nothing does not use up the time of a stop", async () => {
	const { server, log, left } = await startDownloads("", {
		drainTimeoutMs: 1000,
	});
	await using client = await RawClient.open(server.port);
	client.socket.pause();
	client.request("/stream");
	await wait(0);
	await server.close();
	await left;
	assert.match(log.text, /took nothing of the answer for 0\.5 s/);
});

test("with writeTimeoutMs: 0 a client may take its time", async () => {
	const { server, log } = await startDownloads("", { writeTimeoutMs: 0 });
	await using client = await RawClient.open(server.port);
	client.socket.pause();
	client.request("/text", "connection: close");
	await wait(300); // not a wait for an event: the time is what is tested
	client.socket.resume();
	await client.closed;
	assert.ok(client.received.length > 60 * mebibyte.length);
	await server.close();
	assert.equal(log.lines.length, 1);
});
