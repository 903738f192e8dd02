import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { z } from "zod";
import {
	App,
	dependency,
	EventSourceResponse,
	HTTPException,
	ServerSentEvent,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { tellingApp } from "../support/start-lines.ts";

const { NODE_ENV } = process.env;
process.env.NODE_ENV = "development";
after(() => {
	if (NODE_ENV === undefined) {
		delete process.env.NODE_ENV;
	} else {
		process.env.NODE_ENV = NODE_ENV;
	}
});

suite("in development an answer that loses something in JSON is told", () => {
	test("once for each path operation, with the place in it", async () => {
		const { app, lines } = tellingApp();
		const items = [{ when: new Date(Number.NaN) }];
		app.get("/a", () => ({ items }));
		app.get("/b", function* () {
			yield { size: Number.NaN };
		});
		await using client = await TestClient.start(app);
		for (const path of ["/a", "/a", "/b"]) {
			await client.get(path);
		}
		assert.equal(lines.length, 2);
		assert.match(
			lines[0] ?? "",
			/^GET \/a \(\S*development-doubts\.test\.ts:\d+\): "items\[0\]\.when" of its answer is an invalid Date, and is sent as null$/,
		);
		assert.match(lines[1] ?? "", /: "size" of its answer is NaN, and/);
	});

	test("and not where a schema says what is sent", async () => {
		const { app, lines } = tellingApp();
		app.get({ path: "/", response: z.looseObject({}) }, () => ({
			size: Number.NaN,
		}));
		await using client = await TestClient.start(app);
		await client.get("/");
		assert.deepEqual(lines, []);
	});
});

suite("in development", () => {
	test("a response of the runtime that was made of an object is told", async () => {
		const { app, lines } = tellingApp();
		app.get("/a", () => new globalThis.Response({ a: 1 } as never));
		app.get("/b", () => new globalThis.Response("[object]"));
		await using client = await TestClient.start(app);
		assert.equal(await (await client.get("/a")).text(), "[object Object]");
		await client.get("/b");
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/^GET \/a .*: the handler returned new Response\(object\), .*; return the object,/,
		);
	});

	test("a resource that could be closed and is not is told", async () => {
		const lines: string[] = [];
		const app = new App({
			logger: {
				info: (line: string) => lines.push(line),
				warn() {},
				error() {},
			},
		});
		const pool = { async end() {} };
		const resources = [
			dependency(async () => pool, { scope: "app", name: "pool" }),
			dependency(async () => ({ close() {}, [Symbol.dispose]() {} }), {
				scope: "app",
				name: "disposed",
			}),
			dependency(
				async function* () {
					yield { close() {} };
				},
				{ scope: "app", name: "yielded" },
			),
			dependency(() => ({ end: 5 }), { scope: "app", name: "plain" }),
		];
		app.get("/", Object.fromEntries(resources.entries()), () => 1);
		await using _client = await TestClient.start(app);
		assert.deepEqual(
			lines.filter((line) => line.includes("called by nothing")),
			[
				'"pool": its end() is called by nothing; write async function* () { … yield value; await value.end(); }',
			],
		);
	});

	test("what is set on a request and not seen in a mounted app is told once", async () => {
		const { app, lines } = tellingApp();
		const inner = new App();
		inner.get("/", (_values, request) => Object.keys(request.state));
		app.mount("/inner", inner);
		app.use((request, next) => {
			Object.assign(request, { user: "ada" });
			Object.assign(request.state, { name: "ada" });
			return next(request);
		});
		await using client = await TestClient.start(app);
		await client.get("/inner/");
		const seen = await client.get("/inner/");
		assert.deepEqual(await seen.json(), ["name"]);
		assert.deepEqual(lines, [
			'request.user was set, which the app mounted at "/inner" does not see; write request.state.user, which it does',
		]);
	});

	test("a detail within a detail is told once", () => {
		const { warn } = console;
		const lines: string[] = [];
		console.warn = (line: string) => lines.push(line);
		try {
			new HTTPException(404, { detail: "a", code: 1 });
			new HTTPException(404, { detail: "Not found" });
			new HTTPException(404, { detail: "Not found" });
		} finally {
			console.warn = warn;
		}
		assert.equal(lines.length, 1);
		assert.match(
			lines[0] ?? "",
			/development-doubts\.test\.ts:\d+: the detail of an HTTPException is a record with a detail, .*; write new HTTPException\(404, "Not found"\)$/,
		);
	});
});

test("in development an event that is written by hand is told", async () => {
	const { app, lines } = tellingApp();
	const route = { responseClass: EventSourceResponse };
	app.get({ ...route, path: "/text" }, function* () {
		yield "data: 1\n\n";
	});
	app.get({ ...route, path: "/record" }, function* () {
		yield { event: "tick", data: 1 };
	});
	app.get({ ...route, path: "/right" }, function* () {
		yield new ServerSentEvent({ event: "tick", data: 1 });
		yield { data: 1 };
		yield { id: 1, data: 1, name: "a value" };
		yield "a text";
	});
	await using client = await TestClient.start(app);
	for (const { path } of app.routes) {
		await client.get(path);
	}
	assert.deepEqual(
		lines.map((line) => line.replace(/^GET (\S+) \(\S+\)/, "$1")),
		[
			"/text: a text that is written as an event already is sent as the data of one; yield the data alone, or new ServerSentEvent({ event, data })",
			"/record: a record of an event's fields is sent as the data of one; yield new ServerSentEvent({ event, data })",
		],
	);
});
