import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as secure } from "../advanced_middleware/tutorial001.ts";
import { app as guarded } from "../advanced_middleware/tutorial002.ts";
import { app as compressing } from "../advanced_middleware/tutorial003.ts";

const hello = { message: "Hello World" };

test("http is redirected to https", async () => {
	await using client = await TestClient.start(secure, {
		followRedirects: false,
	});
	const response = await client.get("/");
	assert.equal(response.status, 307);
	assert.equal(response.headers.get("location"), "https://testserver/");
	const answer = await client.get("https://testserver/");
	assert.deepEqual(await answer.json(), hello);
});

test("only trusted hosts are answered", async () => {
	await using client = await TestClient.start(guarded);
	for (const host of ["example.com", "www.example.com"]) {
		const answer = await client.get(`http://${host}/`);
		assert.deepEqual(await answer.json(), hello);
	}
	const refusal = await client.get("http://example.org/");
	assert.equal(refusal.status, 400);
	assert.equal(await refusal.text(), "Invalid host header");
});

test("what is small is not compressed", async () => {
	await using client = await TestClient.start(compressing);
	const headers = { "accept-encoding": "gzip" };
	const response = await client.get("/", { headers });
	assert.equal(response.headers.get("content-encoding"), null);
	assert.equal(await response.json(), "somebigcontent");
});
