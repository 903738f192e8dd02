import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../server_sent_events/tutorial001.ts";
import { checkPort } from "./check-port.ts";
import { invalid, unreadable } from "./problems.ts";

const described = `data: {"name":"Plumbus","description":"A multi-purpose household device."}

data: {"name":"Portal Gun","description":"A portal opening device."}

data: {"name":"Meeseeks Box","description":"A box that summons a Meeseeks."}

`;

checkPort("server_sent_events.tutorial001", [
	["GET /items/stream", 200, described],
	["GET /items/stream-no-async", 200, described],
	["GET /items/stream-no-annotation", 200, described],
	["GET /items/stream-no-async-no-annotation", 200, described],
]);

checkPort("server_sent_events.tutorial002", [
	[
		"GET /items/stream",
		200,
		`: stream of item updates

event: item_update
data: {"name":"Plumbus","price":32.99}
id: 1
retry: 5000

event: item_update
data: {"name":"Portal Gun","price":999.99}
id: 2
retry: 5000

event: item_update
data: {"name":"Meeseeks Box","price":49.99}
id: 3
retry: 5000

`,
	],
]);

checkPort("server_sent_events.tutorial003", [
	[
		"GET /logs/stream",
		200,
		`data: 2025-01-01 INFO  Application started

data: 2025-01-01 DEBUG Connected to database

data: 2025-01-01 WARN  High memory usage detected

`,
	],
]);

const priced = [
	'data: {"name":"Plumbus","price":32.99}\nid: 0\n\n',
	'data: {"name":"Portal Gun","price":999.99}\nid: 1\n\n',
	'data: {"name":"Meeseeks Box","price":49.99}\nid: 2\n\n',
];

checkPort("server_sent_events.tutorial004", [
	["GET /items/stream", 200, priced.join("")],
	[
		"GET /items/stream",
		{ headers: { "last-event-id": "0" } },
		200,
		priced.slice(1).join(""),
	],
	["GET /items/stream", { headers: { "last-event-id": "1" } }, 200, priced[2]],
	["GET /items/stream", { headers: { "last-event-id": "2" } }, 200, ""],
	[
		"GET /items/stream",
		{ headers: { "last-event-id": "last" } },
		422,
		invalid(unreadable("int_parsing", ["header", "last-event-id"], "last")),
	],
]);

checkPort("server_sent_events.tutorial005", [
	[
		"POST /chat/stream",
		{ json: { text: " hello  world" } },
		200,
		`event: token
data: "hello"

event: token
data: "world"

event: done
data: [DONE]

`,
	],
]);

test("a stream of events is neither stored nor held back", async () => {
	await using client = await TestClient.start(app);
	const { headers } = await client.get("/items/stream");
	assert.equal(headers.get("content-type"), "text/event-stream; charset=utf-8");
	assert.equal(headers.get("cache-control"), "no-cache");
	assert.equal(headers.get("x-accel-buffering"), "no");
});
