import { checkPort } from "./check-port.ts";

checkPort("using_request_directly.tutorial001", [
	["GET /items/foo", 200, { client_host: "testclient", item_id: "foo" }],
]);
