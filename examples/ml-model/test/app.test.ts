import assert from "node:assert/strict";
import { test } from "node:test";
import { dependency } from "vivace";
import { TestClient } from "vivace/testing";
import { z } from "zod";
import { app } from "../app.ts";
import { BusyError, type ReadsText, textReader } from "../text-reader.ts";

const record = z.record(z.string(), z.unknown());

const Document = z.object({
	paths: z.object({
		"/predict": z.object({
			post: z.object({
				requestBody: z.object({ content: record }),
				responses: record,
			}),
		}),
	}),
	components: z.object({ schemas: record }),
});

const busyReader = dependency(
	(): ReadsText => ({
		assertAlive() {},
		read: () => Promise.reject(new BusyError("Too many pictures are waiting")),
	}),
	{ scope: "app" },
);

test("where too many pictures wait, the next is told to come back later", async () => {
	app.overrides.set(textReader, busyReader);
	await using client = await TestClient.start(app);
	const response = await client.post("/predict", {
		headers: { "content-type": "image/png" },
		body: "a picture",
	});
	assert.equal(response.status, 503);
	assert.equal(response.headers.get("retry-after"), "10");
	assert.deepEqual(await response.json(), {
		detail: "Too many pictures are waiting",
	});
});

test("the document says what is sent and what comes back", async () => {
	app.overrides.set(textReader, busyReader);
	await using client = await TestClient.start(app);
	const response = await client.get("/openapi.json");
	const document = Document.parse(await response.json());
	const { requestBody, responses } = document.paths["/predict"].post;
	assert.deepEqual(Object.keys(requestBody.content), [
		"image/png",
		"image/jpeg",
	]);
	assert.deepEqual(Object.keys(responses).sort(), [
		...["200", "400", "413", "415", "422", "503"],
	]);
	assert.deepEqual(Object.keys(document.components.schemas).sort(), [
		...["Box", "Line", "Reading"],
	]);
});
