import assert from "node:assert/strict";
import { test } from "node:test";
import {
	App,
	BackgroundTasks,
	dependency,
	EventSourceResponse,
	StreamingResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** An app with a pool that says when it is used after its release. */
function appWithPool(lines: string[]) {
	const pool = dependency(
		async function* () {
			const use = { isOpen: true };
			yield (who: string) => {
				lines.push(use.isOpen ? who : `${who} after the release`);
			};
			use.isOpen = false;
			lines.push("pool closes");
		},
		{ scope: "app", name: "pool" },
	);
	const logger = { error() {}, warn() {}, info: () => lines.push("logged") };
	const app = new App({ logger, resources: [pool] });
	return { app, pool };
}

test("a client that is closed waits for requests, then for their tasks, and releases resources last", async () => {
	const lines: string[] = [];
	const { app, pool } = appWithPool(lines);
	const isThere = Promise.withResolvers<void>();
	const gate = Promise.withResolvers<void>();
	app.get("/", { pool, tasks: BackgroundTasks }, async ({ pool, tasks }) => {
		isThere.resolve();
		await gate.promise;
		pool("handler");
		tasks.add(async () => {
			await new Promise((resolve) => setImmediate(resolve));
			pool("task");
		});
		return "done";
	});
	const client = await TestClient.start(app);
	const answering = client.get("/");
	await isThere.promise;
	const closing = client.close();
	assert.equal(app.isShuttingDown, true);
	gate.resolve();
	assert.equal(await (await answering).json(), "done");
	await closing;
	assert.deepEqual(lines, ["handler", "task", "pool closes"]);
});

test("events are told at once that the app stops, with the reason, and end", async () => {
	const lines: string[] = [];
	const { app, pool } = appWithPool(lines);
	const begun = Promise.withResolvers<void>();
	app.get("/listening", { pool }, ({ pool }, request) => {
		async function* events() {
			yield "one";
			begun.resolve();
			await new Promise((resolve) =>
				request.signal.addEventListener("abort", resolve),
			);
			pool(`told ${request.signal.reason}`);
		}
		return new EventSourceResponse(events());
	});
	const client = await TestClient.start(app);
	const answering = client.get("/listening");
	await begun.promise;
	await client.close();
	assert.match(await (await answering).text(), /^data: "one"\n\n$/);
	assert.deepEqual(lines, ["told shutdown", "pool closes"]);
});

test("events that do not listen are ended all the same", async () => {
	const lines: string[] = [];
	const { app, pool } = appWithPool(lines);
	const begun = Promise.withResolvers<void>();
	app.get("/deaf", { pool }, ({ pool }) => {
		async function* events() {
			try {
				for (;;) {
					yield "tick";
					begun.resolve();
					await new Promise((resolve) => setTimeout(resolve, 5));
				}
			} finally {
				pool("left");
			}
		}
		return new EventSourceResponse(events());
	});
	const client = await TestClient.start(app);
	const answering = client.get("/deaf");
	await begun.promise;
	await client.close();
	assert.equal((await answering).status, 200);
	assert.deepEqual(lines, ["left", "pool closes"]);
});

test("a request that takes too long is cut off, and closing says so", async () => {
	const lines: string[] = [];
	const { app, pool } = appWithPool(lines);
	const begun = Promise.withResolvers<void>();
	app.get("/", { pool }, async ({ pool }, request) => {
		begun.resolve();
		await new Promise((resolve) =>
			request.signal.addEventListener("abort", resolve),
		);
		pool(`cut off: ${request.signal.reason}`);
		return "too late";
	});
	const client = await TestClient.start(app, { settleTimeoutMs: 20 });
	const answering = client.get("/");
	await begun.promise;
	await assert.rejects(
		client.close(),
		/requests were still running 0\.02 s after the app was told to stop/,
	);
	await answering;
	assert.deepEqual(lines, ["cut off: shutdown", "pool closes"]);
});

test("a client whose signal aborts goes away: the app sees it, the request rejects when its scope was left", async () => {
	const lines: string[] = [];
	const session = dependency(async function* () {
		try {
			yield;
		} finally {
			lines.push("left");
		}
	});
	const app = new App({ logger: { error() {}, warn() {}, info() {} } });
	const leaving = new AbortController();
	app.get("/slow", { session }, async (_values, request) => {
		leaving.abort(new Error("gone"));
		lines.push(`aborted: ${request.signal.aborted}`);
		return "nobody reads it";
	});
	const left = new AbortController();
	app.get("/stream", { session }, () => {
		async function* chunks() {
			try {
				for (;;) {
					yield "x";
					left.abort(new Error("gone"));
				}
			} finally {
				lines.push("stream ends");
			}
		}
		return new StreamingResponse(chunks());
	});
	await using client = await TestClient.start(app);
	await assert.rejects(
		client.get("/slow", { signal: leaving.signal }),
		/^Error: gone$/,
	);
	assert.deepEqual(lines.splice(0), ["aborted: true", "left"]);
	await assert.rejects(
		client.get("/stream", { signal: left.signal }),
		/^Error: gone$/,
	);
	assert.deepEqual(lines.splice(0), ["stream ends", "left"]);
	await assert.rejects(
		client.get("/slow", { signal: AbortSignal.abort(new Error("never")) }),
		/^Error: never$/,
	);
	assert.deepEqual(lines, []);
});

test("starting and stopping say nothing where all goes well; closing twice is closing once", async () => {
	const lines: string[] = [];
	const { app } = appWithPool(lines);
	const client = await TestClient.start(app);
	await Promise.all([client.close(), client.close()]);
	assert.deepEqual(lines, ["pool closes"]);
});

test("an error of start-up is told by the rejection alone", async () => {
	const lines: string[] = [];
	const log = (message: string) => void lines.push(message);
	const bad = dependency(
		() => {
			throw new Error("no database");
		},
		{ scope: "app", name: "bad" },
	);
	const app = new App({
		resources: [bad],
		logger: { error: log, warn: log, info: log },
	});
	await assert.rejects(TestClient.start(app), /no database/);
	assert.deepEqual(lines, []);
});
