import { DatabaseSync } from "node:sqlite";
import type { Line, Messages, NewMessage } from "./messages.ts";

/** Bare `node:sqlite`: statements prepared once, each message in a commit of its own that reaches the disk, as chat-history's do. */
export class SqliteMessages implements Messages {
	readonly #insert;
	readonly #select;

	constructor(path: string) {
		const database = new DatabaseSync(path, { timeout: 5_000 });
		database.exec(
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY",
		);
		this.#insert = database.prepare(
			"INSERT INTO chat_history (user_id, conversation_id, role, content) VALUES (?, ?, ?, ?)",
		);
		this.#select = database.prepare(
			"SELECT role, content FROM chat_history WHERE user_id = ? AND conversation_id = ? ORDER BY entry_time, id",
		);
	}

	store({ userId, conversationId, role, content }: NewMessage): void {
		this.#insert.run(userId, conversationId, role, content);
	}

	history(userId: number, conversationId: string): Line[] {
		// a list of records is all that node:sqlite says of its rows
		return this.#select.all(userId, conversationId) as unknown as Line[];
	}
}
