import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { Response } from "../../../src/http/response.ts";
import type { Server } from "../../../src/server/lifecycle/server.ts";
import { startServer, text } from "../port-app.ts";
import { RawClient } from "../raw-client.ts";

/** Resolves when the server accepts no more connections. */
async function refused(server: Server): Promise<void> {
	for (;;) {
		const socket = connect(server.port, "127.0.0.1");
		// one that gets no answer would ask again after a second
		const isRefused = await Promise.race([
			once(socket, "connect").then(
				() => false,
				() => true,
			),
			wait(knockMs, false),
		]);
		socket.destroy();
		if (isRefused) {
			return;
		}
		await turn();
	}
}

const knockMs = 20;

test("a request that is being answered is finished, as the last on its connection", async () => {
	const gate = Promise.withResolvers<void>();
	const arrived = Promise.withResolvers<void>();
	let isReleased = false;
	const server = await startServer(
		async () => {
			arrived.resolve();
			await gate.promise;
			return text(`released: ${isReleased}`);
		},
		{
			around: {
				stop: () => {
					isReleased = true;
					return Promise.resolve({ errors: [] });
				},
			},
		},
	);
	await using client = await RawClient.open(server.port);
	client.request("/");
	await arrived.promise;
	const closing = server.close();
	await refused(server);
	gate.resolve();
	await client.receive("released: false");
	assert.match(client.received, /connection: close/i);
	await closing;
	assert.ok(isReleased);
	assert.equal(await client.closed, undefined);
});

test("idle connections are closed, also those that never sent a request", async () => {
	const server = await startServer(() => text("ok"));
	await using used = await RawClient.open(server.port);
	used.request("/");
	await used.receive("ok");
	await using fresh = await RawClient.open(server.port);
	await server.close();
	assert.equal(await used.closed, undefined);
	assert.equal(await fresh.closed, undefined);
});

test("a connection that never sends anything does not use up the time of a stop", async () => {
	const server = await startServer(() => text("ok"), {
		drainTimeoutMs: 60_000,
	});
	await using silent = await RawClient.open(server.port);
	await new Promise((resolve) => setTimeout(resolve, 50));
	const started = performance.now();
	await server.close();
	const took = performance.now() - started;
	assert.ok(took < 30_000, `${took} ms`); // one second, where the machine is not busy
	await silent.closed;
});

test("a request that comes on an idle connection just after the signal is answered", async () => {
	const server = await startServer(() => text("ok"));
	await using client = await RawClient.open(server.port);
	client.request("/");
	await client.receive("ok");
	client.received = "";
	const closing = server.close();
	await refused(server);
	client.request("/");
	await client.receive("ok");
	assert.match(client.received, /connection: close/i);
	await closing;
});

test("a body that is still arriving is read to its end", async () => {
	const arrived = Promise.withResolvers<void>();
	const server = await startServer(async (request) => {
		arrived.resolve();
		return text(`[${await request.text()}]`);
	});
	await using client = await RawClient.open(server.port);
	client.send("POST / HTTP/1.1", "host: test", "content-length: 6", "", "abc");
	await arrived.promise;
	const closing = server.close();
	await refused(server);
	client.send("def");
	await client.receive("[abcdef]");
	await closing;
});

test("headers that are still arriving are waited for", async () => {
	const server = await startServer(() => text("ok"));
	await using client = await RawClient.open(server.port);
	client.send("GET / HTTP/1.1", "host: te");
	const closing = server.close();
	await refused(server);
	client.send("st", "", "");
	await client.receive("ok");
	await closing;
});

for (const kind of ["whole", "streamed"]) {
	test(`a slow download of a ${kind} body is not cut`, async () => {
		const size = 30_000_000;
		const server = await startServer(() =>
			kind === "whole"
				? new Response("x".repeat(size))
				: new Response(
						(async function* () {
							for (let sent = 0; sent < size; sent += 1_000_000) {
								yield "x".repeat(1_000_000);
							}
						})(),
						{ headers: { "content-length": `${size}` } },
					),
		);
		await using client = await RawClient.open(server.port);
		client.request("/");
		await client.receive("\r\n\r\n");
		client.socket.pause();
		const closing = server.close();
		await refused(server);
		client.socket.resume();
		await client.closed;
		assert.equal(
			client.received.length - client.received.indexOf("\r\n\r\n") - 4,
			size,
		);
		await closing;
	});
}

