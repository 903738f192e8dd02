import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import {
	type DatabaseDependency,
	retryConflicts,
	session,
} from "../../src/database.ts";
import {
	App,
	type Dependency,
	dependency,
	HTTPException,
	JSONResponse,
} from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";
import type { Postgres } from "./postgres.ts";
import { until } from "./until.ts";

/** A library on `pgPool()`, as an example uses it, with accounts that have a balance. */
export interface SessionUser {
	readonly bank: DatabaseDependency<object>;
	/** A request has them in its dependencies, the session or what stands for it last. */
	readonly units: readonly Dependency<unknown, "app" | "function">[];
	/** Adds to an account's balance; the statement has run when it resolves. */
	add(id: number, amount: number): Promise<void>;
	/** The balance of an account; the database is asked. */
	balanceOf(id: number): Promise<number>;
	/** Rejects when there is one with this id. */
	open(id: number, balance: number): Promise<void>;
	/** Runs a part that can fail by itself. */
	nested(work: () => Promise<void>): Promise<void>;
}

const Id = z.int();
const Outcome = z.enum(["throw", "refuse", "status", "well"]);
const quiet = { throwServerErrors: false };
const logger = { error() {}, warn() {}, info() {} };

/** The rules of a session, for a library that is not Kysely; every example of one runs them. */
export function sessionCases(
	user: () => SessionUser,
	server: () => Postgres,
): void {
	const stored = async () => {
		const rows = await server().root(
			"select id, balance from account order by id",
			"vivace",
		);
		return rows.map(({ id, balance }) => [id, balance]);
	};
	const empty = () =>
		server().root(
			"truncate account; insert into account values (1, 10), (2, 10)",
			"vivace",
		);
	const newApp = (...before: Dependency<unknown, "function">[]) =>
		new App({ dependencies: [...before, ...user().units], logger });
	/** Sessions of ours that are inside a transaction. */
	const begun = async () =>
		(await server().sessions()).filter(({ command }) =>
			command.startsWith("idle in transaction"),
		).length;
	const assertNothingIsLent = async () => {
		await until(() => user().bank.opened.stats().inUse === 0);
		assert.equal(await begun(), 0);
	};

	test("a session begins with the first write, and is stored before the response leaves", async () => {
		await empty();
		const seen: unknown[] = [];
		const app = newApp();
		app.use(async (request, next) => {
			const response = await next(request);
			seen.push(await stored());
			return response;
		});
		app.post("/", async () => {
			const { add, balanceOf } = user();
			await balanceOf(1);
			seen.push(user().bank.opened.stats().inUse, await begun());
			await add(1, 5);
			seen.push(await begun(), await balanceOf(1), await stored());
		});
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/")).status, 200);
		assert.deepEqual(seen, [
			...[0, 0], // read
			1,
			15,
			[
				[1, 10],
				[2, 10],
			], // written, and not yet stored
			[
				[1, 15],
				[2, 10],
			],
		]);
		await assertNothingIsLent();
	});

	test("dependencies and functions share the session, and lose it together", async () => {
		await empty();
		const writer = dependency(Object.fromEntries(user().units.entries()), () =>
			user().add(1, 1),
		);
		const app = newApp();
		app.post("/{end}", { end: Outcome, writer }, async ({ end }) => {
			await user().add(2, 1);
			assert.equal(await user().balanceOf(1), 11);
			if (end === "throw") {
				throw new Error("no");
			}
			if (end === "refuse") {
				throw new HTTPException(422);
			}
			return end === "status" ? new JSONResponse({}, { status: 409 }) : { end };
		});
		await using client = await TestClient.start(app, quiet);
		for (const [end, status] of [
			["throw", 500],
			["refuse", 422],
			["status", 409],
		] as const) {
			assert.equal((await client.post(`/${end}`)).status, status);
			assert.deepEqual(await stored(), [
				[1, 10],
				[2, 10],
			]);
		}
		assert.equal((await client.post("/well")).status, 200);
		assert.deepEqual(await stored(), [
			[1, 11],
			[2, 11],
		]);
		await assertNothingIsLent();
	});

	test("a session is undone when the client is gone", async () => {
		await empty();
		const gone = new AbortController();
		const app = newApp();
		app.post("/", async () => {
			await user().add(1, 1);
			gone.abort();
			await until(() => user().bank.opened.stats().inUse === 0);
		});
		await using _client = await TestClient.start(app, quiet);
		const request = new Request("http://test/", {
			method: "POST",
			signal: gone.signal,
		});
		await app.fetch(request).catch(() => undefined);
		assert.deepEqual((await stored())[0], [1, 10]);
		await assertNothingIsLent();
	});

	test("a session that is open for too long is undone and answered with 503", async () => {
		await empty();
		const app = newApp(session(user().bank, { timeoutMs: 50 }));
		app.post("/", async () => {
			for (;;) {
				await user().add(1, 1);
			}
		});
		await using client = await TestClient.start(app, quiet);
		const response = await client.post("/");
		assert.equal(response.status, 503);
		assert.equal(response.headers.get("retry-after"), "1");
		assert.deepEqual((await stored())[0], [1, 10]);
		await assertNothingIsLent();
	});

	test("a part that fails is undone alone", async () => {
		await empty();
		const app = newApp();
		app.post("/", async () => {
			const { add, nested, open } = user();
			await add(1, 1);
			await nested(() => open(3, 3));
			await assert.rejects(
				nested(async () => {
					await add(1, 100);
					await nested(() => open(4, 4));
					await open(2, 2);
				}),
			);
			await add(2, 1);
		});
		await using client = await TestClient.start(app);
		assert.equal((await client.post("/")).status, 200);
		assert.deepEqual(await stored(), [
			[1, 11],
			[2, 11],
			[3, 3],
		]);
		await assertNothingIsLent();
	});

	test("a deadlock is answered with 503, or run again where that was asked for", async () => {
		await empty();
		let runs = 0;
		let waiting = 0;
		/** Both have their first row before either wants its second. */
		let meeting = Promise.withResolvers<void>();
		const app = newApp();
		const transfer = async ({ from, to }: { from: number; to: number }) => {
			runs++;
			await user().add(from, -1);
			if (++waiting === 2) {
				meeting.resolve();
			}
			await meeting.promise;
			await user().add(to, 1);
		};
		app.post("/{from}/{to}", { from: Id, to: Id }, transfer);
		app.post(
			{ path: "/again/{from}/{to}", routeMiddleware: [retryConflicts()] },
			{ from: Id, to: Id },
			transfer,
		);
		await using client = await TestClient.start(app, quiet);
		const both = async (path: string) => {
			runs = 0;
			waiting = 0;
			meeting = Promise.withResolvers();
			const paths = [`${path}/1/2`, `${path}/2/1`];
			const responses = await Promise.all(
				paths.map((each) => client.post(each)),
			);
			return responses.map(({ status }) => status).sort();
		};
		assert.deepEqual(await both(""), [200, 503]);
		assert.deepEqual(await both("/again"), [200, 200]);
		assert.ok(runs >= 3);
		const [[, one] = [], [, two] = []] = await stored();
		assert.equal(Number(one) + Number(two), 20);
		await assertNothingIsLent();
	});

	test("a request whose connection is lost is run again where that was asked for", async () => {
		await empty();
		let runs = 0;
		const app = newApp();
		app.post({ path: "/", routeMiddleware: [retryConflicts()] }, async () => {
			await user().add(1, 1);
			if (runs++ === 0) {
				await server().endSessions();
			}
			await user().add(2, 1);
		});
		await using client = await TestClient.start(app, quiet);
		assert.equal((await client.post("/")).status, 200);
		assert.equal(runs, 2);
		assert.deepEqual(await stored(), [
			[1, 11],
			[2, 11],
		]);
		await assertNothingIsLent();
	});

	test("a server that is gone is answered with 503, and used again when it is back", async () => {
		await empty();
		const app = newApp(session(user().bank));
		app.get("/", () => user().balanceOf(1));
		app.post("/", () => user().add(1, 1));
		await using client = await TestClient.start(app, quiet);
		await server().stop();
		const [read, write] = await Promise.all([
			client.get("/"),
			client.post("/"),
		]);
		await server().resume();
		assert.deepEqual([read.status, write.status], [503, 503]);
		assert.equal(write.headers.get("retry-after"), "1");
		assert.equal((await client.post("/")).status, 200);
		assert.deepEqual((await stored())[0], [1, 11]);
		await assertNothingIsLent();
	});
}
