import { checkPort } from "./check-port.ts";

const sent = (name: string, value: string) => ({ headers: { [name]: value } });

checkPort("header_params.tutorial001", [
	["GET /items/", 200, { "User-Agent": "testclient" }],
	["GET /items/", sent("user-agent", "other"), 200, { "User-Agent": "other" }],
]);

checkPort("header_params.tutorial002", [
	["GET /items/", 200, { strange_header: null }],
	["GET /items/", sent("strange_header", "a"), 200, { strange_header: "a" }],
	["GET /items/", sent("strange-header", "a"), 200, { strange_header: null }],
]);

checkPort("header_params.tutorial003", [
	["GET /items/", 200, { "X-Token values": null }],
	["GET /items/", sent("x-token", "a"), 200, { "X-Token values": ["a"] }],
]);
