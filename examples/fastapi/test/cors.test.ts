import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../cors/tutorial001.ts";
import { checkPort } from "./check-port.ts";

checkPort("cors.tutorial001", [["GET /", 200, { message: "Hello World" }]]);

const origin = "https://localhost.tiangolo.com";

test("a preflight is answered for the app", async () => {
	await using client = await TestClient.start(app);
	const response = await client.options("/", {
		headers: {
			origin,
			"access-control-request-method": "GET",
			"access-control-request-headers": "X-Example",
		},
	});
	assert.equal(response.status, 200);
	assert.equal(await response.text(), "OK");
	assert.equal(response.headers.get("access-control-allow-origin"), origin);
	const allowed = response.headers.get("access-control-allow-headers");
	assert.equal(allowed, "X-Example");
});

test("an answer says that the origin which asked may read it", async () => {
	await using client = await TestClient.start(app);
	const { headers } = await client.get("/", { headers: { origin } });
	assert.equal(headers.get("access-control-allow-origin"), origin);
	assert.equal(headers.get("access-control-allow-credentials"), "true");
});

test("an answer says nothing of an origin that is not allowed", async () => {
	await using client = await TestClient.start(app);
	const { headers } = await client.get("/", {
		headers: { origin: "https://example.com" },
	});
	assert.equal(headers.get("access-control-allow-origin"), null);
});
