import { checkPort } from "./check-port.ts";
import { invalid, unreadable } from "./problems.ts";

const json = { name: "Foo", price: 50.5 };
const text = JSON.stringify(json);
const body = new TextEncoder().encode(text); // bytes have no type of their own

checkPort("strict_content_type.tutorial001", [
	["POST /items/", { body }, 200, json],
	["POST /items/", { json }, 200, json],
	[
		"POST /items/",
		{ body, headers: { "content-type": "text/plain" } },
		422,
		invalid(unreadable("model_attributes_type", ["body"], text)),
	],
]);
