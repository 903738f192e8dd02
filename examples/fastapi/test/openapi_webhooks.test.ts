import { checkPort } from "./check-port.ts";

checkPort("openapi_webhooks.tutorial001", [
	["GET /users/", 200, ["Rick", "Morty"]],
	["POST /new-subscription", 404, { detail: "Not Found" }],
]);
