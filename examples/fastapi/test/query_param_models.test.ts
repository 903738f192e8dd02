import { checkPort, type Row } from "./check-port.ts";
import { extra, invalid, noneOf, outOfBounds } from "./problems.ts";

const defaults = { limit: 100, offset: 0, order_by: "created_at", tags: [] };
const surplus = "GET /items/?limit=5&tool=plumbus";

const rows: readonly Row[] = [
	["GET /items/", 200, defaults],
	[
		"GET /items/?limit=10&offset=5&order_by=updated_at&tags=a&tags=b",
		200,
		{ limit: 10, offset: 5, order_by: "updated_at", tags: ["a", "b"] },
	],
	[
		"GET /items/?limit=150&offset=-1&order_by=wrong",
		422,
		invalid(
			outOfBounds("less_than_equal", 100, ["query", "limit"], "150"),
			outOfBounds("greater_than_equal", 0, ["query", "offset"], "-1"),
			noneOf(
				"literal_error",
				"'created_at' or 'updated_at'",
				["query", "order_by"],
				"wrong",
			),
		),
	],
];

checkPort("query_param_models.tutorial001", [
	...rows,
	[surplus, 200, { ...defaults, limit: 5 }],
]);

checkPort("query_param_models.tutorial002", [
	...rows,
	[surplus, 422, invalid(extra(["query", "tool"], "plumbus"))],
]);
