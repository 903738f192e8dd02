import assert from "node:assert/strict";
import { test } from "node:test";
import { App } from "../../src/app/app.ts";
import {
	type ConstraintError,
	conflictHandler,
	DatabaseError,
	DuplicateKeyError,
	database,
	databaseUnavailable,
	session,
} from "../../src/database.ts";
import { HTTPException, JSONResponse } from "../../src/index.ts";
import { TestClient } from "../../src/testing/test-client.ts";

test("a database that is away is a 503 with Retry-After, and its reason is for the log alone", async () => {
	const lines: string[] = [];
	const app = new App();
	app.use(
		databaseUnavailable({
			retryAfterSeconds: 3,
			log: (line) => lines.push(line),
		}),
	);
	app.get("/down", () => {
		throw new DatabaseError("POOL_TIMEOUT", "no connection to db.internal");
	});
	await using client = await TestClient.start(app);
	for (const _ of [1, 2]) {
		const response = await client.get("/down");
		assert.equal(response.status, 503);
		assert.equal(response.headers.get("retry-after"), "3");
		assert.deepEqual(await response.json(), {
			detail: "The database is not available at the moment.",
		});
	}
	assert.deepEqual(lines, [
		"GET /down: 503: POOL_TIMEOUT: no connection to db.internal",
	]);
});

test("without a log of its own an outage is told to the app's logger", async () => {
	const lines: string[] = [];
	const logger = { ...console, warn: (line: string) => lines.push(line) };
	const away = database("sqlite::memory:");
	const app = new App({ logger });
	app.get("/session", { own: session(away) }, () => {
		throw new DatabaseError("POOL_TIMEOUT", "no connection to db.internal");
	});
	const layered = new App({ logger });
	layered.use(databaseUnavailable());
	layered.get("/layer", () => {
		throw new DatabaseError("POOL_TIMEOUT", "no connection to db.internal");
	});
	for (const [each, path] of [
		[app, "/session"],
		[layered, "/layer"],
	] as const) {
		await using client = await TestClient.start(each);
		assert.equal((await client.get(path)).status, 503);
	}
	assert.deepEqual(lines, [
		"GET /session: 503: POOL_TIMEOUT: no connection to db.internal",
		"GET /layer: 503: POOL_TIMEOUT: no connection to db.internal",
	]);
});

test("any other error and any answer passes", async () => {
	const logger = { ...console, error: () => undefined };
	const app = new App({ logger });
	app.use(databaseUnavailable());
	app.get("/fine", () => "fine");
	app.get("/bug", () => {
		throw new Error("a bug");
	});
	await using client = await TestClient.start(app);
	assert.equal(await (await client.get("/fine")).json(), "fine");
	await assert.rejects(client.get("/bug"), /a bug/);
});

test("one outage has one body, wherever it is noticed: that of the app's handler for HTTPException", async () => {
	const notes = database<object>("sqlite::memory:");
	const log = () => undefined;
	const away = () => {
		throw new DatabaseError("POOL_TIMEOUT", "no connection");
	};
	for (const [title, use] of [
		[
			"databaseUnavailable",
			(app: App) => app.use(databaseUnavailable({ log })),
		],
		["session", () => undefined],
	] as const) {
		const app = new App({ resources: [notes] });
		app.exceptionHandler(
			HTTPException,
			(_, { status, detail, headers }) =>
				new JSONResponse({ problem: detail }, { status, headers }),
		);
		use(app);
		app.get(
			{
				path: "/down",
				dependencies: title === "session" ? [session(notes, { log })] : [],
			},
			away,
		);
		await using client = await TestClient.start(app);
		const response = await client.get("/down");
		assert.equal(response.status, 503, title);
		assert.equal(response.headers.get("retry-after"), "1");
		assert.deepEqual(await response.json(), {
			problem: "The database is not available at the moment.",
		});
	}
});

test("a lost conflict is answered as an outage is, or with the status that is wanted", async () => {
	for (const [conflictStatus, expected] of [
		[undefined, 503],
		[409, 409],
	] as const) {
		const lines: string[] = [];
		const app = new App();
		app.use(
			databaseUnavailable({
				...(conflictStatus && { conflictStatus }),
				log: (line) => lines.push(line),
			}),
		);
		app.get("/lost", () => {
			throw Object.assign(new Error("Deadlock found"), { errno: 1213 });
		});
		await using client = await TestClient.start(app);
		const response = await client.get("/lost");
		assert.equal(response.status, expected);
		assert.equal(response.headers.get("retry-after"), "1");
		assert.deepEqual(lines, [`GET /lost: ${expected}: Deadlock found`]);
	}
});

test("a taken key is a 409 by one line, in the app's own form of errors", async () => {
	interface Tables {
		account: { email: string };
	}
	const bank = database<Tables>("sqlite::memory:", {
		migrations: {
			"001": {
				up: (db) =>
					db.schema
						.createTable("account")
						.addColumn("email", "text", (column) => column.unique())
						.execute(),
			},
		},
	});
	for (const [handler, detail] of [
		[conflictHandler(), "There is one like it already."],
		[conflictHandler("taken"), "taken"],
		[
			conflictHandler(({ constraint }: ConstraintError) => ({ constraint })),
			{ constraint: "email" },
		],
	] as const) {
		const app = new App();
		app.exceptionHandler(DuplicateKeyError, handler);
		app.post("/accounts", { own: session(bank) }, async ({ own: { db } }) => {
			await db.insertInto("account").values({ email: "a@b.c" }).execute();
			await db.insertInto("account").values({ email: "a@b.c" }).execute();
		});
		await using client = await TestClient.start(app);
		const response = await client.post("/accounts");
		assert.equal(response.status, 409);
		assert.deepEqual(await response.json(), { detail });
	}
});
