import assert from "node:assert/strict";
import { once } from "node:events";
import { rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
	App,
	dependency,
	FileResponse,
	type Request,
	Response,
	type ServeOptions,
	StreamingResponse,
	serve,
} from "../../src/index.ts";
import { LogLines } from "./port-app.ts";
import { RawClient } from "./raw-client.ts";
import { RawSocket } from "./raw-socket.ts";

/** An app with one route, what its request scope hears at the end, and when it had begun. */
function scopedApp(handle: (request: Request) => unknown) {
	const told: string[] = [];
	const begun = Promise.withResolvers<void>();
	const scoped = dependency(
		async function* () {
			try {
				yield;
				told.push("delivered");
			} catch (error) {
				told.push((error as Error).name);
				throw error;
			}
		},
		{ scope: "request" },
	);
	const pool = dependency(
		async function* () {
			yield;
			told.push("released");
		},
		{ scope: "app" },
	);
	const app = new App({ dependencies: [scoped, pool] });
	app.route(["GET", "POST"], "/", (_values, request) => {
		begun.resolve();
		return handle(request);
	});
	return { app, told, begun: begun.promise };
}

function serveTest(app: App, options: ServeOptions = {}) {
	const log = new LogLines();
	return serve(app, {
		port: 0,
		signals: false,
		log,
		drainTimeoutMs: 40,
		...options,
	});
}

const get = ["GET / HTTP/1.1", "host: test", "", ""];

const cases: readonly [
	string,
	readonly string[],
	(request: Request) => unknown,
][] = [
	[
		"a handler that ends when it is told to",
		get,
		async ({ signal }) => {
			await once(signal, "abort");
			return "late";
		},
	],
	[
		"a stream that goes on when it is told to end",
		get,
		({ signal }) =>
			new StreamingResponse(
				(async function* () {
					yield "a";
					await once(signal, "abort");
					yield "z";
				})(),
			),
	],
	[
		"a handler that waits for a body that never comes",
		["POST / HTTP/1.1", "host: test", "content-length: 9", "", ""],
		async (request) => (await request.bytes()).length,
	],
];

for (const [what, sent, handle] of cases) {
	test(`the request scope of ${what} hears that it was cut off, before resources are released`, async () => {
		const { app, told, begun } = scopedApp(handle);
		const server = await serveTest(app);
		await using client = await RawClient.open(server.port);
		client.send(...sent);
		await begun;
		await assert.rejects(server.close(), /1 request was cut off after 0\.04 s/);
		assert.deepEqual(told, ["ClientGoneError", "released"]);
	});
}

for (const engine of ["native", "node"] as const) {
	test(`the client of a request that is cut off gets no answer, engine ${engine}`, async () => {
		const { app, begun } = scopedApp(() => new Promise(() => {}));
		const server = await serveTest(app, { engine, tasksTimeoutMs: 20 });
		await using client = await RawClient.open(server.port);
		client.send(...get);
		await begun;
		await assert.rejects(
			server.close(),
			/stopping the server failed in 2 places/,
		);
		await client.closed;
		assert.equal(client.received, "");
	});
}

const longFile = join(tmpdir(), `vivace-cut-off-${process.pid}`);
await writeFile(longFile, "");
await truncate(longFile, 64 * 1024 * 1024);
after(() => rm(longFile));
const longText = "x".repeat(16 * 1024 * 1024);

for (const [what, answer] of [
	["a file", () => new FileResponse(longFile)],
	["a text", () => new Response(longText)],
] as const) {
	test(`the request scope of ${what} that a client does not take hears that it was cut off`, async () => {
		const { app, told, begun } = scopedApp(answer);
		const server = await serveTest(app, {
			drainTimeoutMs: 2000,
			writeTimeoutMs: 100,
		});
		await using client = await RawClient.open(server.port);
		client.socket.pause();
		client.send(...get);
		await begun;
		await server.close();
		assert.deepEqual(told, ["ClientGoneError", "released"]);
	});
}

for (const engine of ["native", "node"] as const) {
	test(`a whole answer that its client takes slowly is waited for, engine ${engine}`, async () => {
		const { app, told, begun } = scopedApp(
			() => new Response(longText, { mediaType: "text/plain" }),
		);
		const server = await serveTest(app, { engine, drainTimeoutMs: 30_000 });
		await using client = await RawClient.open(server.port);
		client.socket.pause();
		client.send(...get);
		await begun;
		for (let turn = 0; turn < 5; turn++) {
			await new Promise(setImmediate); // an answer that seems to have left would be told of
		}
		assert.deepEqual(told, []);
		const closing = server.close();
		client.socket.resume();
		await closing;
		assert.deepEqual(told, ["delivered", "released"]);
		await client.closed;
		assert.equal(
			client.received.length - client.received.indexOf("\r\n\r\n") - 4,
			longText.length,
		);
	});
}

test("a client of a socket that takes nothing is cut after writeTimeoutMs, also without pings", async () => {
	const ended = Promise.withResolvers<unknown>();
	const app = new App();
	app.websocket(
		{ path: "/", limits: { pingMs: 0 } },
		async (_values, socket) => {
			try {
				for (;;) {
					await socket.send(longText);
				}
			} catch (error) {
				ended.resolve(error);
				throw error;
			}
		},
	);
	await using server = await serveTest(app, { writeTimeoutMs: 100 });
	await using client = await RawSocket.open(server.port, "/");
	client.socket.pause();
	assert.equal(((await ended.promise) as { readonly code: number }).code, 1006);
});
