import { checkPort, type Row } from "./check-port.ts";

const rows: readonly Row[] = [
	[
		"POST /items/",
		{ json: { name: "Foo" } },
		200,
		{ name: "Foo", description: null },
	],
	[
		"GET /items/",
		200,
		[
			{
				name: "Portal Gun",
				description: "Device to travel through the multi-rick-verse",
			},
			{ name: "Plumbus", description: null },
		],
	],
];

checkPort("separate_openapi_schemas.tutorial001", rows);
checkPort("separate_openapi_schemas.tutorial002", rows);
