import { checkPort } from "./check-port.ts";
import { invalid, missing } from "./problems.ts";

checkPort("response_status_code.tutorial001", [
	["POST /items/?name=portal%20gun", 201, { name: "portal gun" }],
	["POST /items/", 422, invalid(missing(["query", "name"]))],
]);
