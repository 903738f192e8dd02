import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../stream_data/tutorial001.ts";
import { checkPort } from "./check-port.ts";

checkPort("stream_data.tutorial001", []);

const paths = [
	"/story/stream",
	"/story/stream-no-async",
	"/story/stream-no-annotation",
	"/story/stream-no-async-no-annotation",
].flatMap((path) => [path, `${path}-bytes`]);

for (const path of paths) {
	test(`${path} sends the lines one after the other, of no media type`, async () => {
		await using client = await TestClient.start(app);
		const { headers, ...answer } = await answerOf(client, path);
		assert.equal(headers.get("content-type"), null);
		assert.equal(answer.status, 200);
		assert.match(answer.text, /^Rick: .*hall\)Morty: .*for you Morty\.$/);
	});
}

async function answerOf(client: TestClient, path: string) {
	const response = await client.get(path);
	const { status, headers } = response;
	return { status, headers, text: await response.text() };
}
