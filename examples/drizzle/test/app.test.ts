import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { before, suite, test } from "node:test";
import { MariaDb } from "../../../packages/vivace/test/support/mariadb.ts";

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

suite("with a server", { skip: MariaDb.missing ?? false }, () => {
	test("a request's changes are stored together or not at all", async () => {
		await using server = await MariaDb.start();
		const { user, password, host, port, database } = server.account;
		process.env.DATABASE_URL = `mysql://${user}:${password}@${host}:${port}/${database}`;
		await server.root(
			`create table ${database}.account (id int primary key, balance int not null)`,
		);
		const { TestClient } = await import("vivace/testing");
		const { app } = await import("../app.ts");
		await using client = await TestClient.start(app);
		const balances = () =>
			Promise.all(
				[1, 2].map(async (id) => {
					const response = await client.get(`/accounts/${id}`);
					return ((await response.json()) as { balance: number }).balance;
				}),
			);
		const transfer = (amount: number, to = 2) =>
			client.post("/transfers", { query: { from: 1, to, amount } });

		for (const id of [1, 2]) {
			await client.post("/accounts", { query: { id, balance: 10 } });
		}
		assert.equal((await transfer(4)).status, 200);
		assert.deepEqual(await balances(), [6, 14]);
		assert.equal((await transfer(7)).status, 409);
		assert.equal((await transfer(1, 9)).status, 404);
		assert.deepEqual(await balances(), [6, 14]);
		const all = await Promise.all(
			Array.from({ length: 12 }, () => transfer(1)),
		);
		const stored = all.filter(({ status }) => status === 200).length;
		assert.equal(stored, 6);
		assert.deepEqual(await balances(), [0, 20]);
	});
});
