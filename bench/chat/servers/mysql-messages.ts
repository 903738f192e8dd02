import { createPool, type RowDataPacket } from "mysql2/promise";
import type { Line, Messages, NewMessage } from "./messages.ts";

const {
	MYSQL_DB_HOST: host,
	MYSQL_DB_PORT: port,
	MYSQL_DB_USER: user,
	MYSQL_DB_PASSWORD: password,
	MYSQL_DB_NAME: database,
} = process.env;

/** Bare mysql2: a pool as large as chat-history's, prepared statements. */
export class MysqlMessages implements Messages {
	readonly #pool = createPool({
		host: host as string,
		port: Number(port),
		user: user as string,
		password: password as string,
		database: database as string,
		charset: "utf8mb4",
		timezone: "Z",
		connectionLimit: 10,
	});

	store({ userId, conversationId, role, content }: NewMessage) {
		return this.#pool.execute(
			"INSERT INTO chat_history (user_id, conversation_id, role, content) VALUES (?, ?, ?, ?)",
			[userId, conversationId, role, content],
		);
	}

	async history(userId: number, conversationId: string): Promise<Line[]> {
		const [rows] = await this.#pool.execute<(RowDataPacket & Line)[]>(
			"SELECT role, content FROM chat_history WHERE user_id = ? AND conversation_id = ? ORDER BY entry_time, id",
			[userId, conversationId],
		);
		return rows;
	}
}
