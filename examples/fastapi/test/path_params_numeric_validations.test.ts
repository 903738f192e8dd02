import { checkPort } from "./check-port.ts";
import { invalid, missing, outOfBounds, unreadable } from "./problems.ts";

const id = ["path", "item_id"];
const q = ["query", "q"];
const size = ["query", "size"];

checkPort("path_params_numeric_validations.tutorial001", [
	["GET /items/1", 200, { item_id: 1 }],
	["GET /items/1?item-query=a", 200, { item_id: 1, q: "a" }],
	["GET /items/1?q=a", 200, { item_id: 1 }],
	["GET /items/x", 422, invalid(unreadable("int_parsing", id, "x"))],
]);

for (const tutorial of ["tutorial002", "tutorial003"]) {
	checkPort(`path_params_numeric_validations.${tutorial}`, [
		["GET /items/1?q=", 200, { item_id: 1 }],
		["GET /items/1?q=a", 200, { item_id: 1, q: "a" }],
		["GET /items/1", 422, invalid(missing(q))],
		[
			"GET /items/x",
			422,
			invalid(unreadable("int_parsing", id, "x"), missing(q)),
		],
	]);
}

checkPort("path_params_numeric_validations.tutorial004", [
	["GET /items/1?q=a", 200, { item_id: 1, q: "a" }],
	[
		"GET /items/0?q=a",
		422,
		invalid(outOfBounds("greater_than_equal", 1, id, "0")),
	],
]);

checkPort("path_params_numeric_validations.tutorial005", [
	["GET /items/1000?q=a", 200, { item_id: 1000, q: "a" }],
	["GET /items/0?q=a", 422, invalid(outOfBounds("greater_than", 0, id, "0"))],
	[
		"GET /items/1001?q=a",
		422,
		invalid(outOfBounds("less_than_equal", 1000, id, "1001")),
	],
]);

checkPort("path_params_numeric_validations.tutorial006", [
	["GET /items/0?q=a&size=0.1", 200, { item_id: 0, q: "a", size: 0.1 }],
	[
		"GET /items/-1?q=a&size=10.5",
		422,
		invalid(
			outOfBounds("greater_than_equal", 0, id, "-1"),
			outOfBounds("less_than", 10.5, size, "10.5"),
		),
	],
	[
		"GET /items/1?q=a&size=0",
		422,
		invalid(outOfBounds("greater_than", 0, size, "0")),
	],
]);
