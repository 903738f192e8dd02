import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app as withShutdown } from "../events/tutorial002.ts";
import { checkPort } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();

test("a shutdown handler runs when the app stops", async () => {
	const client = await TestClient.start(withShutdown);
	await assert.rejects(readFile("log.txt"), { code: "ENOENT" });
	await client.close();
	assert.equal(await readFile("log.txt", "utf8"), "Application shutdown");
});

checkPort("events.tutorial001", [
	["GET /items/foo", 200, { name: "Fighters" }],
]);
checkPort("events.tutorial002", [["GET /items/", 200, [{ name: "Foo" }]]]);
checkPort("events.tutorial003", [["GET /predict?x=2", 200, { result: 84 }]]);
