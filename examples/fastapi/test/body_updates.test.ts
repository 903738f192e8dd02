import { checkPort } from "./check-port.ts";

const baz = {
	name: "Baz",
	description: null,
	price: 50.2,
	tax: 10.5,
	tags: [],
};
const bar = {
	name: "Bar",
	description: "The bartenders",
	price: 62,
	tax: 20.2,
	tags: [],
};

checkPort("body_updates.tutorial001", [
	["GET /items/baz", 200, baz],
	["GET /items/foo", 200, { ...baz, name: "Foo" }],
	["GET /items/nothing", 404, { detail: "Item not found" }],
	[
		"PUT /items/bar",
		{ json: { name: "Barz", price: 3 } },
		200,
		{ ...baz, name: "Barz", price: 3 },
	],
	["GET /items/bar", 200, { ...baz, name: "Barz", price: 3 }],
]);

checkPort("body_updates.tutorial002", [
	["GET /items/bar", 200, bar],
	[
		"PATCH /items/bar",
		{ json: { name: "Barz" } },
		200,
		{ ...bar, name: "Barz" },
	],
	[
		"PATCH /items/bar",
		{ json: { description: null } },
		200,
		{ ...bar, name: "Barz", description: null },
	],
	["GET /items/bar", 200, { ...bar, name: "Barz", description: null }],
	["PATCH /items/nothing", { json: {} }, 404, { detail: "Item not found" }],
]);
