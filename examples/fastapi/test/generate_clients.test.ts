import { checkPort, type Row } from "./check-port.ts";

const prices: Row = [
	"GET /items/",
	200,
	[
		{ name: "Plumbus", price: 3 },
		{ name: "Portal Gun", price: 9001 },
	],
];

function received(path: string, json: object, message: string): Row {
	return [`POST ${path}`, { json }, 200, { message }];
}

const item = { name: "Foo", price: 5 };
const user = { username: "Foo", email: "foo@example.com" };

checkPort("generate_clients.tutorial001", [
	received("/items/", item, "item received"),
	prices,
]);

for (const name of ["tutorial002", "tutorial003"]) {
	checkPort(`generate_clients.${name}`, [
		received("/items/", item, "Item received"),
		received("/users/", user, "User received"),
		prices,
	]);
}
