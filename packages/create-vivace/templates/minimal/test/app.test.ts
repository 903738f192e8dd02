import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../src/app.ts";

test("an item is read by its number", async () => {
	await using client = await TestClient.start(app);
	const response = await client.get("/items/7", { query: { q: "chair" } });
	assert.equal(response.status, 200);
	assert.deepEqual(await response.json(), { item_id: 7, q: "chair" });
});

test("a number that is none is refused", async () => {
	await using client = await TestClient.start(app);
	const response = await client.get("/items/seven");
	assert.equal(response.status, 422);
});
