import { checkPort } from "./check-port.ts";

const created = "This didn't exist before";

checkPort("response_change_status_code.tutorial001", [
	["PUT /get-or-create-task/foo", 200, "Listen to the Bar Fighters"],
	["PUT /get-or-create-task/bar", 201, created],
	["PUT /get-or-create-task/bar", 200, created],
]);
