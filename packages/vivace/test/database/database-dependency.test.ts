import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
	createNote,
	engines,
	type Tables,
	type TestedServer,
} from "../../../vivace-database/test/engines.ts";
import {
	type Database,
	database,
	type Migrations,
	migrationStatus,
	openDatabase,
	withSession,
} from "../../src/database.ts";
import { App } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const migrations: Migrations = {
	"001_note": {
		up: (db) => createNote(db),
		down: (db) => db.schema.dropTable("note").execute(),
	},
};
const logger = { error() {}, warn() {}, info() {} };

for (const { name, engine, missing, start } of engines) {
	suite(`a database dependency on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		before(async () => {
			server = await start();
		});
		after(() => server?.[Symbol.asyncDispose]());

		const isSqlite = engine === "sqlite";

		test("brings the schema up to date on SQLite and refuses to start without it on MySQL", async () => {
			const notes = database<Tables>(server.options, {
				migrations,
			});
			const app = new App({ resources: [notes], logger });
			const starting = app.start();
			if (isSqlite) {
				await starting;
			} else {
				await assert.rejects(starting, (error: Error) => {
					assert.match(
						String(error.cause),
						/VIV_MIGRATION.*"001_note" has not been run/,
					);
					return true;
				});
			}
			await app.stop();
		});

		test("does what it is told about migrations", async () => {
			const status = async (database: Database<Tables>) =>
				(await migrationStatus(database, migrations)).map(
					({ executedAt }) => executedAt !== undefined,
				);
			const running = database<Tables>(server.options, {
				migrations,
				onStart: "run",
			});
			await new App({ resources: [running], logger }).scope({}, async () => {
				assert.deepEqual(await status(running.opened), [true]);
			});
			const checking = database<Tables>(server.options, {
				migrations,
				onStart: "check",
			});
			await new App({ resources: [checking], logger }).scope({}, () =>
				checking.opened.ping(),
			);
			const more = { ...migrations, "002_later": { up: async () => {} } };
			const lagging = new App({
				resources: [
					database<Tables>(server.options, {
						migrations: more,
						onStart: "check",
					}),
				],
				logger,
			});
			await assert.rejects(
				lagging.scope({}, () => undefined),
				/VIV_LIFESPAN/,
			);
			const leaving = database<Tables>(server.options, {
				migrations: more,
				onStart: "leave",
			});
			await new App({ resources: [leaving], logger }).scope({}, () =>
				leaving.opened.ping(),
			);
		});

		test("starts beside a newer program, which has run migrations of its own", async () => {
			const newer = { ...migrations, "002_newer": { up: async () => {} } };
			for (const each of [newer, migrations]) {
				const running = database<Tables>(server.options, {
					migrations: each,
					onStart: "run",
				});
				await new App({ resources: [running], logger }).scope({}, () =>
					running.opened.ping(),
				);
			}
			const ahead = { ...migrations, "003_other": { up: async () => {} } };
			const running = database<Tables>(server.options, {
				migrations: ahead,
				onStart: "run",
				retry: { times: 0 },
			});
			await assert.rejects(
				new App({ resources: [running], logger }).scope({}, () => undefined),
				({ cause }: Error) => /002_newer is missing/.test(String(cause)),
			);
		});

		test("is injected, and found by code that nothing is injected into", async () => {
			const notes = database<Tables>(server.options);
			assert.throws(
				() => notes.db,
				/VIV_SCOPE.*"[^"]*database-dependency\.test\.ts:\d+" is not open.*name it in a record or in new App\(\{ resources/,
			);
			const app = new App({ logger });
			app.get("/", { notes }, async (values) => {
				assert.equal(values.notes, notes.opened);
				assert.equal(values.notes.db, notes.db);
				return values.notes.engine;
			});
			const client = await TestClient.start(app);
			assert.equal(await (await client.get("/")).json(), engine);
			await client.close();
			assert.throws(() => notes.opened, /VIV_SCOPE/);
		});

		test("asks which app is meant where several have it open, but for their sessions", async () => {
			const notes = database<Tables>(server.options);
			await using one = await TestClient.start(
				new App({ resources: [notes], logger }),
			);
			const first = notes.opened;
			await using two = await TestClient.start(
				new App({ resources: [notes], logger }),
			);
			assert.throws(() => notes.db, /open in 2 apps/);
			await withSession(first, () => assert.equal(notes.opened, first));
			assert.ok(one && two);
		});

		test("is not ready when it does not answer", async () => {
			const notes = database<Tables>(server.options);
			const app = new App({ resources: [notes], logger, health: true });
			await using client = await TestClient.start(app);
			await notes.opened.ping();
			await notes.opened.close();
			assert.equal((await client.get("/readyz")).status, 503);
		});
	});
}

test("a database dependency takes a URL, as text or not", async () => {
	const folder = await mkdtemp(join(tmpdir(), "vivace-database-"));
	try {
		const path = pathToFileURL(join(folder, "notes.db")).pathname;
		for (const source of [
			`sqlite:${path}`,
			new URL(`sqlite:${path}`),
			() => `sqlite:${path}`,
		]) {
			const notes = database<Tables>(source);
			await new App({ resources: [notes], logger }).scope({}, () =>
				notes.opened.ping(),
			);
		}
		await using opened = await openDatabase({ url: `sqlite:${path}` });
		await opened.ping();
	} finally {
		await rm(folder, { recursive: true });
	}
});

test("a database dependency refuses what is no source", () => {
	assert.throws(
		() => database(undefined as never),
		/VIV_OPTION: database\(\): expected a URL/,
	);
	assert.throws(() => database(null as never), /got null/);
});
