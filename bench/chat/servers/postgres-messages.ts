import pg from "pg";
import type { Line, Messages, NewMessage } from "./messages.ts";

/** Bare pg: a pool as large as chat-history's, prepared statements. */
export class PostgresMessages implements Messages {
	readonly #pool: pg.Pool;

	constructor(url: string) {
		this.#pool = new pg.Pool({ connectionString: url, max: 10 });
	}

	store({ userId, conversationId, role, content }: NewMessage) {
		return this.#pool.query({
			name: "store",
			text: "INSERT INTO chat_history (user_id, conversation_id, role, content) VALUES ($1, $2, $3, $4)",
			values: [userId, conversationId, role, content],
		});
	}

	async history(userId: number, conversationId: string): Promise<Line[]> {
		const { rows } = await this.#pool.query<Line>({
			name: "history",
			text: "SELECT role, content FROM chat_history WHERE user_id = $1 AND conversation_id = $2 ORDER BY entry_time, id",
			values: [userId, conversationId],
		});
		return rows;
	}
}
