import { checkPort } from "./check-port.ts";
import { invalid, outOfBounds, tooLong } from "./problems.ts";

const long = "a".repeat(301);

checkPort("body_fields.tutorial001", [
	[
		"PUT /items/5",
		{ json: { item: { name: "Foo", price: 3 } } },
		200,
		{
			item_id: 5,
			item: { name: "Foo", price: 3, description: null, tax: null },
		},
	],
	[
		"PUT /items/5",
		{ json: { item: { name: "Foo", price: -3, description: long } } },
		422,
		invalid(
			tooLong(300, ["body", "item", "description"], long),
			outOfBounds("greater_than", 0, ["body", "item", "price"], -3),
		),
	],
]);
