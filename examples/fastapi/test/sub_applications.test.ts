import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../sub_applications/tutorial001.ts";
import { checkPort } from "./check-port.ts";

checkPort("sub_applications.tutorial001", [
	["GET /app", 200, { message: "Hello World from main app" }],
	["GET /subapi/sub", 200, { message: "Hello World from sub API" }],
	["GET /sub", 404, { detail: "Not Found" }],
]);

test("the app that is mounted describes itself, and where it is", async () => {
	await using client = await TestClient.start(app);
	const document = (await (
		await client.get("/subapi/openapi.json")
	).json()) as { paths: object; servers: unknown };
	assert.deepEqual(Object.keys(document.paths), ["/sub"]);
	assert.deepEqual(document.servers, [{ url: "/subapi" }]);
	const page = await (await client.get("/subapi/docs")).text();
	assert.match(page, /'\/subapi\/openapi\.json'/);
});
