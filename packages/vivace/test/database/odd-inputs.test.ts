import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import {
	engines,
	openEmpty,
	type Tables,
	type TestedServer,
} from "../../../vivace-database/test/engines.ts";
import {
	BindError,
	type DatabaseDependency,
	database,
	isUnavailable,
	session,
} from "../../src/database.ts";
import { App } from "../../src/index.ts";
import { TestClient } from "../../src/testing.ts";

/** A value that is stored, given back as another one, or refused by a word of ours (`bind`) or of the server's. */
type Outcome = "stored" | { readonly as: unknown } | "bind" | RegExp;
type Row = Partial<Record<keyof Tables["note"], unknown>>;

const replaced = { as: "a\ufffdb" };
const outOfRange = /out of range/i;
const wrongDate = /incorrect datetime/i;

/** Each input, and its outcome on SQLite, MariaDB and PostgreSQL. */
const inputs: readonly (readonly [
	what: string,
	row: Row,
	sqlite: Outcome,
	mysql: Outcome,
	postgres: Outcome,
])[] = [
	["a NUL character", { text: "a\0b" }, "stored", "stored", "bind"],
	["a lone surrogate", { text: "a\ud800b" }, replaced, replaced, replaced],
	[
		"noncharacters",
		{ text: "\uffff\ufeff\u200b🎼" },
		"stored",
		"stored",
		"stored",
	],
	[
		"100,000 characters",
		{ text: "x".repeat(100_000) },
		"stored",
		/too long/i,
		"stored",
	],
	["2^63 - 1", { amount: 2n ** 63n - 1n }, "stored", "stored", "stored"],
	["2^63", { amount: 2n ** 63n }, "bind", outOfRange, outOfRange],
	["-2^63 - 1", { amount: -(2n ** 63n) - 1n }, "bind", outOfRange, outOfRange],
	["2^64 as a number", { amount: 2 ** 64 }, "stored", outOfRange, outOfRange],
	["infinity", { amount: Number.POSITIVE_INFINITY }, "bind", "bind", "bind"],
	["not a number", { amount: Number.NaN }, "bind", "bind", "bind"],
	[
		"the year 0",
		{ entry_time: new Date("0000-01-01T00:00:00Z") },
		"stored",
		wrongDate,
		"bind",
	],
	[
		"the year -1",
		{ entry_time: new Date("-000001-01-01T00:00:00Z") },
		"bind",
		"bind",
		"bind",
	],
	[
		"the year 1",
		{ entry_time: new Date("0001-01-01T00:00:00Z") },
		"stored",
		wrongDate,
		"stored",
	],
	[
		"the year 9999",
		{ entry_time: new Date("9999-12-31T23:59:59Z") },
		"stored",
		wrongDate,
		"stored",
	],
	[
		"the year 10000",
		{ entry_time: new Date("+010000-01-01T00:00:00Z") },
		"bind",
		"bind",
		"bind",
	],
	["no date at all", { entry_time: new Date("x") }, "bind", "bind", "bind"],
];

for (const { name, engine, missing, start } of engines) {
	suite(`odd inputs on ${name}`, { skip: missing ?? false }, () => {
		let server: TestedServer;
		let notes: DatabaseDependency<Tables>;
		let app: App;
		let client: TestClient;
		const errors: unknown[] = [];
		let work: () => Promise<unknown>;
		before(async () => {
			server = await start();
			await (await openEmpty(server.options)).close();
			notes = database<Tables>(() => server.options);
			app = new App({
				resources: [notes],
				logger: { error() {}, warn() {}, info() {} },
			});
			app.exceptionHandler(Error, (_, error) => {
				errors.push(error);
				throw error;
			});
			app.post("/alone", () => work());
			app.post("/session", { own: session(notes) }, () => work());
			client = await TestClient.start(app, { throwServerErrors: false });
		});
		after(async () => {
			await client?.[Symbol.asyncDispose]();
			await server?.[Symbol.asyncDispose]();
		});

		/** The error, or undefined; the next request is served whatever it was. */
		const outcomeOf = async (path: string, next: () => Promise<unknown>) => {
			errors.length = 0;
			work = next;
			const { status } = await client.post(path);
			const [error] = errors.splice(0);
			assert.equal(status, error === undefined ? 200 : 500);
			assert.ok(!isUnavailable(error), "an outage is another thing");
			work = () => notes.db.selectFrom("note").select("id").limit(1).execute();
			assert.equal((await client.post(path)).status, 200);
			return error;
		};
		const assertRefused = (error: unknown, outcome: Outcome, what: string) => {
			if (outcome === "bind") {
				assert.ok(error instanceof BindError, `${what}: ${error}`);
			} else {
				assert.match(String(error), outcome as RegExp, what);
				assert.match(String(error), /; in: insert into /, what);
			}
		};

		for (const [what, row, ...outcomes] of inputs) {
			test(`${what} on ${name} is stored as it is, or refused in words`, async () => {
				const outcome = outcomes[
					["sqlite", "mysql", "postgres"].indexOf(engine)
				] as Outcome;
				const [column = "", value] = Object.entries(row)[0] ?? [];
				for (const path of ["/alone", "/session"]) {
					let found: Row | undefined;
					const error = await outcomeOf(path, async () => {
						await notes.db.deleteFrom("note").execute();
						await notes.db
							.insertInto("note")
							.values(row as never)
							.execute();
						found = await notes.db
							.selectFrom("note")
							.selectAll()
							.executeTakeFirst();
					});
					if (error !== undefined || outcome === "bind") {
						assertRefused(error, outcome, what);
						continue;
					}
					const stored = found?.[column as keyof Row];
					assert.deepEqual(
						stored,
						typeof outcome === "object" && "as" in outcome ? outcome.as : value,
					);
				}
			});
		}

		test("more parameters than an engine can count are refused in words", async () => {
			const ids = Array.from({ length: 65_536 }, (_, index) => index);
			for (const path of ["/alone", "/session"]) {
				const error = await outcomeOf(path, () =>
					notes.db
						.selectFrom("note")
						.select("id")
						.where("id", "in", ids)
						.execute(),
				);
				if (engine === "postgres") {
					assert.match(String(error), /BIND_VALUE.*PostgreSQL takes 65,535/s);
				} else if (error !== undefined) {
					// how many SQLite takes was said when it was built
					assert.match(String(error), /too many SQL variables/);
				}
			}
		});

		test("a text that no packet holds is refused, and costs nobody else's request", async () => {
			const text = "x".repeat(20_000_000);
			for (let run = 0; run < 3; run++) {
				const error = await outcomeOf("/alone", () =>
					sql`select ${text} as text`.execute(notes.db),
				);
				if (engine === "mysql") {
					assert.match(String(error), /BIND_VALUE.*max_allowed_packet/s);
				} else {
					assert.equal(error, undefined);
				}
			}
		});

		test("limits and names that make no sense are errors of their statement", async () => {
			for (const odd of [
				() => notes.db.selectFrom("note").select("id").limit(1.5).execute(),
				() =>
					notes.db
						.selectFrom("note")
						.select("id")
						.limit(1)
						.offset(1e30)
						.execute(),
				() => sql`select 1 as ${sql.id("a\0b")}`.execute(notes.db),
			]) {
				assert.ok((await outcomeOf("/alone", odd)) instanceof Error);
				assert.ok((await outcomeOf("/session", odd)) instanceof Error);
			}
		});
	});
}
