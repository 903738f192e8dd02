import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClient } from "vivace/testing";
import { app } from "../app.ts";

test("what computes for long runs in a thread, and others are answered meanwhile", async () => {
	await using client = await TestClient.start(app);
	const order: string[] = [];
	const long = client.get("/primes/50000000").then((response) => {
		order.push("long");
		return response.json();
	});
	for (let turn = 0; turn < 3; turn++) {
		const response = await client.get("/primes/10");
		assert.deepEqual(await response.json(), { count: 4 });
		order.push("short");
	}
	assert.deepEqual(await long, { count: 3_001_134 });
	// on a busy machine the second thread may start late; where the first held up the others, none would be answered before it
	assert.equal(order[0], "short");
});

test("a client that goes away takes its task along, and the pool goes on", async () => {
	await using client = await TestClient.start(app);
	const leaving = new AbortController();
	const long = client.get("/primes/100000000", { signal: leaving.signal });
	await (await client.get("/primes/10")).json();
	leaving.abort();
	await assert.rejects(Promise.resolve(long), { name: "AbortError" });
	const response = await client.get("/primes/100");
	assert.deepEqual(await response.json(), { count: 25 });
});

test("what no thread should be given is refused before", async () => {
	await using client = await TestClient.start(app);
	assert.equal((await client.get("/primes/1")).status, 422);
	assert.equal((await client.get("/primes/1000000000")).status, 422);
});
