import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as plain } from "../behind_a_proxy/tutorial001.ts";
import { app as withSlash } from "../behind_a_proxy/tutorial001_01.ts";
import { checkPort, type Row } from "./check-port.ts";

const main: Row = [
	"GET /app",
	200,
	{ message: "Hello World", root_path: "/api/v1" },
];

checkPort("behind_a_proxy.tutorial001_01", [
	["GET /items/", 200, ["plumbus", "portal gun"]],
]);
checkPort("behind_a_proxy.tutorial001", [
	["GET /app", 200, { message: "Hello World", root_path: "" }],
]);
checkPort("behind_a_proxy.tutorial002", [main]);
checkPort("behind_a_proxy.tutorial003", [main]);
checkPort("behind_a_proxy.tutorial004", [main]);

test("a redirect goes to the address that the proxy was asked for", async () => {
	await using client = await TestClient.start(withSlash, {
		baseUrl: "https://example.com",
		followRedirects: false,
	});
	const response = await client.get("/items");
	assert.equal(response.status, 307);
	assert.equal(response.headers.get("location"), "https://example.com/items/");
});

test("the server may say which prefix the proxy strips", async () => {
	await using client = await TestClient.start(plain, { rootPath: "/api/v1" });
	const answer = (await (await client.get("/app")).json()) as object;
	assert.deepEqual(answer, { message: "Hello World", root_path: "/api/v1" });
	const { servers } = (await (await client.get("/openapi.json")).json()) as {
		servers: unknown;
	};
	assert.deepEqual(servers, [{ url: "/api/v1" }]);
});
