import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as ofResponse } from "../response_headers/tutorial001.ts";
import { app as ofParameter } from "../response_headers/tutorial002.ts";
import { checkPort } from "./check-port.ts";

const content = { message: "Hello World" };

checkPort("response_headers.tutorial001", [["GET /headers/", 200, content]]);
checkPort("response_headers.tutorial002", [
	["GET /headers-and-object/", 200, content],
]);

test("headers of a response are sent", async () => {
	await using client = await TestClient.start(ofResponse);
	const { headers } = await client.get("/headers/");
	assert.equal(headers.get("x-cat-dog"), "alone in the world");
	assert.equal(headers.get("content-language"), "en-US");
});

test("headers of the response parameter go with the value", async () => {
	await using client = await TestClient.start(ofParameter);
	const { headers } = await client.get("/headers-and-object/");
	assert.equal(headers.get("x-cat-dog"), "alone in the world");
	assert.equal(headers.get("content-type"), "application/json");
});
