import { checkPort } from "./check-port.ts";

for (const name of ["first_steps.tutorial001", "first_steps.tutorial003"]) {
	checkPort(name, [
		["GET /", 200, { message: "Hello World" }],
		["GET /nowhere", 404, { detail: "Not Found" }],
		["POST /", 405, { detail: "Method Not Allowed" }],
	]);
}
