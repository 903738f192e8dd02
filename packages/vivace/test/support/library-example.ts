import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { App } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { Postgres } from "./postgres.ts";
import { type SessionUser, sessionCases } from "./session-cases.ts";

const root = join(import.meta.dirname, "../../../..");

/** Installs an example that has a lock file of its own, and holds its types. */
export function installedExample(
	folder: string,
	prepare: () => void = () => undefined,
): void {
	before(() => {
		const install = join(root, "scripts/install.mjs");
		execFileSync(process.execPath, [install, folder], { stdio: "inherit" });
		prepare();
	});

	test("the example is typed", () => {
		execFileSync(join(root, "node_modules/.bin/tsc"), ["--project", folder], {
			stdio: "inherit",
		});
	});
}

/** Tests of an example's library on a server of their own, which `DATABASE_URL` names. */
export function onPostgres(
	load: () => Promise<SessionUser>,
	further: (server: () => Postgres) => void,
): void {
	suite("on PostgreSQL", { skip: Postgres.missing ?? false }, () => {
		let server: Postgres;
		let user: SessionUser;
		before(async () => {
			server = await Postgres.start(["-c", "deadlock_timeout=50ms"]);
			const { account } = server;
			const { host, port, database } = account;
			process.env.DATABASE_URL = `postgres://${account.user}:${account.password}@${host}:${port}/${database}?acquireTimeoutMs=2000`;
			await server.root(
				"create table account (id int primary key, balance int not null); alter table account owner to app",
				"vivace",
			);
			user = await load();
		});
		after(() => server?.[Symbol.asyncDispose]());
		sessionCases(
			() => user,
			() => server,
		);
		further(() => server);
	});
}

/** The example's own app, over its routes. */
export function accountsCase(
	load: () => Promise<App>,
	server: () => Postgres,
): void {
	test("transfers are stored whole or not at all, however many there are at once", async () => {
		await server().root("truncate account", "vivace");
		await using client = await TestClient.start(await load());
		const balance = async (id: number) => {
			const response = await client.get(`/accounts/${id}`);
			return ((await response.json()) as { balance: number }).balance;
		};
		const balances = async () => [await balance(1), await balance(2)];
		const open = (id: number) =>
			client.post("/accounts", { query: { id, balance: 10 } });
		const transfer = (amount: number, to = 2) =>
			client.post("/transfers", { query: { from: 1, to, amount } });

		const opened = [await open(1), await open(2), await open(2)];
		assert.deepEqual(
			opened.map(({ status }) => status),
			[201, 201, 409],
		);
		assert.equal((await client.get("/accounts/9")).status, 404);
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

	test("accounts are listed in pages, and counted", async () => {
		await server().root(
			"truncate account; insert into account select id, id * 10 from generate_series(1, 5) as id",
			"vivace",
		);
		await using client = await TestClient.start(await load());
		const response = await client.get("/accounts?page=2&size=2");
		assert.deepEqual(await response.json(), {
			items: [
				{ id: 3, balance: 30 },
				{ id: 4, balance: 40 },
			],
			total: 5,
			page: 2,
			size: 2,
			pages: 3,
		});
	});

	test("accounts are ranked in pages by cursors, there and back, while some come and go", async () => {
		await server().root(
			"truncate account; insert into account values (1, 10), (2, 30), (3, 30), (4, 20), (5, 10), (6, 30), (7, 0)",
			"vivace",
		);
		await using client = await TestClient.start(await load());
		const page = async (cursor = "") => {
			const response = await client.get("/ranking", {
				query: { cursor, size: 2 },
			});
			assert.equal(response.status, 200);
			const read = (await response.json()) as {
				items: { id: number }[];
				next_page: string;
				previous_page: string;
			};
			return { ...read, ids: read.items.map(({ id }) => id) };
		};
		const first = await page();
		const second = await page(first.next_page);
		await server().root(
			"delete from account where id = 3; insert into account values (8, 5)",
			"vivace",
		);
		const third = await page(second.next_page);
		const fourth = await page(third.next_page);
		assert.deepEqual(
			[first, second, third, fourth].map(({ ids }) => ids),
			[
				[6, 3],
				[2, 4],
				[5, 1],
				[8, 7],
			],
		);
		assert.equal(fourth.next_page, null);
		const back = await page(fourth.previous_page);
		const before = await page(back.previous_page);
		const start = await page(before.previous_page);
		assert.deepEqual(
			[back, before, start].map(({ ids }) => ids),
			[[5, 1], [2, 4], [6]],
		);
		assert.equal(start.previous_page, null);

		const text = Buffer.from(first.next_page, "base64url").toString();
		for (const value of ["[30,null]", '["x",3]', "[1]"]) {
			const forged = Buffer.from(text.replace("[30,3]", value));
			const response = await client.get("/ranking", {
				query: { cursor: forged.toString("base64url") },
			});
			const { detail } = (await response.json()) as {
				detail: { loc: unknown }[];
			};
			assert.equal(response.status, 422, value);
			assert.deepEqual(detail[0]?.loc, ["query", "cursor"]);
		}
	});
}
