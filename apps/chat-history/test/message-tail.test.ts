import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Kysely } from "kysely";
import {
	type Database,
	type DatabaseOptions,
	migrate,
	openDatabase,
} from "vivace/database";
import { MariaDb } from "../../../packages/vivace/test/support/mariadb.ts";
import { Postgres } from "../../../packages/vivace/test/support/postgres.ts";
import { until } from "../../../packages/vivace/test/support/until.ts";
import { MessageLog } from "../storage/message-log.ts";
import { MessageStore } from "../storage/message-store.ts";
import { migrations } from "../storage/migrations.ts";
import type { ChatTables } from "../storage/tables.ts";
import { engines, type TestedDatabase } from "./engines.ts";
import { Reader } from "./reader.ts";

for (const { name, missing, start } of engines) {
	suite(`messages that are followed on ${name}`, {
		skip: missing ?? false,
	}, () => {
		let place: TestedDatabase;
		let database: Database<ChatTables>;
		let other: Database<ChatTables>;
		let store: MessageStore;
		let log: MessageLog;
		before(async () => {
			place = await start();
			database = await openDatabase<ChatTables>(place.options);
			await migrate(database, migrations);
			other = await openDatabase<ChatTables>(place.options);
			store = new MessageStore(database.db);
			log = new MessageLog(database.db);
		});
		after(async () => {
			await database?.close();
			await other?.close();
			await place?.[Symbol.asyncDispose]();
		});

		const say = (conversationId: string, content: string) =>
			store.store({ userId: 1, conversationId, role: "user", content });

		/** A message whose transaction is still open. */
		async function beginToSay(conversation_id: string, content: string) {
			const transaction = await other.db.startTransaction().execute();
			await insert(transaction, conversation_id, content);
			return transaction;
		}

		/** One after whose end all would be told, had it not waited. */
		async function lookOften(reader: Reader) {
			for (let turn = 0; turn < 50; turn++) {
				reader.tail.ring();
				await log.newestId();
			}
		}

		if (name !== "SQLite") {
			for (const end of ["commit", "rollback"] as const) {
				test(`wait for an earlier one, until its ${end}`, async () => {
					await using reader = await Reader.of(log, end);
					const earlier = await beginToSay(end, "earlier");
					await say(end, "later");
					await lookOften(reader);
					assert.deepEqual(reader.heard, []);
					const position = reader.tail.position();
					await earlier[end]().execute();
					const all = end === "commit" ? ["earlier", "later"] : ["later"];
					await until(() => reader.heard.length === all.length);
					await position;
					assert.deepEqual(reader.heard, all);
				});
			}

			test("a reader who begins while one is open hears what is stored from then on", async () => {
				const earlier = await beginToSay("new", "earlier");
				await say("new", "later");
				const opening = Reader.of(log, "new");
				await earlier.commit().execute();
				await using reader = await opening;
				await say("new", "last");
				reader.tail.ring();
				await until(() => reader.heard.length === 1);
				assert.deepEqual(reader.heard, ["last"]); // the others are at the position where he began
			});

			test("go on without one whose transaction is open for too long, and tell a gap when it comes", async () => {
				const warnings: string[] = [];
				await using reader = await Reader.of(log, "long", {
					longestWaitMs: 1,
					pollMs: 10,
					warn: (text) => void warnings.push(text),
				});
				const earlier = await beginToSay("long", "earlier");
				await say("long", "later");
				reader.tail.ring();
				await until(() => reader.heard.length === 1);
				assert.deepEqual(reader.heard, ["later"]);
				assert.match(
					String(warnings),
					/^a transaction has kept a message with an id below \d+ open for 1 ms/,
				);
				await earlier.commit().execute();
				await until(() => reader.heard.length === 2);
				assert.deepEqual(reader.heard, ["later", "(gap)"]);
			});

			test("wait once for a transaction that is open for too long, not at each hole that follows", async () => {
				const warnings: string[] = [];
				await using reader = await Reader.of(log, "once", {
					longestWaitMs: 1_000, // more than MariaDB needs for what was taken back
					warn: (text) => void warnings.push(text),
				});
				const open = await beginToSay("once", "never stored");
				for (const count of [1, 2, 3]) {
					await (await beginToSay("once", "taken back")).rollback().execute();
					await say("once", `${count}`);
					reader.tail.ring();
					await until(() => reader.heard.length === count);
				}
				assert.equal(warnings.length, 1);
				await open.rollback().execute();
				await say("once", "4");
				reader.tail.ring();
				await until(() => reader.heard.length === 4);
				assert.deepEqual(reader.heard, ["1", "2", "3", "4"]);
			});
		}

		test("are heard once and in one order by all who read while many write and some take back", async () => {
			await using reader = await Reader.of(log, "many");
			await using elsewhere = await Reader.of(
				new MessageLog(other.db),
				"many",
				{ pollMs: 10 },
			);
			const ids: number[] = [];
			const write = async (writer: number) => {
				for (let turn = 0; turn < 25; turn++) {
					if (turn % 5 === 4) {
						await database.db
							.transaction()
							.execute(async (trx) => {
								await insert(trx, "many", "taken back");
								throw new TakenBack();
							})
							.catch(ignoreTakenBack);
					} else if (turn % 5 === 3) {
						await say("besides", "not here");
					} else {
						ids.push(await say("many", `${writer}/${turn}`));
					}
					reader.tail.ring();
				}
			};
			const writing = Promise.all(
				Array.from({ length: 8 }, (_, n) => write(n)),
			);
			const comingBack: string[] = [];
			let lastId: number | undefined;
			while (comingBack.length < 8 * 15) {
				await using short = await Reader.of(log, "many", {}, lastId ?? 0);
				short.tail.ring();
				await until(() => short.heard.length > 0);
				comingBack.push(...short.heard);
				lastId = short.lastId;
			}
			await writing;
			const all = ids.length;
			await until(() => reader.heard.length >= all);
			await until(() => elsewhere.heard.length >= all);
			const history = await log.page(
				{ userId: 1, conversationId: "many" },
				0,
				2 ** 31 - 1,
				1_000,
			);
			const stored = history.map(({ content }) => content);
			assert.equal(stored.length, all);
			assert.deepEqual(reader.heard, stored);
			assert.deepEqual(elsewhere.heard, stored);
			assert.deepEqual(comingBack, stored);
		});
	});
}

