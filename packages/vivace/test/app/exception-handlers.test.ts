import assert from "node:assert/strict";
import { test } from "node:test";
import { App, HTTPException, PlainTextResponse } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

test("a handler of 500 answers what is unexpected, not an HTTPException of that status", async () => {
	const app = new App({ logger: { error() {}, info() {}, warn() {} } });
	app.exceptionHandler(500, () => new PlainTextResponse("last resort"));
	app.get("/known", () => {
		throw new HTTPException(500, "known");
	});
	app.get("/unknown", () => {
		throw new Error("unknown");
	});
	await using client = await TestClient.start(app, {
		throwServerErrors: false,
	});
	const answers = ["/known", "/unknown"].map(async (path) =>
		(await client.get(path)).text(),
	);
	assert.deepEqual(await Promise.all(answers), [
		'{"detail":"known"}',
		"last resort",
	]);
});

test("an HTTPException without a detail, or with null, has the phrase of its status", () => {
	assert.equal(new HTTPException(400).detail, "Bad Request");
	assert.equal(new HTTPException(400, null).detail, "Bad Request");
	assert.equal(new HTTPException(400, "").detail, "");
});
