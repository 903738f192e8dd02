import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { database } from "vivace/database";
import { TestClient } from "vivace/testing";
import { app } from "../src/app.ts";
import { migrations, notes, type Tables } from "../src/database.ts";

// each test has a database of its own, in memory
beforeEach(() => {
	app.overrides.set(notes, database<Tables>("sqlite::memory:", { migrations }));
});

test("a note is stored and read", async () => {
	await using client = await TestClient.start(app);
	const created = await client.post("/notes", {
		json: { title: "Milk", text: "Two litres" },
	});
	assert.equal(created.status, 201);
	const note = { id: 1, title: "Milk", text: "Two litres" };
	assert.deepEqual(await created.json(), note);
	assert.deepEqual(await (await client.get("/notes")).json(), [note]);
	assert.deepEqual(await (await client.get("/notes/1")).json(), note);
});

test("a title is there once", async () => {
	await using client = await TestClient.start(app);
	await client.post("/notes", { json: { title: "Milk" } });
	const again = await client.post("/notes", { json: { title: "Milk" } });
	assert.equal(again.status, 409);
});

test("what is no note is refused, and what is not there is not found", async () => {
	await using client = await TestClient.start(app);
	assert.equal(
		(await client.post("/notes", { json: { title: "" } })).status,
		422,
	);
	assert.equal((await client.get("/notes/7")).status, 404);
});
