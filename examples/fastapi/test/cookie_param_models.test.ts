import { checkPort, type Row } from "./check-port.ts";
import { extra, invalid, missing } from "./problems.ts";

const sent = (cookie: string) => ({ headers: { cookie } });
const minimal = {
	session_id: "1",
	fatebook_tracker: null,
	googall_tracker: null,
};
const surplus = sent("session_id=1; other=x");

const rows: readonly Row[] = [
	["GET /items/", sent("session_id=1"), 200, minimal],
	[
		"GET /items/",
		sent("session_id=1; fatebook_tracker=2; googall_tracker=3"),
		200,
		{ session_id: "1", fatebook_tracker: "2", googall_tracker: "3" },
	],
	["GET /items/", 422, invalid(missing(["cookie", "session_id"], {}))],
	[
		"GET /items/",
		sent("googall_tracker=3"),
		422,
		invalid(missing(["cookie", "session_id"], { googall_tracker: "3" })),
	],
];

checkPort("cookie_param_models.tutorial001", [
	...rows,
	["GET /items/", surplus, 200, minimal],
]);

checkPort("cookie_param_models.tutorial002", [
	...rows,
	["GET /items/", surplus, 422, invalid(extra(["cookie", "other"], "x"))],
]);
