import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import { z } from "zod";
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
	DatabaseError,
	database,
	type MysqlOptions,
	openDatabase,
	type RequestSessionOptions,
	retryConflicts,
	SessionEndedError,
	session,
} from "../../src/database.ts";
import {
	App,
	BackgroundTasks,
	dependency,
	HTTPException,
	JSONResponse,
	Response,
	StreamingResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import { until } from "../support/until.ts";

const quiet = { throwServerErrors: false };
const silent = { log: () => undefined };
const logger = { error() {}, warn() {}, info() {} };

for (const { name, missing, start } of engines) {
	suite(`a request's session on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let notes: DatabaseDependency<Tables>;
		/** Another process, as it were: it sees only what is stored. */
		let outside: Database<Tables>;
		before(async () => {
			server = await start();
			await (await openEmpty(server.options)).close();
			outside = await openDatabase<Tables>(server.options);
			const { mysql, postgres, sqlite } = server.options;
			notes = database<Tables>(() =>
				// a thousand requests wait for one writer, each for a commit that reaches the disk
				sqlite
					? { sqlite: { ...sqlite, acquireTimeoutMs: 60_000 } }
					: postgres
						? { postgres: { ...postgres, acquireTimeoutMs: 60_000 } }
						: {
								mysql: { ...mysql, acquireTimeoutMs: 60_000 } as MysqlOptions,
							},
			);
		});
		after(async () => {
			await outside?.close();
			await server?.[Symbol.asyncDispose]();
		});

		const write = (text: string, db = notes.db) => writeNote(db, text);
		const stored = (like: string) => storedNotes(outside, like);

		test("is stored before the response leaves", async () => {
			const app = new App();
			const seen: unknown[] = [];
			app.use(async (request, next) => {
				const response = await next(request);
				seen.push(await stored("ok"));
				return response;
			});
			app.post(
				"/",
				{ session: session(notes), database: notes },
				async ({ session, database }) => {
					await write("ok 1", session.db);
					await write("ok 2", database.db);
					await write("ok 3");
					seen.push(await stored("ok"));
				},
			);
			await using client = await TestClient.start(app);
			assert.equal((await client.post("/")).status, 200);
			assert.deepEqual(seen, [[], ["ok 1", "ok 2", "ok 3"]]);
		});

		test("is undone by what is thrown and by an answer with an error status", async () => {
			const app = new App({ logger });
			const own = session(notes);
			app.post("/throws", { own }, async () => {
				await write("bad: thrown");
				throw new Error("on purpose");
			});
			app.post("/http", { own }, async () => {
				await write("bad: http");
				throw new HTTPException(409, "on purpose");
			});
			app.post("/returned", { own }, async () => {
				await write("bad: returned");
				return new JSONResponse({}, { status: 400 });
			});
			app.post("/set", { own, response: Response }, async ({ response }) => {
				await write("bad: set");
				response.status = 404;
			});
			app.post(
				{ path: "/invalid", response: z.object({ id: z.int() }) },
				{ own },
				async () => {
					await write("bad: response");
					return { id: "none" } as never;
				},
			);
			const failing = dependency(
				{ own },
				async function* () {
					yield 1;
					throw new Error("an inner clean-up");
				},
				{ scope: "function" },
			);
			app.post("/inner", { failing }, () => write("bad: inner"));
			await using client = await TestClient.start(app, quiet);
			const statuses = [];
			for (const path of [
				"throws",
				"http",
				"returned",
				"set",
				"invalid",
				"inner",
			]) {
				statuses.push((await client.post(`/${path}`)).status);
			}
			assert.deepEqual(statuses, [500, 409, 400, 404, 500, 500]);
			assert.deepEqual(await stored("bad"), []);
		});

		test("is stored under an error status where the route says so", async () => {
			const app = new App();
			const attempts = session(notes, {
				rollbackOn: (status) => status >= 500,
			});
			app.post("/", { attempts }, async () => {
				await write("attempt");
				return new JSONResponse({}, { status: 401 });
			});
			await using client = await TestClient.start(app);
			assert.equal((await client.post("/")).status, 401);
			assert.deepEqual(await stored("attempt"), ["attempt"]);
		});

		test("is joined by the dependencies behind it", async () => {
			const app = new App();
			const own = session(notes);
			const author = dependency(
				{ own },
				async () => {
					await write("author");
					return "author";
				},
				{ scope: "function" },
			);
			app.post("/", { author }, async () => {
				await write("author's text");
				throw new HTTPException(400);
			});
			await using client = await TestClient.start(app);
			assert.equal((await client.post("/")).status, 400);
			assert.deepEqual(await stored("author"), []);
		});

		test("is one, though the app and the route both ask for it", async () => {
			const app = new App({ dependencies: [session(notes)] });
			app.post("/", { own: session(notes) }, async ({ own }) => {
				await write("twice 1");
				await write("twice 2", own.db);
				assert.equal(notes.opened.currentSession(), own);
			});
			await using client = await TestClient.start(app);
			assert.equal((await client.post("/")).status, 200);
			assert.equal((await stored("twice")).length, 2);
		});

		test("is over before a streamed body and background tasks, which are not in it", async () => {
			const app = new App();
			app.post(
				"/",
				{ own: session(notes), tasks: BackgroundTasks },
				async ({ own, tasks }) => {
					await write("streaming");
					tasks.add(() => write("streaming: task"));
					async function* body() {
						yield `${(await stored("streaming")).length} `;
						await write("streaming: body");
						yield own.isOpen ? "open" : "over";
						await assert.rejects(write("never", own.db), SessionEndedError);
					}
					return new StreamingResponse(body());
				},
			);
			await using client = await TestClient.start(app);
			assert.equal(await (await client.post("/")).text(), "1 over");
			assert.deepEqual(await stored("streaming"), [
				"streaming",
				"streaming: body",
				"streaming: task",
			]);
		});

		test("lasts as long as a handler that is a generator", async () => {
			const app = new App();
			app.post("/", { own: session(notes) }, async function* ({ own }) {
				await write("generated 1");
				yield (await stored("generated")).length;
				await write("generated 2", own.db);
				yield notes.opened.currentSession() === own;
			});
			app.post("/fails", { own: session(notes) }, async function* () {
				await write("generated and undone");
				yield 1;
				throw new Error("on purpose");
			});
			await using client = await TestClient.start(app, quiet);
			assert.equal(await (await client.post("/")).text(), "0\ntrue\n");
			await client
				.post("/fails")
				.then((response) => response.text())
				.catch(() => undefined);
			assert.deepEqual(await stored("generated"), [
				"generated 1",
				"generated 2",
			]);
		});

		test("never mixes with those of a thousand others", async () => {
			const app = new App();
			async function both(index: number) {
				await write(`mix ${index} a`);
				await nextTurn();
				await write(`mix ${index} b`);
			}
			app.post(
				"/{index}",
				{ index: z.int(), own: session(notes) },
				async ({ index, own }) => {
					const before = notes.opened.currentSession();
					if (index % 3) {
						await nextTurn();
					}
					await both(index);
					assert.equal(before, own);
					assert.equal(notes.opened.currentSession(), own);
					if (index % 4 === 0) {
						throw new HTTPException(400);
					}
					return index;
				},
			);
			await using client = await TestClient.start(app);
			const answers = await Promise.all(
				Array.from({ length: 1_000 }, (_, index) => client.post(`/${index}`)),
			);
			const statuses = answers.map(({ status }) => status);
			assert.equal(statuses.filter((status) => status === 200).length, 750);
			assert.equal(statuses.filter((status) => status === 400).length, 250);
			const rows = await stored("mix");
			assert.equal(rows.length, 1_500);
			assert.ok(rows.every((text) => Number(text.split(" ")[1]) % 4 !== 0));
			assert.equal(notes.opened.stats().inUse, 0);
		});

		test("is undone when the client is gone", async () => {
			const app = new App();
			const gone = new AbortController();
			app.post("/", { own: session(notes, silent) }, async () => {
				await write("gone");
				gone.abort();
				await until(() => notes.opened.stats().inUse === 0);
			});
			await using _client = await TestClient.start(app, quiet);
			await app
				.fetch(
					new Request("http://test/", { method: "POST", signal: gone.signal }),
				)
				.catch(() => undefined);
			assert.deepEqual(await stored("gone"), []);
		});

		test("answers 503 when the database can't be used, and says why to the operator alone", async () => {
			const app = new App();
			const log: string[] = [];
			const own = session(notes, {
				log: (line) => log.push(line),
				timeoutMs: 20,
			});
			app.post("/", { own }, async () => {
				await write("outage");
				for (;;) {
					await nextTurn();
					await notes.db.selectFrom("note").selectAll().limit(1).execute();
				}
			});
			await using client = await TestClient.start(app);
			const response = await client.post("/");
			assert.equal(response.status, 503);
			assert.equal(response.headers.get("retry-after"), "1");
			assert.deepEqual(await response.json(), {
				detail: "The database is not available at the moment.",
			});
			// on SQLite a line about the slow transaction may stand before it
			assert.match(log.at(-1) ?? "", /^POST \/: 503: SESSION_TIMEOUT/);
			assert.deepEqual(await stored("outage"), []);
		});

		test("of the app does the same for every route", async () => {
			const app = new App({ dependencies: [session(notes)], logger });
			app.post("/stored", () => write("mw: stored"));
			app.post("/refused", async () => {
				await write("mw: refused");
				throw new HTTPException(400);
			});
			app.post("/thrown", async () => {
				await write("mw: thrown");
				throw new Error("on purpose");
			});
			app.post("/joined", { own: session(notes) }, async ({ own }) => {
				await write("mw: joined", own.db);
				assert.equal(notes.opened.currentSession(), own);
			});
			app.get("/nothing", () => notes.opened.stats().inUse);
			await using client = await TestClient.start(app, quiet);
			const statuses = [];
			for (const path of ["stored", "refused", "thrown", "joined"]) {
				statuses.push((await client.post(`/${path}`)).status);
			}
			assert.deepEqual(statuses, [200, 400, 500, 200]);
			assert.deepEqual(await stored("mw"), ["mw: stored", "mw: joined"]);
			assert.equal(await (await client.get("/nothing")).json(), 0);
		});

		test("is a script's too: stored, or nothing of it, whoever writes", async () => {
			const app = new App({ resources: [notes] });
			const repository = dependency({ own: session(notes) }, ({ own }) => ({
				add: (text: string) => write(text, own.db),
			}));
			await app.scope({ repository }, async ({ repository }) => {
				await repository.add("scope: by the session");
				await write("scope: by the database");
			});
			await assert.rejects(
				app.scope({ repository }, async ({ repository }) => {
					await repository.add("scope: undone");
					await write("scope: undone, by the database");
					throw new Error("on purpose");
				}),
				/^Error: on purpose$/,
			);
			assert.deepEqual(await stored("scope"), [
				"scope: by the session",
				"scope: by the database",
			]);
		});

		test("that ends by an outage in a script says what it was, and where", async () => {
			const lines: string[] = [];
			const own = session(notes, { log: (line) => void lines.push(line) });
			const app = new App({ resources: [notes] });
			await assert.rejects(
				app.scope({ own }, () => {
					throw new DatabaseError("CONNECTION_LOST", "nobody answers");
				}),
				(error) =>
					error instanceof HTTPException &&
					error.status === 503 &&
					error.cause instanceof DatabaseError,
			);
			assert.match(lines.join(), /^app\.scope\(\): 503: .*nobody answers/);
		});

		test("is refused by a scope that nothing runs inside of, and says what to write", async () => {
			const repository = dependency({ own: session(notes) }, () => 1, {
				name: "repository",
			});
			const app = new App({ resources: [notes] });
			await using scope = await app.scope();
			await assert.rejects(
				scope.get(repository),
				/VIV_SCOPE: scope.get\(\): "repository" needs "session", which wraps .* write app.scope\(\{ repository \}, \(\{ repository \}\) => …\)/,
			);
		});
	});
}

suite("a request's session on MariaDB alone", {
	skip: engines[1]?.missing ?? false,
}, () => {
	let server: TestedServer;
	let notes: DatabaseDependency<Tables>;
	before(async () => {
		server = (await engines[1]?.start()) as TestedServer;
		const empty = await openEmpty(server.options);
		await empty.db
			.insertInto("note")
			.values([
				{ id: 1, text: "a" },
				{ id: 2, text: "b" },
			])
			.execute();
		await empty.close();
		notes = database<Tables>(() => server.options);
	});
	after(() => server?.[Symbol.asyncDispose]());

	/** Two requests that lock the same rows in opposite order, once. */
	function crossing() {
		const met = Promise.withResolvers<void>();
		let arrived = 0;
		return async (first: number, second: number) => {
			const row = (id: number) =>
				notes.db.selectFrom("note").selectAll().where("id", "=", id);
			await row(first).forUpdate().execute();
			if (++arrived === 2) {
				met.resolve();
			}
			await met.promise;
			await row(second).forUpdate().execute();
			await notes.db
				.updateTable("note")
				.set(({ eb }) => ({
					amount: eb.fn.coalesce(eb("amount", "+", 1), eb.lit(1)),
				}))
				.execute();
		};
	}

	function crossingApp(
		options: ConstructorParameters<typeof App>[0],
		ofSession: RequestSessionOptions = {},
	) {
		const app = new App(options);
		const cross = crossing();
		const body = z.object({ first: z.int(), second: z.int() });
		const runs = { count: 0, tasks: 0 };
		app.post(
			"/",
			{ body, own: session(notes, ofSession), tasks: BackgroundTasks },
			async ({ body, tasks }) => {
				runs.count++;
				tasks.add(() => void runs.tasks++);
				await cross(body.first, body.second);
			},
		);
		return { app, runs };
	}

	const crossed = [
		{ first: 1, second: 2 },
		{ first: 2, second: 1 },
	];

	for (const [title, options, status] of [
		["503", {}, 503],
		["the status that it was told", { conflictStatus: 409 }, 409],
	] as const) {
		test(`answers ${title} for a deadlock, and tells the operator`, async () => {
			const lines: string[] = [];
			const log = (line: string) => void lines.push(line);
			const { app, runs } = crossingApp({}, { ...options, log });
			await using client = await TestClient.start(app);
			const answers = await Promise.all(
				crossed.map((json) => client.post("/", { json })),
			);
			answers.sort((left, right) => left.status - right.status);
			assert.deepEqual(
				answers.map(({ status }) => status),
				[200, status],
			);
			assert.equal(answers[1]?.headers.get("retry-after"), "1");
			assert.deepEqual(runs, { count: 2, tasks: 1 });
			assert.match(
				lines.join("\n"),
				RegExp(`^POST /: ${status}: Deadlock.*in: `),
			);
		});
	}

	test("is run again after a deadlock by a route that says so", async () => {
		const { app, runs } = crossingApp({ routeMiddleware: [retryConflicts()] });
		await using client = await TestClient.start(app);
		const answers = await Promise.all(
			crossed.map((json) => client.post("/", { json })),
		);
		assert.deepEqual(
			answers.map(({ status }) => status),
			[200, 200],
		);
		assert.ok(runs.count > 2);
		assert.equal(runs.tasks, 2);
	});

	test("answers 503 when its commit fails", async () => {
		const app = new App();
		app.post("/", { own: session(notes, silent) }, async () => {
			await sql`update note set amount = 99`.execute(notes.db);
			const { rows } = await sql<{ id: number }>`
				select connection_id() as id`.execute(notes.db);
			const killer = await openDatabase<Tables>(server.options);
			await sql.raw(`kill ${rows[0]?.id}`).execute(killer.db);
			await killer.close();
			return "stored";
		});
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/")).status, 503);
		const { rows } = await sql`select 1 from note where amount = 99`.execute(
			notes.db,
		);
		assert.equal(rows.length, 0);
	});
});
