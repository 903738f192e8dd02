/** The storage of the hand-written servers, by what the environment says: the variables are chat-history's. */
import { MysqlMessages } from "./mysql-messages.ts";
import { PostgresMessages } from "./postgres-messages.ts";
import { SqliteMessages } from "./sqlite-messages.ts";

export const roles = ["user", "assistant"] as const;

export interface Line {
	role: (typeof roles)[number];
	content: string;
}

export interface NewMessage extends Line {
	userId: number;
	conversationId: string;
}

/** Both at once where nothing is to be waited for, as with SQLite. */
export interface Messages {
	store(message: NewMessage): unknown;
	history(userId: number, conversationId: string): Line[] | Promise<Line[]>;
}

export function openMessages(): Messages {
	const { DATABASE_URL, MYSQL_DB_HOST, DATA_DIR } = process.env;
	if (DATABASE_URL !== undefined) {
		return new PostgresMessages(DATABASE_URL);
	}
	return MYSQL_DB_HOST === undefined
		? new SqliteMessages(`${DATA_DIR}/chat_history.db`)
		: new MysqlMessages();
}

/** The conversation of clients that name none. */
export const defaultConversation = "86d8734a-0029-4d95-a80c-f50ad6f8a61b";

export function conversationOf(body: {
	session_id?: string | undefined;
	conversation_id?: string | undefined;
}): string {
	return body.session_id ?? body.conversation_id ?? defaultConversation;
}

export const stored = { code: 0, msg: "信息存储成功", data: { status: true } };

export function found(chat_history: Line[]) {
	return { code: 0, msg: "获取用户聊天记录成功", data: { chat_history } };
}
