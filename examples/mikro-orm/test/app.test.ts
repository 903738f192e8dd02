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
		const { dependency } = await import("vivace");
		const { Account, accountOf, addTo, bank, entities, orm } = await import(
			"../accounts.ts"
		);
		type Orm = Awaited<
			ReturnType<typeof import("@mikro-orm/core").MikroORM.init>
		>;
		let opened: Pick<Orm, "em"> | undefined;
		const manager = () => {
			assert.ok(opened);
			return opened.em as Parameters<typeof addTo>[0];
		};
		const open = dependency(
			{ orm },
			({ orm }) => {
				opened = orm;
			},
			{ scope: "app" },
		);
		return {
			bank,
			units: [open, entities],
			async add(id, amount) {
				await addTo(manager(), id, amount);
				await manager().flush();
			},
			async balanceOf(id) {
				manager().clear(); // else the manager knows it
				return (await accountOf(manager(), id)).balance;
			},
			async open(id, balance) {
				manager().create(Account, { id, balance });
				await manager().flush();
			},
			nested: (work) => manager().transactional(work),
		};
	},
	(server) => {
		accountsCase(async () => (await import("../app.ts")).app, server);

		test("requests at the same time do not see each other's entities", async () => {
			const { TestClient } = await import("vivace/testing");
			const { app } = await import("../app.ts");
			await server().root("truncate account", "vivace");
			await using client = await TestClient.start(app);
			const ids = Array.from({ length: 100 }, (_, index) => index + 1);
			const create = (id: number) =>
				client.post("/accounts", { query: { id, balance: id } });
			await Promise.all(ids.map(create));
			const found = await Promise.all(
				ids.map(async (id) => (await client.get(`/accounts/${id}`)).json()),
			);
			assert.deepEqual(
				found,
				ids.map((id) => ({ id, balance: id })),
			);
		});
	},
);
