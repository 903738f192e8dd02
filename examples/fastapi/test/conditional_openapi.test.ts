import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "vivace";
import { TestClient } from "vivace/testing";
import { checkPort } from "./check-port.ts";

checkPort("conditional_openapi.tutorial001", [
	["GET /", 200, { message: "Hello World" }],
]);

test("an empty OPENAPI_URL switches the document and its pages off", async () => {
	process.env.OPENAPI_URL = "";
	const path = "../conditional_openapi/tutorial001.ts?without"; // loaded anew
	const { app } = (await import(path)) as { app: App };
	delete process.env.OPENAPI_URL;
	await using client = await TestClient.start(app);
	for (const page of ["/openapi.json", "/docs", "/redoc"]) {
		assert.equal((await client.get(page)).status, 404);
	}
	assert.equal((await client.get("/")).status, 200);
});
