import assert from "node:assert/strict";
import { test } from "node:test";
import { App, Request } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

async function rootPaths(own: string, ofServer: string): Promise<unknown> {
	const app = new App({ rootPath: own });
	app.get("/", { request: Request }, ({ request }) => request.rootPath);
	await using client = await TestClient.start(app, { rootPath: ofServer });
	const document = (await (await client.get("/openapi.json")).json()) as {
		servers: object[];
	};
	return { seen: await (await client.get("/")).json(), ...document.servers[0] };
}

test("the server says which prefix its proxy strips, unless the app says so itself", async () => {
	assert.deepEqual(await rootPaths("", "/api/v1/"), {
		seen: "/api/v1",
		url: "/api/v1",
	});
	assert.deepEqual(await rootPaths("/own", "/api/v1"), {
		seen: "/own",
		url: "/own",
	});
});
