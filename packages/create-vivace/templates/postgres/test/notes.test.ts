import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { database } from "vivace/database";
import { TestClient } from "vivace/testing";
import { app } from "../src/app.ts";
import { migrations, notes, type Tables } from "../src/database.ts";

const url = process.env.TEST_DATABASE_URL;
const skip = url === undefined && "set TEST_DATABASE_URL";

// each test begins with an empty table, in a database for tests alone
beforeEach(async () => {
	if (url === undefined) {
		return;
	}
	const forTests = database<Tables>(url, { migrations, onStart: "run" });
	app.overrides.set(notes, forTests);
	await using scope = await app.scope();
	const { db } = await scope.get(notes);
	await sql`truncate note restart identity`.execute(db);
});

test("a note is stored and read", { skip }, async () => {
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

test("a title is there once", { skip }, async () => {
	await using client = await TestClient.start(app);
	await client.post("/notes", { json: { title: "Milk" } });
	const again = await client.post("/notes", { json: { title: "Milk" } });
	assert.equal(again.status, 409);
});

test("what is no note is refused, and what is not there is not found", {
	skip,
}, async () => {
	await using client = await TestClient.start(app);
	assert.equal(
		(await client.post("/notes", { json: { title: "" } })).status,
		422,
	);
	assert.equal((await client.get("/notes/7")).status, 404);
});
