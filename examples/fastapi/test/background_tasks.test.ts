import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { test } from "node:test";
import { checkPort } from "./check-port.ts";
import { useWorkingFolder } from "./working-folder.ts";

useWorkingFolder();

checkPort("background_tasks.tutorial001", [
	[
		"POST /send-notification/foo@example.com",
		200,
		{ message: "Notification sent in the background" },
	],
]);

test("a background task has written the notification", async () => {
	const text = await readFile("log.txt", "utf8");
	assert.equal(text, "notification for foo@example.com: some notification");
	await rm("log.txt");
});

checkPort("background_tasks.tutorial002", [
	[
		"POST /send-notification/foo@example.com?q=some-query",
		200,
		{ message: "Message sent" },
	],
	["POST /send-notification/bar@example.com", 200, { message: "Message sent" }],
]);

test("a dependency's task runs before the path operation's", async () => {
	const lines = (await readFile("log.txt", "utf8")).split("\n");
	assert.deepEqual(lines, [
		"found query: some-query",
		"message to foo@example.com",
		"message to bar@example.com",
		"",
	]);
});
