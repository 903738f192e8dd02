import { checkPort } from "./check-port.ts";
import { invalid, missing, unreadable } from "./problems.ts";

const names = ["Foo", "Bar", "Baz"].map((item_name) => ({ item_name }));
const description = "This is an amazing item that has a long description";

checkPort("query_params.tutorial001", [
	["GET /items/", 200, names],
	["GET /items/?skip=1", 200, names.slice(1)],
	["GET /items/?skip=1&limit=1", 200, names.slice(1, 2)],
	[
		"GET /items/?skip=a&limit=b",
		422,
		invalid(
			unreadable("int_parsing", ["query", "skip"], "a"),
			unreadable("int_parsing", ["query", "limit"], "b"),
		),
	],
	["GET /items", 307, ""],
]);

checkPort("query_params.tutorial002", [
	["GET /items/foo", 200, { item_id: "foo" }],
	["GET /items/foo?q=bar", 200, { item_id: "foo", q: "bar" }],
]);

checkPort("query_params.tutorial003", [
	["GET /items/foo", 200, { item_id: "foo", description }],
	["GET /items/foo?q=a", 200, { item_id: "foo", q: "a", description }],
	...["1", "True", "true", "on", "yes"].map(
		(short) =>
			[`GET /items/foo?short=${short}`, 200, { item_id: "foo" }] as const,
	),
	[
		"GET /items/foo?short=42",
		422,
		invalid(unreadable("bool_parsing", ["query", "short"], "42")),
	],
]);

checkPort("query_params.tutorial004", [
	[
		"GET /users/23/items/foo",
		200,
		{ item_id: "foo", owner_id: 23, description },
	],
	[
		"GET /users/23/items/foo?q=a&short=yes",
		200,
		{ item_id: "foo", owner_id: 23, q: "a" },
	],
]);

checkPort("query_params.tutorial005", [
	["GET /items/foo?needy=very", 200, { item_id: "foo", needy: "very" }],
	["GET /items/foo", 422, invalid(missing(["query", "needy"]))],
]);

checkPort("query_params.tutorial006", [
	[
		"GET /items/foo?needy=very",
		200,
		{ item_id: "foo", needy: "very", skip: 0, limit: null },
	],
	[
		"GET /items/foo?skip=a&limit=b",
		422,
		invalid(
			missing(["query", "needy"]),
			unreadable("int_parsing", ["query", "skip"], "a"),
			unreadable("int_parsing", ["query", "limit"], "b"),
		),
	],
]);
