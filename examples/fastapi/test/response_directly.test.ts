import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const item = { title: "Foo", timestamp: "2023-01-01T12:00:00" };

checkPort("response_directly.tutorial001", [
	["PUT /items/1", { json: item }, 200, { ...item, description: null }],
	[
		"PUT /items/1",
		{ json: { title: "Foo" } },
		422,
		invalid(missing(["body", "timestamp"], { title: "Foo" })),
	],
]);

checkPort("response_directly.tutorial002", [
	[
		"GET /legacy/",
		200,
		`<?xml version="1.0"?>
    <shampoo>
    <Header>
        Apply shampoo here.
    </Header>
    <Body>
        You'll have to use soap here.
    </Body>
    </shampoo>
    `,
	],
]);
