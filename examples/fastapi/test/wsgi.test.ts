import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "vivace";
import { app } from "../wsgi/tutorial001.ts";
import { checkPort } from "./check-port.ts";

checkPort("wsgi.tutorial001", [["GET /v2", 200, { message: "Hello World" }]]);

test("an app of another framework answers below its mount", async () => {
	await using server = await serve(app, {
		port: 0,
		signals: false,
		log: { info() {}, warn() {}, error: console.error },
	});
	for (const [path, text] of [
		["/v1/", "Hello, World from Flask!"],
		["/v1/?name=Ada", "Hello, Ada from Flask!"],
	]) {
		const response = await fetch(`${server.url}${path}`);
		assert.equal(await response.text(), text);
	}
});
