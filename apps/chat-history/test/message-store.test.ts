import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { sql } from "kysely";
import {
	type Database,
	engineOf,
	migrate,
	openDatabase,
	withSession,
} from "vivace/database";
import {
	KeyReusedError,
	type Message,
	MessageStore,
	type NewMessage,
} from "../storage/message-store.ts";
import { migrations } from "../storage/migrations.ts";
import type { ChatTables } from "../storage/tables.ts";
import { engines, type TestedDatabase } from "./engines.ts";

for (const { name, missing, start } of engines) {
	suite(`the messages on ${name}`, { skip: missing ?? false }, () => {
		let place: TestedDatabase;
		let database: Database<ChatTables>;
		let store: MessageStore;
		let users = 0;
		before(async () => {
			place = await start();
			database = await openDatabase<ChatTables>(place.options);
			await migrate(database, migrations);
			store = new MessageStore(database.db);
		});
		after(async () => {
			await database?.close();
			await place?.[Symbol.asyncDispose]();
		});

		const message = (
			userId: number,
			content: string,
			conversationId = "c",
		): NewMessage => ({ userId, conversationId, role: "user", content });

		async function storeAll(userId: number, contents: readonly string[]) {
			for (const content of contents) {
				await store.store(message(userId, content));
			}
		}

		async function contents(userId: number, conversationId = "c") {
			const lines = await store.history(userId, conversationId);
			return lines.map(({ content }) => content);
		}

		const numbers = (count: number) =>
			Array.from({ length: count }, (_, index) => `m${index}`);

		test("come back in the order in which they were stored, within one second too", async () => {
			const userId = ++users;
			assert.deepEqual(await store.history(userId, "c"), []);
			await storeAll(userId, numbers(40));
			assert.deepEqual(await contents(userId), numbers(40));
			const newest = await store
				.conversation(userId, "c", "newest")
				.limit(5)
				.execute();
			assert.deepEqual(
				newest.map(({ content }) => content),
				["m39", "m38", "m37", "m36", "m35"],
			);
		});

		test("that arrive together are each stored once, with their own ids", async () => {
			const userId = ++users;
			const messages = numbers(200).map((content, index) =>
				message(userId, content, `c${index % 7}`),
			);
			const ids = await Promise.all(messages.map((each) => store.store(each)));
			assert.equal(new Set(ids).size, messages.length);
			for (const [index, { conversationId, content }] of messages.entries()) {
				const stored = await store.message(ids[index] as number);
				assert.equal(stored.user_id, userId);
				assert.equal(stored.conversation_id, conversationId);
				assert.equal(stored.content, content);
			}
			const { count } = await database.db
				.selectFrom("chat_history")
				.select(({ fn }) => fn.countAll<number>().as("count"))
				.where("user_id", "=", userId)
				.executeTakeFirstOrThrow();
			assert.equal(count, messages.length);
		});

		test("that can't be stored take none with them that arrive together with them", async () => {
			const userId = ++users;
			const wrong = (index: number) => index % 10 === 3;
			const outcomes = await Promise.allSettled(
				numbers(60).map((content, index) =>
					store.store({
						...message(userId, content),
						...(wrong(index) && { role: "nobody" as "user" }),
					}),
				),
			);
			for (const [index, { status }] of outcomes.entries()) {
				assert.equal(
					status,
					wrong(index) ? "rejected" : "fulfilled",
					`${index}`,
				);
			}
			const stored = await contents(userId);
			assert.deepEqual(
				stored.toSorted(),
				numbers(60)
					.filter((_, index) => !wrong(index))
					.toSorted(),
			);
		});

		test("come back in the order of their times where the ids say otherwise", async () => {
			const userId = ++users;
			const at = (time: string, content: string) =>
				database.db
					.insertInto("chat_history")
					.values({
						user_id: userId,
						conversation_id: "c",
						role: "assistant",
						content,
						entry_time: new Date(time),
					})
					.execute();
			await at("2026-01-01T00:00:02Z", "third");
			await at("2026-01-01T00:00:01Z", "first");
			await at("2026-01-01T00:00:01Z", "second");
			assert.deepEqual(await contents(userId), ["first", "second", "third"]);
		});

		test("keep every character and the full length of a TEXT", async () => {
			const userId = ++users;
			const texts = [
				// PostgreSQL can't hold a NUL character, and says so
				`请介绍一下北京 🎼 ${engineOf(database.db) === "postgres" ? "" : "\0"} \\ ' " %s \r\n`,
				"é".repeat(32_767),
				"a".repeat(65_535),
			];
			await storeAll(userId, texts);
			assert.deepEqual(await contents(userId), texts);
		});

		test("are apart by user and by conversation, byte by byte", async () => {
			const userId = ++users;
			await store.store(message(userId, "lower", "abc"));
			await store.store(message(userId, "upper", "ABC"));
			await store.store(message(-userId, "other user", "abc"));
			assert.deepEqual(await contents(userId, "abc"), ["lower"]);
			assert.deepEqual(await contents(userId, "ABC"), ["upper"]);
			assert.deepEqual(await contents(-userId, "abc"), ["other user"]);
		});

		test("of a long conversation come back whole", async () => {
			const userId = ++users;
			const all = numbers(2_500);
			await database.db
				.insertInto("chat_history")
				.values(
					all.map((content) => ({
						user_id: userId,
						conversation_id: "c",
						role: "user" as const,
						content,
					})),
				)
				.execute();
			assert.deepEqual(await contents(userId), all);
		});

		test("make conversations, the one that was used last first", async () => {
			const userId = ++users;
			assert.deepEqual(await store.conversations(userId).execute(), []);
			await store.store(message(userId, "one", "a"));
			await store.store(message(userId, "two", "b"));
			await store.store(message(userId, "three", "a"));
			await store.store(message(userId, "four", "c"));
			const conversations = await store.conversations(userId).execute();
			assert.deepEqual(
				conversations.map(({ conversation_id, message_count, content }) => [
					conversation_id,
					message_count,
					content,
				]),
				[
					["c", 1, "four"],
					["a", 2, "three"],
					["b", 1, "two"],
				],
			);
			assert.ok(conversations[0]?.entry_time instanceof Date);
		});

		test("are stored once for the same key, also when it comes many times at once", async () => {
			const userId = ++users;
			const outcomes = await Promise.all(
				Array.from({ length: 12 }, () =>
					store.storeOnce(message(userId, "once"), "key"),
				),
			);
			assert.equal(new Set(outcomes.map(({ id }) => id)).size, 1);
			assert.equal(outcomes.filter(({ isReplay }) => !isReplay).length, 1);
			assert.deepEqual(await contents(userId), ["once"]);
			await store.storeOnce(message(userId, "another"), "Key");
			await store.storeOnce(message(-userId, "another user's"), "key");
			assert.deepEqual(await contents(userId), ["once", "another"]);
		});

		test("are given as they were stored, whoever deletes their conversation meanwhile", async () => {
			const userId = ++users;
			const given: Message[] = [];
			await Promise.all(
				Array.from({ length: 8 }, async (_, client) => {
					for (let round = 0; round < 12; round++) {
						const content = `${client} ${round}`;
						const sent = message(userId, content);
						given.push(
							client % 2 === 0
								? await store.add(sent)
								: (await store.storeOnce(sent, content)).message,
						);
						await withSession(
							database,
							() => store.deleteConversation(userId, "c"),
							{ retries: 50, isolation: "read committed" },
						);
					}
				}),
			);
			assert.equal(given.length, 96);
			assert.equal(new Set(given.map(({ content }) => content)).size, 96);
			assert.ok(given.every(({ entry_time }) => entry_time instanceof Date));
			assert.deepEqual(await contents(userId), []);
		});

		test("refuse a key that came with another message", async () => {
			const userId = ++users;
			await store.storeOnce(message(userId, "first"), "key");
			await assert.rejects(
				store.storeOnce(message(userId, "second"), "key"),
				KeyReusedError,
			);
			assert.deepEqual(await contents(userId), ["first"]);
		});

		test("are deleted with their conversation, keys included", async () => {
			const userId = ++users;
			await store.storeOnce(message(userId, "keyed"), "key");
			await store.store(message(userId, "plain"));
			await store.store(message(userId, "stays", "d"));
			assert.equal(await store.deleteConversation(userId, "c"), 2);
			assert.equal(await store.deleteConversation(userId, "c"), 0);
			assert.deepEqual(await contents(userId), []);
			assert.deepEqual(await contents(userId, "d"), ["stays"]);
			await store.storeOnce(message(userId, "keyed"), "key");
			assert.deepEqual(await contents(userId), ["keyed"]);
		});

		test("carry the time of their last change", async () => {
			const id = await store.store(message(++users, "changed"));
			const long = new Date("2020-01-01T00:00:00Z");
			const change = (values: { content?: string; modify_time?: Date }) =>
				database.db
					.updateTable("chat_history")
					.set(values)
					.where("id", "=", id)
					.execute();
			await change({ modify_time: long });
			assert.deepEqual((await store.message(id)).modify_time, long);
			await change({ content: "changed again" });
			const { modify_time } = await store.message(id);
			assert.ok(
				modify_time.getUTCFullYear() >= 2026,
				modify_time.toISOString(),
			);
		});

		test("refuse a role that there is not, in the database itself", async () => {
			await assert.rejects(
				store.store({ ...message(++users, "x"), role: "robot" as "user" }),
			);
			assert.deepEqual(await contents(users), []);
		});

		test("of a page deep inside a conversation are found by an index", async () => {
			const engine = engineOf(database.db);
			const explain = sql.raw(
				engine === "sqlite" ? "explain query plan" : "explain",
			);
			const rows = await database.db.transaction().execute(async (trx) => {
				if (engine === "postgres") {
					// a table of a few rows is read as a whole, whatever its indexes
					await sql`set local enable_seqscan = off`.execute(trx);
					await sql`set local enable_bitmapscan = off`.execute(trx);
				}
				const page = await sql`${explain} select * from chat_history
					where user_id = 1 and conversation_id = 'c' and entry_time <= '2026-01-01 00:00:00'
					and (entry_time < '2026-01-01 00:00:00' or id < 10)
					order by entry_time desc, id desc limit 20`.execute(trx);
				return page.rows;
			});
			const plan = JSON.stringify(rows);
			assert.match(plan, /idx_user_conv_time/);
			assert.doesNotMatch(plan, /filesort|TEMP B-TREE|Sort/);
		});
	});
}
