import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { TestClient } from "vivace/testing";
import { checkPort, importPort } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();
before(() => writeFileSync("large-video-file.mp4", "a long film"));

const items = [{ item_id: "Foo" }];
const page = `
    <html>
        <head>
            <title>Some HTML in here</title>
        </head>
        <body>
            <h1>Look ma! HTML!</h1>
        </body>
    </html>
    `;

checkPort("custom_response.tutorial001", [["GET /items/", 200, items]]);
checkPort("custom_response.tutorial001b", [["GET /items/", 200, items]]);
checkPort("custom_response.tutorial002", [["GET /items/", 200, page]]);
checkPort("custom_response.tutorial003", [["GET /items/", 200, page]]);
checkPort("custom_response.tutorial004", [["GET /items/", 200, page]]);
checkPort("custom_response.tutorial005", [["GET /", 200, "Hello World"]]);
checkPort("custom_response.tutorial006", [["GET /typer", 307, ""]]);
checkPort("custom_response.tutorial006b", [["GET /fastapi", 307, ""]]);
checkPort("custom_response.tutorial006c", [["GET /pydantic", 302, ""]]);
checkPort("custom_response.tutorial007", [
	["GET /", 200, "some fake video bytes".repeat(10)],
]);
checkPort("custom_response.tutorial008", [["GET /", 200, "a long film"]]);
checkPort("custom_response.tutorial009", [["GET /", 200, "a long film"]]);
checkPort("custom_response.tutorial009b", [["GET /", 200, "a long film"]]);
checkPort("custom_response.tutorial009c", [
	["GET /", 200, { message: "Hello World" }],
]);
checkPort("custom_response.tutorial010", [
	["GET /items/", 200, "<h1>Items</h1><p>This is a list of items.</p>"],
]);

const contentTypes = {
	tutorial001: ["/items/", "application/json"],
	tutorial002: ["/items/", "text/html; charset=utf-8"],
	tutorial005: ["/", "text/plain; charset=utf-8"],
	tutorial007: ["/", null],
	tutorial008: ["/", "video/mp4"],
	tutorial009: ["/", "video/mp4"],
	tutorial009c: ["/", "application/json"],
	tutorial010: ["/items/", "text/html; charset=utf-8"],
} as const;

for (const [name, [path, type]] of Object.entries(contentTypes)) {
	test(`${name} answers ${path} as ${type ?? "nothing in particular"}`, async () => {
		const app = await importPort(`custom_response.${name}`);
		await using client = await TestClient.start(app);
		const { headers } = await client.get(path);
		assert.equal(headers.get("content-type"), type);
	});
}

const redirects = {
	tutorial006: ["/typer", "https://typer.tiangolo.com"],
	tutorial006b: ["/fastapi", "https://fastapi.tiangolo.com"],
	tutorial006c: ["/pydantic", "https://docs.pydantic.dev/"],
} as const;

for (const [name, [path, location]] of Object.entries(redirects)) {
	test(`${name} sends the client from ${path} to ${location}`, async () => {
		const app = await importPort(`custom_response.${name}`);
		await using client = await TestClient.start(app, {
			followRedirects: false,
		});
		const { headers } = await client.get(path);
		assert.equal(headers.get("location"), location);
	});
}

test("a response class of one's own writes JSON as it likes", async () => {
	const app = await importPort("custom_response.tutorial009c");
	await using client = await TestClient.start(app);
	const text = await (await client.get("/")).text();
	assert.equal(text, '{\n  "message": "Hello World"\n}');
});
