import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

checkPort("encoder.tutorial001", [
	[
		"PUT /items/1",
		{ json: { title: "Foo", timestamp: "2023-01-01T12:00:00" } },
		200,
		null,
	],
	[
		"PUT /items/1",
		{ json: { title: "Foo" } },
		422,
		invalid(missing(["body", "timestamp"], { title: "Foo" })),
	],
]);
