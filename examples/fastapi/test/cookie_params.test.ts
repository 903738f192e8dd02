import { checkPort } from "./check-port.ts";

const sent = (cookie: string) => ({ headers: { cookie } });

checkPort("cookie_params.tutorial001", [
	["GET /items/", 200, { ads_id: null }],
	["GET /items/", sent("ads_id=a"), 200, { ads_id: "a" }],
	["GET /items/", sent("session=b; ads_id=a"), 200, { ads_id: "a" }],
	["GET /items/", sent("session=b"), 200, { ads_id: null }],
]);
