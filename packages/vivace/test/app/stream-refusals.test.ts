import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import {
	App,
	dependency,
	EventSourceResponse,
	HTTPException,
	PlainTextResponse,
	Response,
	StreamingResponse,
	serve,
} from "../../src/index.ts";
import { cors } from "../../src/middleware.ts";
import { TestClient } from "../../src/testing.ts";
import { LogLines } from "../server/port-app.ts";

class Missing extends Error {}

function* refused(): Generator<string> {
	yield* [];
	throw new HTTPException(404, "No such item", {
		headers: { "x-why": "gone" },
	});
}

async function* refusedLater(): AsyncGenerator<string> {
	await Promise.resolve();
	yield* refused();
}

suite("a stream that throws before its first item is answered as a function that throws", () => {
	for (const [name, options, handler] of [
		["JSON lines", {}, refusedLater],
		["events", { responseClass: EventSourceResponse }, refusedLater],
		["text", { responseClass: StreamingResponse }, refusedLater],
		["items with a schema", { response: z.string() }, refusedLater],
		["events without await", { responseClass: EventSourceResponse }, refused],
	] as const) {
		test(name, async () => {
			const app = new App();
			app.use(cors({ allowOrigins: ["https://a.example"] }));
			app.get({ path: "/", ...options }, handler as () => Generator<string>);
			await using client = await TestClient.start(app);
			const answer = await client.get("/", {
				headers: { origin: "https://a.example" },
			});
			assert.equal(answer.status, 404);
			assert.deepEqual(await answer.json(), { detail: "No such item" });
			assert.equal(answer.headers.get("x-why"), "gone");
			assert.equal(
				answer.headers.get("access-control-allow-origin"),
				"https://a.example",
			);
		});
	}

	test("by the app's own exception handler, and dependencies are told", async () => {
		const app = new App();
		const log: string[] = [];
		const unit = (scope: "request" | "function") =>
			dependency(
				async function* () {
					try {
						yield scope;
						log.push(`${scope} committed`);
					} catch (error) {
						log.push(`${scope} rolled back: ${(error as Error).name}`);
						throw error;
					}
				},
				{ scope },
			);
		app.exceptionHandler(
			Missing,
			() => new PlainTextResponse("none", { status: 410 }),
		);
		app.get(
			"/",
			{ request: unit("request"), function: unit("function") },
			async function* () {
				yield* [];
				throw new Missing();
			},
		);
		await using client = await TestClient.start(app);
		const answer = await client.get("/");
		assert.deepEqual([answer.status, await answer.text()], [410, "none"]);
		assert.deepEqual(log, [
			"function rolled back: Error",
			"request rolled back: Error",
		]);
	});

	test("an item that does not fit is a 500", async () => {
		const app = new App({ logger: new LogLines() });
		app.get({ path: "/", response: z.int() }, async function* () {
			yield "no number" as never;
		});
		await using client = await TestClient.start(app, {
			throwServerErrors: false,
		});
		const answer = await client.get("/");
		assert.deepEqual(
			[answer.status, await answer.text()],
			[500, "Internal Server Error"],
		);
	});
});

test("what a stream throws when its head has left can't be answered: it is cut, and the log says what to do", async () => {
	const app = new App();
	const log = new LogLines();
	const release = Promise.withResolvers<void>();
	// events: on Bun the head of other streams leaves with their first item
	const events = { path: "/", responseClass: EventSourceResponse };
	app.get(events, async function* () {
		await release.promise;
		yield* refused();
	});
	app.get("/second", async function* () {
		yield "first";
		yield* refused();
	});
	await using server = await serve(app, { port: 0, signals: false, log });
	const answer = await fetch(server.url);
	assert.equal(answer.status, 200);
	release.resolve();
	await assert.rejects(answer.text());
	await assert.rejects(async () =>
		(await fetch(`${server.url}/second`)).text(),
	);
	assert.match(
		log.text,
		/GET \/: the body failed while it was being sent; the status of an HTTPException can't be sent then, check before the first item is waited for, or in a dependency: HTTPException: No such item/,
	);
});

test("a stream that has begun ends when a middleware puts another answer in its place", async () => {
	const app = new App();
	let hasEnded = false;
	app.use(async (request, next) => {
		await next(request);
		return new Response("another");
	});
	app.get("/", async function* () {
		try {
			yield 1;
			await wait(60_000, undefined, { ref: false });
			yield 2;
		} finally {
			hasEnded = true;
		}
	});
	await using client = await TestClient.start(app);
	assert.equal(await (await client.get("/")).text(), "another");
	assert.equal(hasEnded, true);
});
