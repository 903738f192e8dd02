import { checkPort, type Row } from "./check-port.ts";

const sent = { name: "Foo", price: 42, tags: ["a", "b", "a"] };
const answer = {
	name: "Foo",
	description: null,
	price: 42,
	tax: null,
	tags: ["a", "b"],
};

const created = (status: number): Row => [
	"POST /items/",
	{ json: sent },
	status,
	answer,
];
const lists: readonly Row[] = [
	["GET /items/", 200, [{ name: "Foo", price: 42 }]],
	["GET /users/", 200, [{ username: "johndoe" }]],
];

checkPort("path_operation_configuration.tutorial001", [created(201)]);
checkPort("path_operation_configuration.tutorial002", [created(200), ...lists]);
checkPort("path_operation_configuration.tutorial002b", [
	["GET /items/", 200, ["Portal gun", "Plumbus"]],
	["GET /users/", 200, ["Rick", "Morty"]],
]);
checkPort("path_operation_configuration.tutorial003", [created(200)]);
checkPort("path_operation_configuration.tutorial004", [created(200)]);
checkPort("path_operation_configuration.tutorial005", [created(200)]);
checkPort("path_operation_configuration.tutorial006", [
	...lists,
	["GET /elements/", 200, [{ item_id: "Foo" }]],
]);
