import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { App } from "../../../src/app/app.ts";
import { ClientGoneError } from "../../../src/errors/client-gone.ts";
import type { ChunkSource } from "../../../src/http/chunk-source.ts";
import { StreamingResponse } from "../../../src/http/streaming-response.ts";
import { dependency } from "../../../src/inject/dependency.ts";
import { serve } from "../../../src/server/serve.ts";
import { TestClient } from "../../../src/testing/test-client.ts";
import { LogLines } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

const leftBehind =
	/GET \/ticks\/\{id\}: the body did not end when it was told to and was left behind/;

/** An app whose stream has a request scope, and how that ends. */
function streaming(content: () => ChunkSource<string>, log: LogLines) {
	const left = Promise.withResolvers<unknown>();
	const scope = dependency(function* scope() {
		try {
			yield "held";
			left.resolve(undefined);
		} catch (error) {
			left.resolve(error);
			throw error;
		}
	});
	const app = new App({ logger: log, exitTimeoutMs: 20 });
	app.get("/ticks/{id}", { scope }, () => new StreamingResponse(content()));
	return { app, left: left.promise };
}

async function* deaf() {
	yield "tick";
	await new Promise(() => {}); // of something else than request.signal
}

function serveQuietly(app: App, log: LogLines) {
	return serve(app, { port: 0, signals: false, log });
}

async function leave(port: number): Promise<void> {
	await using client = await RawClient.open(port);
	client.request("/ticks/7");
	await client.receive("tick");
}

suite("a client that leaves a stream", () => {
	test("is waited for exitTimeoutMs where its generator does not notice: then its scope is left, told and counted", async () => {
		const log = new LogLines();
		const { app, left } = streaming(deaf, log);
		await using server = await serveQuietly(app, log);
		await leave(server.port);
		assert.ok((await left) instanceof ClientGoneError);
		assert.deepEqual(server.stats(), { abandoned: 1, sockets: 0 });
		assert.equal(log.lines.filter((line) => leftBehind.test(line)).length, 1);
	});

	test("is not counted where its generator ends in time", async () => {
		const log = new LogLines();
		let isFinished = false;
		async function* attentive() {
			try {
				for (;;) {
					yield "tick";
					await new Promise(setImmediate);
				}
			} finally {
				isFinished = true;
			}
		}
		const { app, left } = streaming(attentive, log);
		await using server = await serveQuietly(app, log);
		await leave(server.port);
		assert.ok((await left) instanceof ClientGoneError);
		assert.ok(isFinished);
		assert.deepEqual(server.stats(), { abandoned: 0, sockets: 0 });
	});

	test("before it has begun is counted all the same, if the stream can't be told", async () => {
		const log = new LogLines();
		const asked = Promise.withResolvers<void>();
		const gone = Promise.withResolvers<void>();
		const deafFromTheStart: AsyncIterable<string> = {
			[Symbol.asyncIterator]: () => ({
				next: () => assert.fail("nobody asks"),
				return: () => new Promise(() => {}),
			}),
		};
		const { app, left } = streaming(() => deafFromTheStart, log);
		app.use(async (request, next) => {
			request.signal.addEventListener("abort", () => gone.resolve());
			asked.resolve();
			await gone.promise;
			return next(request);
		});
		await using server = await serveQuietly(app, log);
		{
			await using client = await RawClient.open(server.port);
			client.request("/ticks/7");
			await asked.promise;
		}
		assert.ok((await left) instanceof ClientGoneError);
		assert.deepEqual(server.stats(), { abandoned: 1, sockets: 0 });
	});

	test("that is cut while it reads nothing leaves its scope", async () => {
		const log = new LogLines();
		async function* flood() {
			yield "tick";
			for (;;) {
				yield "x".repeat(65_536);
			}
		}
		const { app, left } = streaming(flood, log);
		await using server = await serveQuietly(app, log);
		await using client = await RawClient.open(server.port);
		client.request("/ticks/7");
		await client.receive("tick");
		client.socket.pause();
		client.socket.destroy();
		assert.ok((await left) instanceof ClientGoneError);
	});

	for (const way of ["the test client", "app.fetch"] as const) {
		test(`is waited for in the same way by ${way}`, async () => {
			const log = new LogLines();
			const waiting = Promise.withResolvers<void>();
			async function* deafOnceAsked() {
				yield "tick";
				waiting.resolve();
				await new Promise(() => {});
			}
			const { app, left } = streaming(deafOnceAsked, log);
			if (way === "the test client") {
				await using client = await TestClient.start(app);
				const gone = new AbortController();
				const { signal } = gone;
				const asking = client.get("/ticks/7", { signal });
				await waiting.promise;
				gone.abort(new Error("gone"));
				await assert.rejects(asking, /gone/);
			} else {
				const request = new Request("http://a/ticks/7");
				const reader = (await app.fetch(request)).body?.getReader();
				await reader?.read();
				const reading = reader?.read();
				await waiting.promise;
				await reader?.cancel("gone");
				await reading;
			}
			assert.notEqual(await left, undefined);
			assert.match(log.text, leftBehind);
		});
	}
});
