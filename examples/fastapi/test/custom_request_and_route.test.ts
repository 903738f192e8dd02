import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { TestClient } from "vivace/testing";
import { app as timed } from "../custom_request_and_route/tutorial003.ts";
import { checkPort } from "./check-port.ts";
import { unreadable } from "./problems.ts";

const ones = Array<number>(1000).fill(1);
const headers = {
	"content-type": "application/json",
	"content-encoding": "gzip",
};

checkPort("custom_request_and_route.tutorial001", [
	["POST /sum", { json: ones }, 200, { sum: 1000 }],
	[
		"POST /sum",
		{ headers, body: gzipSync(JSON.stringify(ones)) },
		200,
		{ sum: 1000 },
	],
]);

const wrong = { numbers: [1, 2, 3] };

checkPort("custom_request_and_route.tutorial002", [
	["POST /", { json: [1, 2, 3] }, 200, 6],
	[
		"POST /",
		{ json: wrong },
		422,
		{
			detail: {
				errors: [unreadable("list_type", ["body"], wrong)],
				body: JSON.stringify(wrong),
			},
		},
	],
]);

checkPort("custom_request_and_route.tutorial003", [
	["GET /", 200, { message: "Not timed" }],
	["GET /timed", 200, { message: "It's the time of my life" }],
]);

test("only the router's answers say how long they took", async () => {
	await using client = await TestClient.start(timed);
	const timeOf = async (path: string) =>
		(await client.get(path)).headers.get("x-response-time");
	assert.equal(await timeOf("/"), null);
	assert.ok(Number(await timeOf("/timed")) >= 0);
});
