import { checkPort } from "./check-port.ts";

const json = { id: "fooinvoice", customer: "John", total: 5.3 };

checkPort("openapi_callbacks.tutorial001", [
	["POST /invoices/", { json }, 200, { msg: "Invoice received" }],
	[
		"POST /invoices/?callback_url=https://example.com",
		{ json },
		200,
		{ msg: "Invoice received" },
	],
	// only the API's users answer callbacks
	["POST /invoices/fooinvoice", { json }, 404, { detail: "Not Found" }],
]);
