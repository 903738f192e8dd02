import { checkPort } from "./check-port.ts";
import { invalid, noneOf, unreadable } from "./problems.ts";

checkPort("path_params.tutorial001", [
	["GET /items/foo", 200, { item_id: "foo" }],
	["GET /items/3", 200, { item_id: "3" }],
]);

checkPort("path_params.tutorial002", [
	["GET /items/3", 200, { item_id: 3 }],
	[
		"GET /items/4.2",
		422,
		invalid(unreadable("int_parsing", ["path", "item_id"], "4.2")),
	],
]);

checkPort("path_params.tutorial003", [
	["GET /users/me", 200, { user_id: "the current user" }],
	["GET /users/a%20b", 200, { user_id: "a b" }],
]);

checkPort("path_params.tutorial003b", [["GET /users", 200, ["Rick", "Morty"]]]);

checkPort("path_params.tutorial004", [
	["GET /files/home/a.txt", 200, { file_path: "home/a.txt" }],
	["GET /files//home/a.txt", 200, { file_path: "/home/a.txt" }],
]);

checkPort("path_params.tutorial005", [
	[
		"GET /models/alexnet",
		200,
		{ model_name: "alexnet", message: "Deep Learning FTW!" },
	],
	[
		"GET /models/lenet",
		200,
		{ model_name: "lenet", message: "LeCNN all the images" },
	],
	[
		"GET /models/resnet",
		200,
		{ model_name: "resnet", message: "Have some residuals" },
	],
	[
		"GET /models/vgg",
		422,
		invalid(
			noneOf(
				"enum",
				"'alexnet', 'resnet' or 'lenet'",
				["path", "model_name"],
				"vgg",
			),
		),
	],
]);
