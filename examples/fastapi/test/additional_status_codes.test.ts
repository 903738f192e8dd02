import { checkPort } from "./check-port.ts";

checkPort("additional_status_codes.tutorial001", [
	[
		"PUT /items/foo",
		{ json: { name: "Wrestlers" } },
		200,
		{ name: "Wrestlers", size: null },
	],
	[
		"PUT /items/red",
		{ json: { name: "Chillies" } },
		201,
		{ name: "Chillies", size: null },
	],
	["PUT /items/red", { json: { size: 4 } }, 200, { name: null, size: 4 }],
]);
