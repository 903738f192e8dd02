import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import {
	accountsCase,
	installedExample,
	onPostgres,
} from "../../../packages/vivace/test/support/library-example.ts";

installedExample(join(import.meta.dirname, ".."));

onPostgres(
	async () => {
		const { session, withSession } = await import("vivace/database");
		const { addTo, balanceOf, bank, openAccount } = await import(
			"../accounts.ts"
		);
		return {
			bank,
			units: [session(bank)],
			add: addTo,
			balanceOf,
			open: openAccount,
			nested: (work) => withSession(bank, work),
		};
	},
	(server) => {
		accountsCase(async () => (await import("../app.ts")).app, server);

		test("a transaction of Drizzle's own is a part of the session, and by itself outside of one", async () => {
			const { TestClient } = await import("vivace/testing");
			const { App } = await import("vivace");
			const { session } = await import("vivace/database");
			const { accounts, bank, db } = await import("../accounts.ts");
			await server().root("truncate account", "vivace");
			const app = new App({ resources: [bank] });
			const twice = async () => {
				await db.transaction(async (tx) => {
					await tx.insert(accounts).values({ id: 1, balance: 1 });
					await tx.transaction((inner) =>
						inner.insert(accounts).values({ id: 2, balance: 2 }),
					);
					await tx
						.transaction(async (inner) => {
							await inner.insert(accounts).values({ id: 3, balance: 3 });
							await inner.insert(accounts).values({ id: 1, balance: 1 });
						})
						.catch(() => undefined);
				});
				const failing = db.transaction(async (tx) => {
					await tx.insert(accounts).values({ id: 4, balance: 4 });
					throw new Error("no");
				});
				await assert.rejects(failing, /^Error: no$/);
				return db.select({ id: accounts.id }).from(accounts);
			};
			app.post("/within", { own: session(bank) }, twice);
			app.post("/alone", twice);
			await using client = await TestClient.start(app);
			for (const path of ["/within", "/alone"]) {
				await server().root("truncate account", "vivace");
				const response = await client.post(path);
				assert.deepEqual(await response.json(), [{ id: 1 }, { id: 2 }], path);
			}
			assert.equal(bank.opened.stats().inUse, 0);
		});
	},
);
