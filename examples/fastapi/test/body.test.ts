import { checkPort, type Row } from "./check-port.ts";
import { invalid, missing, unreadable } from "./problems.ts";

const item = { name: "Foo", price: 50.5 };
const whole = { ...item, description: "Some Foo", tax: 0.3 };
const filled = { ...item, description: null, tax: null };
const json = item;

const wrong: readonly Row[] = [
	[
		"POST /items/",
		{ json: { name: "Foo" } },
		422,
		invalid(missing(["body", "price"], { name: "Foo" })),
	],
	[
		"POST /items/",
		{ json: {} },
		422,
		invalid(missing(["body", "name"], {}), missing(["body", "price"], {})),
	],
	[
		"POST /items/",
		{ json: { name: "Foo", price: "twenty" } },
		422,
		invalid(unreadable("float_parsing", ["body", "price"], "twenty")),
	],
	["POST /items/", 422, invalid(missing(["body"]))],
];

checkPort("body.tutorial001", [
	["POST /items/", { json }, 200, filled],
	["POST /items/", { json: { ...item, price: "50.5" } }, 200, filled],
	["POST /items/", { json: whole }, 200, whole],
	[
		"POST /items/",
		{ body: JSON.stringify(item) },
		422,
		invalid(
			unreadable("model_attributes_type", ["body"], JSON.stringify(item)),
		),
	],
	[
		"POST /items/",
		{
			body: "{some broken json}",
			headers: { "content-type": "application/json" },
		},
		422,
		invalid({
			type: "json_invalid",
			loc: ["body", 1],
			msg: "JSON decode error",
			input: {},
			ctx: { error: "Expecting property name enclosed in double quotes" },
		}),
	],
	...["application/json; charset=utf-8", "application/geo+json"].map(
		(type): Row => [
			"POST /items/",
			{ body: JSON.stringify(item), headers: { "content-type": type } },
			200,
			filled,
		],
	),
	...wrong,
]);

checkPort("body.tutorial002", [
	["POST /items/", { json }, 200, filled],
	[
		"POST /items/",
		{ json: { ...item, tax: 1.5 } },
		200,
		{ ...filled, tax: 1.5, price_with_tax: 52 },
	],
	...wrong,
]);

checkPort("body.tutorial003", [
	["PUT /items/1", { json }, 200, { item_id: 1, ...filled }],
	["PUT /items/1", { json: whole }, 200, { item_id: 1, ...whole }],
	[
		"PUT /items/x",
		422,
		invalid(
			unreadable("int_parsing", ["path", "item_id"], "x"),
			missing(["body"]),
		),
	],
]);

checkPort("body.tutorial004", [
	["PUT /items/1", { json }, 200, { item_id: 1, ...filled }],
	["PUT /items/1?q=a", { json: whole }, 200, { item_id: 1, ...whole, q: "a" }],
]);
