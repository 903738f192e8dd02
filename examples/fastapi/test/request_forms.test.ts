import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

const both = invalid(
	missing(["body", "username"]),
	missing(["body", "password"]),
);

checkPort("request_forms.tutorial001", [
	[
		"POST /login/",
		{ form: { username: "Foo", password: "secret" } },
		200,
		{ username: "Foo" },
	],
	[
		"POST /login/",
		{ form: { username: "Foo" } },
		422,
		invalid(missing(["body", "password"])),
	],
	[
		"POST /login/",
		{ form: { username: "", password: "secret" } },
		422,
		invalid(missing(["body", "username"])),
	],
	["POST /login/", 422, both],
	[
		"POST /login/",
		{ json: { username: "Foo", password: "secret" } },
		422,
		both,
	],
]);
