import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { before, test } from "node:test";

const folder = join(import.meta.dirname, "..");
const root = join(folder, "../..");

before(() => {
	const install = join(root, "scripts/install.mjs");
	execFileSync(process.execPath, [install, folder], { stdio: "inherit" });
});

test("the example is typed", () => {
	execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
		stdio: "inherit",
	});
});

test("a request's changes are written together or not at all", async () => {
	const { TestClient } = await import("vivace/testing");
	const { app } = await import("../app.ts");
	await using client = await TestClient.start(app);
	const open = (id: number) =>
		client.post("/accounts", { query: { id, balance: 10 } });
	const balance = async (id: number) =>
		(
			(await (await client.get(`/accounts/${id}`)).json()) as {
				balance: number;
			}
		).balance;
	const transfer = (amount: number, to = 2) =>
		client.post("/transfers", { query: { from: 1, to, amount } });

	assert.deepEqual(
		await Promise.all([open(1), open(2)]).then((all) =>
			all.map(({ status }) => status),
		),
		[201, 201],
	);
	assert.equal((await transfer(4)).status, 200);
	assert.deepEqual([await balance(1), await balance(2)], [6, 14]);
	assert.equal((await transfer(7)).status, 409);
	assert.equal((await transfer(1, 9)).status, 404);
	assert.deepEqual([await balance(1), await balance(2)], [6, 14]);
});

test("requests at the same time do not see each other's entities", async () => {
	const { TestClient } = await import("vivace/testing");
	const { app } = await import("../app.ts");
	await using client = await TestClient.start(app);
	const ids = Array.from({ length: 100 }, (_, index) => index + 1);
	await Promise.all(
		ids.map((id) => client.post("/accounts", { query: { id, balance: id } })),
	);
	const found = await Promise.all(
		ids.map(async (id) => (await client.get(`/accounts/${id}`)).json()),
	);
	assert.deepEqual(
		found,
		ids.map((id) => ({ id, balance: id })),
	);
});
