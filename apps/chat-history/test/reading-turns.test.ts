import assert from "node:assert/strict";
import { test } from "node:test";
import type { Logger } from "vivace";
import { migrate, openDatabase } from "vivace/database";
import { until } from "../../../packages/vivace/test/support/until.ts";
import { MessageTail } from "../live/message-tail.ts";
import { MessageLog } from "../storage/message-log.ts";
import { MessageStore } from "../storage/message-store.ts";
import { migrations } from "../storage/migrations.ts";
import type { ChatTables } from "../storage/tables.ts";

const quiet: Logger = { info() {}, warn() {}, error() {} };
const many = 100;

/** One whose pages wait until they may be read. */
class HeldLog extends MessageLog {
	readonly #held = Promise.withResolvers<void>();
	begun = 0;

	letRead(): void {
		this.#held.resolve();
	}

	override async page(...of: Parameters<MessageLog["page"]>) {
		this.begun++;
		await this.#held.promise;
		return super.page(...of);
	}
}

/** A tail that looks by itself in an hour, and what ends it. */
function tailOf(log: MessageLog) {
	const end = new AbortController();
	const tail = new MessageTail(log, {
		pollMs: 3_600_000,
		hear: async () => {},
		logger: quiet,
		signal: end.signal,
	});
	return { tail, end };
}

test("many who come back at once are read a few at a time, and those who leave are not waited for", async () => {
	await using database = await openDatabase<ChatTables>({
		sqlite: { path: ":memory:" },
	});
	await migrate(database, migrations);
	const store = new MessageStore(database.db);
	const log = new HeldLog(database.db);
	const { tail, end } = tailOf(log);
	for (let each = 0; each < many; each++) {
		const conversationId = `c${each}`;
		await store.store({
			...{ userId: 1, conversationId },
			...{ role: "user", content: "missed" },
		});
	}
	await tail.position();
	const heard: string[] = [];
	const follow = async (each: number, signal: AbortSignal) => {
		const of = { userId: 1, conversationId: `c${each}` };
		for await (const event of tail.follow(of, 0, signal)) {
			heard.push(event.kind === "message" ? of.conversationId : "(gap)");
		}
	};
	const leaving = new AbortController();
	const following = Array.from({ length: many }, (_, each) =>
		follow(each, each % 2 === 0 ? end.signal : leaving.signal),
	);
	await until(() => log.begun === 4);
	leaving.abort();
	await Promise.all(following.filter((_, each) => each % 2 === 1));
	assert.equal(log.begun, 4);
	log.letRead();
	await until(() => heard.length === many / 2);
	assert.equal(log.begun, many / 2 + 2); // two had begun for those who have left
	end.abort();
	await tail.ended();
	await Promise.all(following);
	assert.equal(new Set(heard).size, many / 2);
});

/** One that never answers. */
class SilentLog extends MessageLog {
	readonly isAsked = Promise.withResolvers<void>();

	override newestId() {
		this.isAsked.resolve();
		return new Promise<never>(() => {});
	}
}

test("a stop does not wait for a database that does not answer", async () => {
	await using database = await openDatabase<ChatTables>({
		sqlite: { path: ":memory:" },
	});
	const log = new SilentLog(database.db);
	const { tail, end } = tailOf(log);
	const following = tail
		.follow({ userId: 1, conversationId: "a" }, 0, end.signal)
		.next();
	await log.isAsked.promise;
	end.abort();
	await tail.ended();
	assert.deepEqual(await following, { done: true, value: undefined });
});
