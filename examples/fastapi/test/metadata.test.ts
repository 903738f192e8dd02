import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as documentElsewhere } from "../metadata/tutorial002.ts";
import { app as docsElsewhere } from "../metadata/tutorial003.ts";
import { checkPort } from "./check-port.ts";

const notFound = { detail: "Not Found" };

for (const name of ["tutorial001", "tutorial001_1"]) {
	checkPort(`metadata.${name}`, [["GET /items/", 200, [{ name: "Katana" }]]]);
}

checkPort(
	"metadata.tutorial002",
	[
		["GET /items/", 200, [{ name: "Foo" }]],
		["GET /openapi.json", 404, notFound],
	],
	{ hasDocument: false },
);

test("the document stands where the app says, and the pages look for it there", async () => {
	await using client = await TestClient.start(documentElsewhere);
	const response = await client.get("/api/v1/openapi.json");
	const document = (await response.json()) as { paths: object };
	assert.deepEqual(Object.keys(document.paths), ["/items/"]);
	for (const page of ["/docs", "/redoc"]) {
		const html = await (await client.get(page)).text();
		assert.ok(html.includes("/api/v1/openapi.json"), page);
	}
});

checkPort("metadata.tutorial003", [
	["GET /items/", 200, [{ name: "Foo" }]],
	["GET /docs", 404, notFound],
	["GET /redoc", 404, notFound],
]);

test("the documentation page stands where the app says", async () => {
	await using client = await TestClient.start(docsElsewhere);
	const response = await client.get("/documentation");
	assert.equal(response.status, 200);
	assert.match(await response.text(), /<title>FastAPI - Swagger UI<\/title>/);
});

checkPort("metadata.tutorial004", [
	["GET /items/", 200, [{ name: "wand" }, { name: "flying broom" }]],
	["GET /users/", 200, [{ name: "Harry" }, { name: "Ron" }]],
]);
