import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import {
	accountsCase,
	installedExample,
	onPostgres,
} from "../../../packages/vivace/test/support/library-example.ts";

const folder = join(import.meta.dirname, "..");

installedExample(folder, () => {
	// it would load a program that compares schemas with databases, which making a client does not need
	const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
	const prisma = join(folder, "node_modules/.bin/prisma");
	execFileSync(prisma, ["generate"], { cwd: folder, env });
});

onPostgres(
	async () => {
		const { addTo, balanceOf, bank, db, openAccount, unit } = await import(
			"../accounts.ts"
		);
		return {
			bank,
			units: [unit],
			add: addTo,
			balanceOf,
			open: openAccount,
			nested: (work) => db.$transaction(work),
		};
	},
	(server) => {
		accountsCase(async () => (await import("../app.ts")).app, server);

		test("reads by a key of two requests at the same moment each see their own transaction", async () => {
			const { App } = await import("vivace");
			const { TestClient } = await import("vivace/testing");
			const { db, unit } = await import("../accounts.ts");
			await server().root(
				"truncate account; insert into account values (1, 10)",
				"vivace",
			);
			const app = new App({ dependencies: [unit] });
			const written = Promise.withResolvers<void>();
			const reads: Promise<unknown>[] = [];
			/** Resolves when both have read, so that nothing is stored before. */
			const read = async () => {
				await written.promise;
				const own = db.account.findUnique({ where: { id: 1 } });
				reads.push(Promise.resolve(own));
				const value = await own;
				await Promise.all(reads);
				return value;
			};
			app.post("/writer", async () => {
				await db.account.update({ where: { id: 1 }, data: { balance: -1 } });
				written.resolve();
				return read();
			});
			app.post("/reader", read);
			await using client = await TestClient.start(app);
			const both = Promise.all(
				["/reader", "/writer"].map(async (path) =>
					(await client.post(path)).json(),
				),
			);
			assert.deepEqual(await both, [
				{ id: 1, balance: 10 },
				{ id: 1, balance: -1 },
			]);
		});
	},
);
