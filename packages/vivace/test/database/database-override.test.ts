import assert from "node:assert/strict";
import { test } from "node:test";
import type { Generated } from "kysely";
import {
	type Database,
	database,
	openDatabase,
	session,
	withSession,
} from "../../src/database.ts";
import { App, dependency } from "../../src/index.ts";
import { TestClient } from "../../src/testing/test-client.ts";

interface Tables {
	note: { id: Generated<number>; text: string };
}

const migrations = {
	"001": {
		up: (db: Database<Tables>["db"]) =>
			db.schema
				.createTable("note")
				.addColumn("id", "integer", (column) => column.primaryKey())
				.addColumn("text", "text")
				.execute(),
	},
};

/** An app that writes by its database's every way, and the real database that it has. */
function program() {
	const notes = database<Tables>("sqlite::memory:", {
		name: "notes",
		// biome-ignore lint/suspicious/noExplicitAny: a migration is of any tables
		migrations: migrations as any,
	});
	const add = (text: string) =>
		notes.db.insertInto("note").values({ text }).execute();
	function newApp(hasSessions = true): App {
		const app = new App({
			resources: [notes],
			dependencies: hasSessions ? [session(notes)] : [],
		});
		app.post("/ambient", async () => {
			await add("ambient");
		});
		app.post("/injected", { notes }, async ({ notes }) => {
			await notes.db.insertInto("note").values({ text: "injected" }).execute();
		});
		app.post({ path: "/session", dependencies: [session(notes)] }, async () => {
			await add("in a session");
		});
		app.post("/unit", async () => {
			await withSession(notes, () => add("in a unit"));
		});
		return app;
	}
	return { notes, add, newApp };
}

const written = ["ambient", "injected", "in a session", "in a unit"];

async function writeAll(client: TestClient): Promise<void> {
	for (const path of ["/ambient", "/injected", "/session", "/unit"]) {
		const response = await client.post(path);
		assert.equal(response.status, 200, path);
	}
}

async function textsOf({ db }: Pick<Database<Tables>, "db">) {
	const rows = await db.selectFrom("note").select("text").execute();
	return rows.map(({ text }) => text);
}

test("an override of a database holds for every way to it", async () => {
	const { notes, newApp } = program();
	const other = database<Tables>("sqlite::memory:", {
		name: "other",
		// biome-ignore lint/suspicious/noExplicitAny: as above
		migrations: migrations as any,
	});
	const app = newApp();
	app.overrides.set(notes, other);
	await using client = await TestClient.start(app);
	await writeAll(client);
	assert.deepEqual(await textsOf(other), written);
	assert.equal(notes.db, other.db);
});

test("an override of a database by any value of app scope holds for every way to it", async () => {
	const { notes, newApp } = program();
	await using fake = await openDatabase<Tables>({ url: "sqlite::memory:" });
	await migrations["001"].up(fake.db);
	const app = newApp();
	app.overrides.set(
		notes,
		dependency(() => fake, { scope: "app", name: "fake" }),
	);
	{
		await using client = await TestClient.start(app);
		await writeAll(client);
		assert.deepEqual(await textsOf(fake), written);
	}
	assert.throws(() => notes.db, /"notes" is not open/);
});

test("while another app has the real database open, a test writes into its own or is refused", async () => {
	const { notes, add, newApp } = program();
	const real = newApp();
	await using outside = await TestClient.start(real);
	await add("real");
	const before = notes.opened;
	const other = database<Tables>("sqlite::memory:", {
		name: "other",
		// biome-ignore lint/suspicious/noExplicitAny: as above
		migrations: migrations as any,
	});
	const app = newApp(false);
	app.overrides.set(notes, other);
	{
		await using client = await TestClient.start(app);
		await client.post("/injected");
		await client.post("/session");
		for (const path of ["/ambient", "/unit"]) {
			await assert.rejects(client.post(path), /open in 2 apps/);
		}
		assert.deepEqual(await textsOf(other), ["injected", "in a session"]);
	}
	assert.equal(notes.opened, before);
	assert.deepEqual(await textsOf(before), ["real"]);
	assert.equal((await outside.post("/ambient")).status, 200);
});

test("an override that lives for one request leaves no ambient way", async () => {
	const { notes, newApp } = program();
	await using fake = await openDatabase<Tables>({ url: "sqlite::memory:" });
	await migrations["001"].up(fake.db);
	const app = new App({ resources: [] });
	app.get("/", { notes }, ({ notes: { db } }) => textsOf({ db }));
	app.get("/ambient", () => textsOf({ db: notes.db }));
	app.overrides.set(
		notes,
		dependency(() => fake),
	);
	await using real = await TestClient.start(newApp());
	await using client = await TestClient.start(app);
	assert.deepEqual(await (await client.get("/")).json(), []);
	await assert.rejects(client.get("/ambient"), /not of app scope/);
	assert.ok(real);
});
