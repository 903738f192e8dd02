import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../stream_json_lines/tutorial001.ts";
import { checkPort } from "./check-port.ts";

const lines = `{"name":"Plumbus","description":"A multi-purpose household device."}
{"name":"Portal Gun","description":"A portal opening device."}
{"name":"Meeseeks Box","description":"A box that summons a Meeseeks."}
`;

checkPort("stream_json_lines.tutorial001", [
	["GET /items/stream", 200, lines],
	["GET /items/stream-no-async", 200, lines],
	["GET /items/stream-no-annotation", 200, lines],
	["GET /items/stream-no-async-no-annotation", 200, lines],
]);

test("what a generator yields is sent as JSON lines, and says so", async () => {
	await using client = await TestClient.start(app);
	const { headers } = await client.get("/items/stream");
	assert.equal(headers.get("content-type"), "application/jsonl");
});
