import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { App, Body } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const Item = z.object({
	a: z.int().default(1),
	b: z.string().optional(),
	inner: z.object({ c: z.int().default(2) }).optional(),
});
const Model = z.object({
	map: z.map(z.string(), Item).optional(),
	numbers: z.map(z.int(), Item).optional(),
	set: z.set(Item).optional(),
	record: z.record(z.string(), Item).optional(),
	tuple: z.tuple([Item]).optional(),
});
const given = {
	map: { k: { b: "x" }, l: { a: 1 } },
	numbers: { "5": {} },
	set: [{}, { inner: {} }],
	record: { r: {} },
	tuple: [{}],
};

test("excludeUnset leaves out what was not set within maps and sets too, received and sent", async () => {
	const app = new App();
	app.post(
		"/received",
		{ body: Body(Model, { excludeUnset: true }) },
		({ body }) => {
			assert.ok(body.map instanceof Map && body.set instanceof Set);
			const first: { a?: number } | undefined = body.numbers?.get(5);
			assert.deepEqual(first, {});
			return body;
		},
	);
	app.get({ path: "/sent", response: Model, excludeUnset: true }, () => ({
		map: new Map(Object.entries(given.map)),
		numbers: new Map([[5, {}]]),
		set: new Set(given.set),
		record: given.record,
		tuple: [{}] as const,
	}));
	await using client = await TestClient.start(app);
	const received = await client.post("/received", { json: given });
	assert.deepEqual(await received.json(), given);
	const sent = await client.get("/sent");
	assert.deepEqual(await sent.json(), given);
});
