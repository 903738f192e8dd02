import { checkPort } from "./check-port.ts";

checkPort("extending_openapi.tutorial001", [
	["GET /items/", 200, [{ name: "Foo" }]],
]);
