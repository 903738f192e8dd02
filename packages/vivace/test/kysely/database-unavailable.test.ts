import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "../../src/app/app.ts";
import { DatabaseError, databaseUnavailable } from "../../src/kysely.ts";
import { TestClient } from "../../src/testing/test-client.ts";

test("a database that is away is a 503 with Retry-After, and its reason is for the log alone", async () => {
	const lines: string[] = [];
	const app = new App();
	app.use(
		databaseUnavailable({
			retryAfterSeconds: 3,
			log: (line) => lines.push(line),
		}),
	);
	app.get("/down", () => {
		throw new DatabaseError("POOL_TIMEOUT", "no connection to db.internal");
	});
	await using client = await TestClient.start(app);
	for (const _ of [1, 2]) {
		const response = await client.get("/down");
		assert.equal(response.status, 503);
		assert.equal(response.headers.get("retry-after"), "3");
		assert.deepEqual(await response.json(), {
			detail: "The database is not available at the moment.",
		});
	}
	assert.deepEqual(lines, [
		"GET /down: 503: POOL_TIMEOUT: no connection to db.internal",
	]);
});

test("any other error and any answer passes", async () => {
	const logger = { ...console, error: () => undefined };
	const app = new App({ logger });
	app.use(databaseUnavailable());
	app.get("/fine", () => "fine");
	app.get("/bug", () => {
		throw new Error("a bug");
	});
	await using client = await TestClient.start(app);
	assert.equal(await (await client.get("/fine")).json(), "fine");
	await assert.rejects(client.get("/bug"), /a bug/);
});
