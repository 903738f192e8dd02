import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { checkPort, importPort, type Row } from "./check-port.ts";

const hello: Row = ["GET /users/john", 200, { message: "Hello john" }];

const assets = {
	tutorial001: [
		"https://unpkg.com/swagger-ui-dist@5/swagger-ui-bundle.js",
		"https://unpkg.com/swagger-ui-dist@5/swagger-ui.css",
		"https://unpkg.com/redoc@2/bundles/redoc.standalone.js",
	],
	tutorial002: [
		"/static/swagger-ui-bundle.js",
		"/static/swagger-ui.css",
		"/static/redoc.standalone.js",
	],
} as const;

for (const [name, [script, style, redoc]] of Object.entries(assets)) {
	checkPort(`custom_docs_ui.${name}`, [hello]);

	test(`${name} loads ${script} and ${redoc}`, async () => {
		const app = await importPort(`custom_docs_ui.${name}`);
		await using client = await TestClient.start(app);
		const textOf = async (path: string) => (await client.get(path)).text();
		const docs = await textOf("/docs");
		assert.ok(docs.includes(`<script src="${script}">`));
		assert.ok(docs.includes(`href="${style}"`));
		assert.ok(docs.includes("<title>FastAPI - Swagger UI</title>"));
		assert.ok((await textOf("/redoc")).includes(`<script src="${redoc}">`));
		const redirect = await textOf("/docs/oauth2-redirect");
		assert.ok(redirect.includes("window.opener.swaggerUIRedirectOauth2"));
	});
}
