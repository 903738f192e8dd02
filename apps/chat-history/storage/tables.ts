import type { Generated } from "kysely";

/** Who said a message. */
export const roles = ["user", "assistant"] as const;
export type Role = (typeof roles)[number];

/** The messages of all conversations. */
interface ChatHistoryTable {
	id: Generated<number>;
	user_id: number;
	conversation_id: string;
	role: Role;
	content: string;
	/** To the second, in UTC. */
	entry_time: Generated<Date>;
	modify_time: Generated<Date>;
}

/** Which message a client's `Idempotency-Key` stands for. */
interface ChatRequestTable {
	user_id: number;
	request_key: string;
	message_id: number;
}

/** The database of the service. */
export interface ChatTables {
	chat_history: ChatHistoryTable;
	chat_request: ChatRequestTable;
}
