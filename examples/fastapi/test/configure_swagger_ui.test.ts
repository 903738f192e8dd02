import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { checkPort, importPort } from "./check-port.ts";

const lines = {
	tutorial001: ['"syntaxHighlight": false,', '"deepLinking": true,'],
	tutorial002: [
		'"syntaxHighlight": {"theme": "obsidian"},',
		'"deepLinking": true,',
	],
	tutorial003: ['"deepLinking": false,', '"showExtensions": true,'],
} as const;

for (const [name, expected] of Object.entries(lines)) {
	checkPort(`configure_swagger_ui.${name}`, [
		["GET /users/foo", 200, { message: "Hello foo" }],
	]);

	test(`${name} tells Swagger UI ${expected.join(" ")}`, async () => {
		const app = await importPort(`configure_swagger_ui.${name}`);
		await using client = await TestClient.start(app);
		const page = await (await client.get("/docs")).text();
		for (const line of expected) {
			assert.ok(page.includes(line), line);
		}
		assert.ok(page.includes('"layout": "BaseLayout",'));
	});
}
