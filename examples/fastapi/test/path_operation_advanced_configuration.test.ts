import { checkPort, type Row } from "./check-port.ts";
import { invalid, unreadable } from "./problems.ts";

const name = (number: string) =>
	`path_operation_advanced_configuration.tutorial${number}`;

const foo: Row = ["GET /items/", 200, [{ item_id: "Foo" }]];

checkPort(name("001"), [foo]);
checkPort(name("002"), [foo]);
checkPort(name("003"), [foo]);

const item = { name: "Foo", price: 42 };

checkPort(name("004"), [
	[
		"POST /items/",
		{ json: { ...item, tags: ["a", "a"] } },
		200,
		{ ...item, description: null, tax: null, tags: ["a"] },
	],
	[
		"POST /items/",
		{ json: item },
		200,
		{ ...item, description: null, tax: null, tags: [] },
	],
]);

checkPort(name("005"), [["GET /items/", 200, [{ item_id: "portal-gun" }]]]);

checkPort(name("006"), [
	[
		"POST /items/",
		{ body: "this is actually not validated" },
		200,
		{
			size: 30,
			content: {
				name: "Maaaagic",
				price: 42,
				description: "Just kiddin', no magic here. ✨",
			},
		},
	],
]);

checkPort(name("007"), [
	[
		"POST /items/",
		{ body: "name: Deadpoolio\ntags:\n- x-force\n- x-men\n" },
		200,
		{ name: "Deadpoolio", tags: ["x-force", "x-men"] },
	],
	[
		"POST /items/",
		{ body: "name: Deadpoolio\ntags:\nx - x-force\nx - x-men\n" },
		422,
		{ detail: "Invalid YAML" },
	],
	[
		"POST /items/",
		{ body: "name: Deadpoolio\ntags:\n- x-force\n- sneaky: object\n" },
		422,
		invalid(unreadable("string_type", ["tags", 1], { sneaky: "object" })),
	],
]);
