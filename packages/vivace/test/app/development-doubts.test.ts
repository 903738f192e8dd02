import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { z } from "zod";
import { EventSourceResponse, ServerSentEvent } from "../../src/index.ts";
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
