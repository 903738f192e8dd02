import { checkPort, type Row } from "./check-port.ts";
import { extra, invalid, missing } from "./problems.ts";

const user = { username: "Foo", password: "secret" };

const rows: readonly Row[] = [
	["POST /login/", { form: user }, 200, user],
	[
		"POST /login/",
		{ form: { username: "Foo" } },
		422,
		invalid(missing(["body", "password"], { username: "Foo" })),
	],
	[
		"POST /login/",
		422,
		invalid(
			missing(["body", "username"], {}),
			missing(["body", "password"], {}),
		),
	],
	[
		"POST /login/",
		{ json: user },
		422,
		invalid(
			missing(["body", "username"], {}),
			missing(["body", "password"], {}),
		),
	],
];
const surplus = { form: { ...user, extra: ["1", "2"] } };

checkPort("request_form_models.tutorial001", [
	...rows,
	["POST /login/", surplus, 200, user],
]);

checkPort("request_form_models.tutorial002", [
	...rows,
	["POST /login/", surplus, 422, invalid(extra(["body", "extra"], ["1", "2"]))],
]);
