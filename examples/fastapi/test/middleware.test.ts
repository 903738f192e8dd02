import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../middleware/tutorial001.ts";
import { checkPort } from "./check-port.ts";

checkPort("middleware.tutorial001", []);

test("a middleware adds a header to whatever is answered", async () => {
	await using client = await TestClient.start(app);
	for (const path of ["/openapi.json", "/missing"]) {
		const { headers } = await client.get(path);
		assert.match(headers.get("x-process-time") ?? "", /^\d+\.?\d*(e-\d+)?$/);
	}
});
