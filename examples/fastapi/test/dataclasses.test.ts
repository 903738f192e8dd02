import { checkPort } from "./check-port.ts";
import { invalid, unreadable } from "./problems.ts";

const item = { name: "Foo", price: 3 };

checkPort("dataclasses_.tutorial001", [
	[
		"POST /items/",
		{ json: item },
		200,
		{ ...item, description: null, tax: null },
	],
	[
		"POST /items/",
		{ json: { ...item, price: "invalid price" } },
		422,
		invalid(unreadable("float_parsing", ["body", "price"], "invalid price")),
	],
]);

checkPort("dataclasses_.tutorial002", [
	[
		"GET /items/next",
		200,
		{
			name: "Island In The Moon",
			price: 12.99,
			description: "A place to be playin' and havin' fun",
			tags: ["breater"],
			tax: null,
		},
	],
]);

checkPort("dataclasses_.tutorial003", [
	[
		"POST /authors/foo/items/",
		{ json: [{ name: "Bar" }, { name: "Baz", description: "Drop the Baz" }] },
		200,
		{
			name: "foo",
			items: [
				{ name: "Bar", description: null },
				{ name: "Baz", description: "Drop the Baz" },
			],
		},
	],
	[
		"GET /authors/",
		200,
		[
			{
				name: "Breaters",
				items: [
					{
						name: "Island In The Moon",
						description: "A place to be playin' and havin' fun",
					},
					{ name: "Holy Buddies", description: null },
				],
			},
			{
				name: "System of an Up",
				items: [
					{
						name: "Salt",
						description: "The kombucha mushroom people's favorite",
					},
					{ name: "Pad Thai", description: null },
					{
						name: "Lonely Night",
						description: "The mostests lonliest nightiest of allest",
					},
				],
			},
		],
	],
]);
