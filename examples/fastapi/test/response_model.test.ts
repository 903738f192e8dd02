import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const notFound = { detail: "Not Found" };

checkPort("response_model.tutorial001", [
	[
		"GET /items/",
		200,
		[
			{
				name: "Portal Gun",
				description: null,
				price: 42,
				tax: null,
				tags: [],
			},
			{ name: "Plumbus", description: null, price: 32, tax: null, tags: [] },
		],
	],
	[
		"POST /items/",
		{ json: { name: "Foo", price: "5.5", tags: ["new"], owner: "me" } },
		200,
		{ name: "Foo", description: null, price: 5.5, tax: null, tags: ["new"] },
	],
	[
		"POST /items/",
		{ json: { name: "Foo" } },
		422,
		invalid(missing(["body", "price"], { name: "Foo" })),
	],
]);

const user = {
	username: "jdoe",
	password: "secret",
	email: "jdoe@example.com",
	full_name: "J. Doe",
};
const { password: _, ...shown } = user;

checkPort("response_model.tutorial002", [
	["POST /user/", { json: user }, 200, user],
]);

for (const name of ["tutorial003", "tutorial003_01"]) {
	checkPort(`response_model.${name}`, [
		["POST /user/", { json: user }, 200, shown],
		[
			"POST /user/",
			{ json: { ...user, full_name: undefined } },
			200,
			{ ...shown, full_name: null },
		],
	]);
}

const portal = { message: "Here's your interdimensional portal." };

for (const name of ["tutorial003_02", "tutorial003_05"]) {
	checkPort(`response_model.${name}`, [
		["GET /portal", 200, portal],
		["GET /portal?teleport=true", 307, ""],
	]);
}

checkPort("response_model.tutorial003_03", [["GET /teleport", 307, ""]]);

checkPort("response_model.tutorial004", [
	["GET /items/foo", 200, { name: "Foo", price: 50.2 }],
	[
		"GET /items/bar",
		200,
		{ name: "Bar", description: "The bartenders", price: 62, tax: 20.2 },
	],
	[
		"GET /items/baz",
		200,
		{ name: "Baz", description: null, price: 50.2, tax: 10.5, tags: [] },
	],
	["GET /items/quux", 404, notFound],
]);

checkPort("response_model.tutorial005", [
	[
		"GET /items/bar/name",
		200,
		{ name: "Bar", description: "The Bar fighters" },
	],
	["GET /items/foo/name", 200, { name: "Foo", description: null }],
	[
		"GET /items/bar/public",
		200,
		{ name: "Bar", description: "The Bar fighters", price: 62 },
	],
	["GET /items/quux/public", 404, notFound],
]);
