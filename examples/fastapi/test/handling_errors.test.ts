import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as withHeader } from "../handling_errors/tutorial002.ts";
import { checkPort } from "./check-port.ts";
import { invalid, unreadable } from "./problems.ts";

// one of the ports writes about its errors
const written = mock.method(console, "error", () => {});
before(() => written.mock.resetCalls());
after(() => written.mock.restore());

const itemNotFound = { detail: "Item not found" };

checkPort("handling_errors.tutorial001", [
	["GET /items/foo", 200, { item: "The Foo Wrestlers" }],
	["GET /items/bar", 404, itemNotFound],
]);

checkPort("handling_errors.tutorial002", [
	["GET /items-header/foo", 200, { item: "The Foo Wrestlers" }],
	["GET /items-header/bar", 404, itemNotFound],
]);

test("an HTTPException's headers are sent", async () => {
	await using client = await TestClient.start(withHeader);
	const { headers } = await client.get("/items-header/bar");
	assert.equal(headers.get("x-error"), "There goes my error");
});

checkPort("handling_errors.tutorial003", [
	["GET /unicorns/shinny", 200, { unicorn_name: "shinny" }],
	[
		"GET /unicorns/yolo",
		418,
		{ message: "Oops! yolo did something. There goes a rainbow..." },
	],
]);

const notInteger =
	"Input should be a valid integer, unable to parse string as an integer";

checkPort("handling_errors.tutorial004", [
	["GET /items/2", 200, { item_id: 2 }],
	["GET /items/3", 418, "Nope! I don't like 3."],
	[
		"GET /items/foo",
		400,
		`Validation errors:\nField: ('path', 'item_id'), Error: ${notInteger}`,
	],
]);

const tooWide = { title: "towel", size: "XL" };

checkPort("handling_errors.tutorial005", [
	[
		"POST /items/",
		{ json: { title: "towel", size: 5 } },
		200,
		{ title: "towel", size: 5 },
	],
	[
		"POST /items/",
		{ json: tooWide },
		422,
		{
			...invalid(unreadable("int_parsing", ["body", "size"], "XL")),
			body: tooWide,
		},
	],
]);

checkPort("handling_errors.tutorial006", [
	["GET /items/2", 200, { item_id: 2 }],
	["GET /items/3", 418, { detail: "Nope! I don't like 3." }],
	[
		"GET /items/foo",
		422,
		invalid(unreadable("int_parsing", ["path", "item_id"], "foo")),
	],
]);

test("a handler that hands over to the usual one has written first", () => {
	const lines = written.mock.calls.map(({ arguments: [line] }) => String(line));
	assert.equal(lines.length, 2);
	assert.match(lines[0] ?? "", /HTTP error!: .*I don't like 3/);
	assert.match(lines[1] ?? "", /invalid data/);
});