async function insert(
	db: Kysely<ChatTables>,
	conversation_id: string,
	content: string,
): Promise<void> {
	await db
		.insertInto("chat_history")
		.values({ user_id: 1, conversation_id, role: "user", content })
		.execute();
}

interface StoppableServer extends AsyncDisposable {
	stop(signal: "SIGKILL"): Promise<void>;
	resume(): Promise<void>;
}

async function startMariaDb(): Promise<[StoppableServer, DatabaseOptions]> {
	const server = await MariaDb.start();
	return [server, { mysql: { ...server.account, acquireTimeoutMs: 500 } }];
}

async function startPostgres(): Promise<[StoppableServer, DatabaseOptions]> {
	const server = await Postgres.start();
	return [server, { postgres: { ...server.account, acquireTimeoutMs: 500 } }];
}

for (const [name, missing, start] of [
	["MariaDB", MariaDb.missing, startMariaDb],
	["PostgreSQL", Postgres.missing, startPostgres],
] as const) {
	test(`who follows waits while ${name} is away, and goes on`, {
		skip: missing ?? false,
	}, async () => {
		const [started, options] = await start();
		await using server = started;
		await using database = await openDatabase<ChatTables>(options);
		await migrate(database, migrations);
		const warnings: string[] = [];
		await using reader = await Reader.of(new MessageLog(database.db), "a", {
			warn: (text) => void warnings.push(text),
		});
		await insert(database.db, "a", "before");
		reader.tail.ring();
		await until(() => reader.heard.length === 1);
		await server.stop("SIGKILL");
		reader.tail.ring();
		await until(() => warnings.length > 0);
		await server.resume();
		await insert(database.db, "a", "after");
		reader.tail.ring();
		await until(() => reader.heard.length === 2);
		assert.deepEqual(reader.heard, ["before", "after"]);
		assert.deepEqual(warnings, [
			"who follows a conversation waits for the database",
		]);
	});
}

class TakenBack extends Error {}

function ignoreTakenBack(error: unknown): void {
	if (!(error instanceof TakenBack)) {
		throw error;
	}
}
