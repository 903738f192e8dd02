import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { items, app as withLifespan } from "../app_testing/tutorial004.ts";
import { checkPort } from "./check-port.ts";

const hello = { msg: "Hello World" };

checkPort("app_testing.app_a.main", [["GET /", 200, hello]]);
checkPort("app_testing.tutorial001", [["GET /", 200, hello]]);

const headers = { "x-token": "coneofsilence" };
const wrong = { headers: { "x-token": "hailhydra" } };
const wrongToken = { detail: "Invalid X-Token header" };
const foobar = { id: "foobar", title: "Foo Bar", description: "Foo Barters" };

checkPort("app_testing.app_b.main", [
	[
		"GET /items/foo",
		{ headers },
		200,
		{ id: "foo", title: "Foo", description: "There goes my hero" },
	],
	["GET /items/foo", wrong, 400, wrongToken],
	["GET /items/baz", { headers }, 404, { detail: "Item not found" }],
	["POST /items/", { headers, json: foobar }, 200, foobar],
	[
		"POST /items/",
		{ headers, json: foobar },
		409,
		{ detail: "Item already exists" },
	],
	["POST /items/", { ...wrong, json: foobar }, 400, wrongToken],
]);

checkPort("app_testing.tutorial003", [
	["GET /items/foo", 200, { name: "Fighters" }],
]);

test("a client runs the lifespan: its items are there from start to end", async () => {
	assert.equal(items.size, 0);
	{
		await using client = await TestClient.start(withLifespan);
		assert.equal(items.size, 2);
		const response = await client.get("/items/foo");
		assert.deepEqual(await response.json(), { name: "Fighters" });
	}
	assert.equal(items.size, 0);
});

checkPort("app_testing.tutorial004", []);