const endless: Record<string, (signal: AbortSignal) => AsyncGenerator<string>> =
	{
		async *ticking() {
			for (;;) {
				yield "data: tick\n\n";
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		},
		async *"idle, listening to the signal"(signal) {
			yield "data: tick\n\n";
			await new Promise((_, reject) =>
				signal.addEventListener("abort", () => reject(signal.reason)),
			);
		},
		async *"idle, deaf"() {
			yield "data: tick\n\n";
			await new Promise(() => {});
		},
		async *"idle, with a farewell"(signal) {
			yield "data: tick\n\n";
			await new Promise((resolve) => signal.addEventListener("abort", resolve));
			yield "data: bye\n\n";
		},
	};

for (const [kind, events] of Object.entries(endless)) {
	test(`a stream of events (${kind}) is ended in good order and does not hold the server`, async () => {
		let reason: unknown;
		let isSettled = false;
		const server = await startServer((request) => {
			request.signal.addEventListener("abort", () => {
				reason = request.signal.reason;
			});
			const response = new Response(events(request.signal));
			response.endsOnShutdown = true;
			request.whenSettled(() => {
				isSettled = true;
			});
			return response;
		});
		await using client = await RawClient.open(server.port);
		client.request("/");
		await client.receive("tick");
		await server.close();
		assert.equal(reason, "shutdown");
		assert.equal(await client.closed, undefined);
		assert.match(client.received, /\r\n0\r\n\r\n$/);
		if (kind.includes("farewell")) {
			assert.match(client.received, /bye/);
		}
		assert.ok(isSettled);
		if (kind.includes("deaf")) {
			assert.match(
				server.log.text,
				/GET \/: the body did not end when it was told to/,
			);
		} else {
			assert.equal(server.log.lines.length, 1);
		}
	});
}

test("requests that take too long are cut, and what they hold is waited for", async () => {
	const order: string[] = [];
	const arrived = Promise.withResolvers<void>();
	const server = await startServer(
		async (request) => {
			arrived.resolve();
			await new Promise((resolve) =>
				request.signal.addEventListener("abort", resolve),
			);
			order.push(`aborted: ${request.signal.reason}`);
			for (let turns = 0; turns < 10; turns++) {
				await turn();
			}
			order.push("handler over");
			return text("late");
		},
		{
			drainTimeoutMs: 20,
			around: {
				drain: async () => {
					await turn();
					order.push("drained");
					return true;
				},
				stop: () => {
					order.push("stopped");
					return Promise.resolve({ errors: [] });
				},
			},
		},
	);
	await using client = await RawClient.open(server.port);
	client.request("/report?token=secret");
	await arrived.promise;
	await assert.rejects(
		server.close(),
		/1 request was cut off after 0\.02 s: GET \/report \(ran \d+\.\d s\)/,
	);
	assert.deepEqual(order, [
		"aborted: shutdown",
		"handler over",
		"drained",
		"stopped",
	]);
	await client.closed;
	assert.equal(client.received, "");
});

test("a request whose client has gone holds the release until it is over", async () => {
	const arrived = Promise.withResolvers<void>();
	const left = Promise.withResolvers<void>();
	const gate = Promise.withResolvers<void>();
	let isReleased = false;
	const server = await startServer(
		async (request) => {
			request.signal.addEventListener("abort", () => left.resolve());
			arrived.resolve();
			await gate.promise;
			assert.equal(isReleased, false);
			return text("nobody reads this");
		},
		{
			around: {
				stop: () => {
					isReleased = true;
					return Promise.resolve({ errors: [] });
				},
			},
		},
	);
	{
		await using client = await RawClient.open(server.port);
		client.request("/");
		await arrived.promise;
	}
	await left.promise;
	const closing = server.close();
	await refused(server);
	assert.equal(isReleased, false);
	gate.resolve();
	await closing;
	assert.ok(isReleased);
});

test("a stream that nobody reads any more and that does not notice holds nothing", async () => {
	const left = Promise.withResolvers<void>();
	const server = await startServer((request) => {
		request.signal.addEventListener("abort", () => left.resolve());
		return new Response(
			(async function* () {
				yield "first";
				await new Promise(() => {});
			})(),
		);
	});
	{
		await using client = await RawClient.open(server.port);
		client.request("/");
		await client.receive("first");
	}
	await left.promise;
	await server.close();
	assert.match(server.log.text, /left behind/);
});

test("the server goes on while the drain delay lasts, and keeps no connection", async () => {
	let isReady = true;
	const server = await startServer(() => text(`ready: ${isReady}`), {
		drainDelayMs: 100,
		around: {
			beginShutdown: () => {
				isReady = false;
			},
		},
	});
	const closing = server.close();
	const answer = await fetch(server.url);
	assert.equal(await answer.text(), "ready: false");
	assert.equal(answer.headers.get("connection"), "close");
	await closing;
	await assert.rejects(fetch(server.url));
});

test("under the load of 64 connections no request is lost", async () => {
	const counts = { ok: 0, refused: 0, failed: [] as string[] };
	let inside = 0;
	const warm = Promise.withResolvers<void>();
	const server = await startServer(async (request) => {
		inside++;
		if (request.rawPath.endsWith("1")) {
			await turn();
		}
		inside--;
		if (counts.ok > 2000) {
			warm.resolve();
		}
		return text("ok");
	});
	const agent = new Agent({ keepAlive: true, maxSockets: 64 });
	const once = (path: string) =>
		new Promise<boolean>((resolve) => {
			const request = get(server.url + path, { agent }, (answer) => {
				answer.resume();
				answer.on("end", () => {
					counts.ok++;
					resolve(true);
				});
				answer.on("error", (error) => {
					counts.failed.push(`answer: ${error.message}`);
					resolve(false);
				});
			});
			request.on("error", (error: NodeJS.ErrnoException) => {
				if (error.code === "ECONNREFUSED") {
					counts.refused++;
				} else {
					counts.failed.push(`${error.code} ${request.reusedSocket}`);
				}
				resolve(false);
			});
		});
	const clients = Array.from({ length: 64 }, async (_, index) => {
		while (await once(`/${index % 2}`)) {}
	});
	await warm.promise;
	await server.close();
	await Promise.all(clients);
	agent.destroy();
	assert.deepEqual(counts.failed, []);
	assert.equal(counts.refused, 64);
	assert.equal(inside, 0);
});
