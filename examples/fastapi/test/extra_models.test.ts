import { checkPort } from "./check-port.ts";

const user = {
	username: "jdoe",
	password: "secret",
	email: "jdoe@example.com",
};

for (const name of ["tutorial001", "tutorial002"]) {
	checkPort(`extra_models.${name}`, [
		[
			"POST /user/",
			{ json: user },
			200,
			{ username: "jdoe", email: "jdoe@example.com", full_name: null },
		],
	]);
}

checkPort("extra_models.tutorial003", [
	[
		"GET /items/item1",
		200,
		{ description: "All my friends drive a low rider", type: "car" },
	],
	[
		"GET /items/item2",
		200,
		{
			description: "Music is my aeroplane, it's my aeroplane",
			type: "plane",
			size: 5,
		},
	],
]);

checkPort("extra_models.tutorial004", [
	[
		"GET /items/",
		200,
		[
			{ name: "Foo", description: "There comes my hero" },
			{ name: "Red", description: "It's my aeroplane" },
		],
	],
]);

checkPort("extra_models.tutorial005", [
	["GET /keyword-weights/", 200, { foo: 2.3, bar: 3.4 }],
]);
