import { checkPort } from "./check-port.ts";
import { invalid, missing, outOfBounds, unreadable } from "./problems.ts";

const item = { name: "Foo", description: null, price: 50.5, tax: null };
const user = { username: "Dave", full_name: null };
const sent = {
	item: { name: "Foo", price: 50.5 },
	user: { username: "Dave" },
};

checkPort("body_multiple_params.tutorial001", [
	["PUT /items/5", 200, { item_id: 5 }],
	["PUT /items/5?q=a", { json: sent.item }, 200, { item_id: 5, q: "a", item }],
	["PUT /items/5", { json: null }, 200, { item_id: 5 }],
	[
		"PUT /items/1001",
		422,
		invalid(outOfBounds("less_than_equal", 1000, ["path", "item_id"], "1001")),
	],
	[
		"PUT /items/foo",
		422,
		invalid(unreadable("int_parsing", ["path", "item_id"], "foo")),
	],
]);

checkPort("body_multiple_params.tutorial002", [
	["PUT /items/5", { json: sent }, 200, { item_id: 5, item, user }],
	[
		"PUT /items/5",
		422,
		invalid(missing(["body", "item"]), missing(["body", "user"])),
	],
	[
		"PUT /items/5",
		{ json: { item: {}, user: {} } },
		422,
		invalid(
			missing(["body", "item", "name"], {}),
			missing(["body", "item", "price"], {}),
			missing(["body", "user", "username"], {}),
		),
	],
	[
		"PUT /items/5",
		{ json: sent.item },
		422,
		invalid(missing(["body", "item"]), missing(["body", "user"])),
	],
]);

const important = { ...sent, importance: 2 };

checkPort("body_multiple_params.tutorial003", [
	[
		"PUT /items/5",
		{ json: important },
		200,
		{ item_id: 5, item, user, importance: 2 },
	],
	[
		"PUT /items/5",
		{ json: sent },
		422,
		invalid(missing(["body", "importance"])),
	],
	[
		"PUT /items/5",
		{ json: { ...sent, importance: "x" } },
		422,
		invalid(unreadable("int_parsing", ["body", "importance"], "x")),
	],
]);

checkPort("body_multiple_params.tutorial004", [
	[
		"PUT /items/5",
		{ json: important },
		200,
		{ item_id: 5, item, user, importance: 2 },
	],
	[
		"PUT /items/5?q=a",
		{ json: important },
		200,
		{ item_id: 5, item, user, importance: 2, q: "a" },
	],
	[
		"PUT /items/5",
		{ json: { ...sent, importance: 0 } },
		422,
		invalid(outOfBounds("greater_than", 0, ["body", "importance"], 0)),
	],
]);

checkPort("body_multiple_params.tutorial005", [
	["PUT /items/5", { json: { item: sent.item } }, 200, { item_id: 5, item }],
	[
		"PUT /items/5",
		{ json: sent.item },
		422,
		invalid(missing(["body", "item"])),
	],
	["PUT /items/5", 422, invalid(missing(["body", "item"]))],
]);
