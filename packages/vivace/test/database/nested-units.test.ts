import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
	engines,
	openEmpty,
	storedNotes,
	type Tables,
	type TestedServer,
	writeNote,
} from "../../../vivace-database/test/engines.ts";
import {
	type Database,
	type DatabaseDependency,
	database,
	openDatabase,
	session,
	withSession,
} from "../../src/database.ts";
import { App, HTTPException } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

const logger = { error() {}, warn() {}, info() {} };

for (const { name, missing, start } of engines) {
	suite(`a unit within the session of another on ${name}`, {
		skip: missing ?? false,
	}, () => {
		let server: TestedServer;
		let notes: DatabaseDependency<Tables>;
		let outside: Database<Tables>;
		before(async () => {
			server = await start();
			await (await openEmpty(server.options)).close();
			outside = await openDatabase<Tables>(server.options);
			notes = database<Tables>(() => server.options);
		});
		after(async () => {
			await outside?.close();
			await server?.[Symbol.asyncDispose]();
		});

		const write = (text: string, db = notes.db) => writeNote(db, text);
		const stored = (like: string) => storedNotes(outside, like);

		const failing = (app: App, text: string) =>
			assert.rejects(
				app.scope({ own: session(notes) }, async ({ own }) => {
					await write(`${text} by the session`, own.db);
					await write(`${text} by the database`);
					throw new Error("on purpose");
				}),
				/on purpose/,
			);

		test("a scope in a scope is undone alone", async () => {
			const app = new App({ resources: [notes] });
			await app.scope({ own: session(notes) }, async ({ own }) => {
				await write("scopes: first");
				await failing(app, "scopes: undone");
				await app.scope({ inner: session(notes) }, async ({ inner }) => {
					assert.notEqual(inner, own);
					await write("scopes: kept", inner.db);
					await failing(app, "scopes: undone, two levels down");
				});
				await write("scopes: last", own.db);
			});
			assert.deepEqual(await stored("scopes"), [
				"scopes: first",
				"scopes: kept",
				"scopes: last",
			]);
			await assert.rejects(
				app.scope({ own: session(notes) }, async () => {
					await app.scope({ inner: session(notes) }, () => write("scopes: no"));
					throw new Error("the outer one");
				}),
				/the outer one/,
			);
			assert.equal((await stored("scopes")).length, 3);
		});

		test("scopes at the same time in one session are kept apart", async () => {
			const app = new App({ resources: [notes] });
			await app.scope({ own: session(notes) }, async () => {
				const scopes = Array.from({ length: 6 }, (_, index) =>
					app.scope({ own: session(notes) }, async ({ own }) => {
						await write(`parallel: ${index}`, own.db);
						if (index % 2 === 1) {
							throw new Error("on purpose");
						}
					}),
				);
				await Promise.allSettled(scopes);
			});
			assert.deepEqual((await stored("parallel")).toSorted(), [
				"parallel: 0",
				"parallel: 2",
				"parallel: 4",
			]);
		});

		test("a scope in a handler, and what a handler asks by app.fetch", async () => {
			const app = new App({ resources: [notes], logger });
			app.post("/outer", { own: session(notes) }, async () => {
				await write("handler: first");
				await failing(app, "handler: undone");
				const statuses: number[] = [];
				for (const path of ["stored", "refused", "thrown"]) {
					const response = await app.fetch(
						new globalThis.Request(`http://a/${path}`, { method: "POST" }),
					);
					statuses.push(response.status);
				}
				await write("handler: last");
				return statuses;
			});
			const inner = { own: session(notes) };
			app.post("/stored", inner, () => write("handler: asked"));
			app.post("/refused", inner, async () => {
				await write("handler: refused");
				throw new HTTPException(409);
			});
			app.post("/thrown", inner, async () => {
				await write("handler: thrown");
				throw new Error("on purpose");
			});
			await using client = await TestClient.start(app, {
				throwServerErrors: false,
			});
			const response = await client.post("/outer");
			assert.deepEqual(await response.json(), [200, 409, 500]);
			assert.deepEqual(await stored("handler"), [
				"handler: first",
				"handler: asked",
				"handler: last",
			]);
		});

		test("requests in a test's session, by the app's too, and nothing of it stays", async () => {
			const app = new App({ dependencies: [session(notes)], logger });
			app.post("/stored", { own: session(notes) }, ({ own }) =>
				write("test: stored", own.db),
			);
			app.post("/refused", async () => {
				await write("test: refused");
				throw new HTTPException(409);
			});
			app.get("/", () =>
				notes.db
					.selectFrom("note")
					.select("text")
					.where("text", "like", "test%")
					.execute(),
			);
			await using client = await TestClient.start(app);
			await assert.rejects(
				withSession(notes, async () => {
					await write("test: prepared");
					await client.post("/stored");
					await client.post("/refused");
					assert.deepEqual(await (await client.get("/")).json(), [
						{ text: "test: prepared" },
						{ text: "test: stored" },
					]);
					throw new Error("roll back");
				}),
				/roll back/,
			);
			assert.deepEqual(await stored("test"), []);
		});

		test("what is left for after the commit is called when the outer one is stored", async () => {
			const app = new App({ resources: [notes] });
			const calls: string[] = [];
			await app.scope({ own: session(notes) }, async () => {
				await app.scope({ own: session(notes) }, async ({ own }) => {
					await write("hooks: inner");
					own.afterCommit(() => calls.push("inner"));
				});
				await assert.rejects(
					app.scope({ own: session(notes) }, async ({ own }) => {
						own.afterCommit(() => calls.push("undone"));
						throw new Error("on purpose");
					}),
				);
				calls.push("outer");
			});
			assert.deepEqual(calls, ["outer", "inner"]);
		});
	});
}
