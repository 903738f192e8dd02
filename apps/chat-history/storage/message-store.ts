import type { ExpressionBuilder, Kysely, Selectable } from "kysely";
import {
	isConnectionLost,
	isDeadlock,
	isDuplicateKey,
	retryUnit,
} from "vivace/kysely";
import { decodeCursor, encodeCursor, type Position } from "./cursor.ts";
import type { ChatTables, Role } from "./tables.ts";

/** A message that is to be stored. */
export interface NewMessage {
	readonly userId: number;
	readonly conversationId: string;
	readonly role: Role;
	readonly content: string;
}

/** A stored message. */
export type Message = Selectable<ChatTables["chat_history"]>;

/** A conversation of a user, by its last message. */
export interface Conversation {
	readonly conversation_id: string;
	readonly message_count: number;
	readonly last_message: StoredLine;
}

export type Order = "newest" | "oldest";

/** Which part of a list is wanted. */
export interface PageRequest {
	/** 1 to 200. */
	readonly limit: number;
	/** {@link Page.next_cursor} of the page before; left out for the first one. */
	readonly cursor?: string | undefined;
}

/** A part of a list. */
export interface Page<Item> {
	readonly items: Item[];
	/** What gives the next page; null on the last one. */
	readonly next_cursor: string | null;
}

/** The same `Idempotency-Key` came with another message. */
export class KeyReusedError extends Error {
	override readonly name = "KeyReusedError";

	constructor() {
		super("the Idempotency-Key was used for another message");
	}
}

/** What of a message its conversation is made of. */
type StoredLine = Pick<Message, "id" | "role" | "content" | "entry_time">;

/** How many messages are read at once where all of them are wanted. */
const SLICE = 1_000;

/** The messages of all users, in a database. Order is by entry time and, within its second, by id. */
export class MessageStore {
	readonly #db: Kysely<ChatTables>;

	constructor(db: Kysely<ChatTables>) {
		this.#db = db;
	}

	/** Stores a message and gives its id. */
	store(message: NewMessage): Promise<number> {
		return retryUnit(() => insert(this.#db, message));
	}

	/**
	 * Stores a message once however often it is asked to with the same key, and gives its id.
	 *
	 * @throws {KeyReusedError} If the key came with another message before.
	 */
	async storeOnce(
		message: NewMessage,
		requestKey: string,
	): Promise<{ readonly id: number; readonly isReplay: boolean }> {
		// With a key it is safe to try again even when nobody knows whether a lost connection had committed.
		return retryUnit(
			async () => {
				const stored = await this.#storedBy(message.userId, requestKey);
				if (stored) return { id: assertSame(stored, message), isReplay: true };
				const id = await this.#storeWithKey(message, requestKey);
				return { id, isReplay: false };
			},
			{
				when: (error) =>
					isDeadlock(error) || isConnectionLost(error) || isDuplicateKey(error),
			},
		);
	}

	/** The message of that id. */
	message(id: number): Promise<Message> {
		return this.#db
			.selectFrom("chat_history")
			.selectAll()
			.where("id", "=", id)
			.executeTakeFirstOrThrow();
	}

	/** A whole conversation, oldest message first; empty if there is none. */
	async history(
		userId: number,
		conversationId: string,
	): Promise<Pick<Message, "role" | "content">[]> {
		const messages: StoredLine[] = [];
		for (;;) {
			const slice = await this.#messages(userId, conversationId, "oldest")
				.select(["id", "role", "content", "entry_time"])
				.$if(messages.length > 0, (query) =>
					query.where(isBeyond("oldest", positionOf(messages.at(-1)))),
				)
				.limit(SLICE)
				.execute();
			messages.push(...slice);
			if (slice.length < SLICE)
				return messages.map(({ role, content }) => ({ role, content }));
		}
	}

	/** @throws {CursorError} For a cursor of another conversation or order. */
	async page(
		userId: number,
		conversationId: string,
		order: Order,
		{ limit, cursor }: PageRequest,
	): Promise<Page<Message>> {
		const list = `messages ${order} ${userId} ${conversationId}`;
		const from = cursor === undefined ? undefined : decodeCursor(cursor, list);
		const rows = await this.#messages(userId, conversationId, order)
			.selectAll()
			.$if(from !== undefined, (query) =>
				query.where(isBeyond(order, from as Position)),
			)
			.limit(limit + 1)
			.execute();
		return toPage(rows, limit, list, positionOf);
	}

	/** The conversations of a user, the one that was used last first. */
	async conversations(
		userId: number,
		{ limit, cursor }: PageRequest,
	): Promise<Page<Conversation>> {
		const list = `conversations ${userId}`;
		const from = cursor === undefined ? undefined : decodeCursor(cursor, list);
		const rows = await this.#db
			.selectFrom((all) =>
				all
					.selectFrom("chat_history")
					.select(({ fn }) => [
						"conversation_id",
						fn.countAll<number>().as("message_count"),
					])
					.where("user_id", "=", userId)
					.groupBy("conversation_id")
					.as("conversation"),
			)
			.innerJoin("chat_history", (join) =>
				join.on("chat_history.id", "=", ({ selectFrom }) =>
					selectFrom("chat_history as last")
						.select("last.id")
						.where("last.user_id", "=", userId)
						.whereRef(
							"last.conversation_id",
							"=",
							"conversation.conversation_id",
						)
						.orderBy("last.entry_time", "desc")
						.orderBy("last.id", "desc")
						.limit(1),
				),
			)
			.select([
				"conversation.conversation_id",
				"message_count",
				"id",
				"role",
				"content",
				"entry_time",
			])
			.$if(from !== undefined, (query) =>
				query.where(isBeyond("newest", from as Position)),
			)
			.orderBy("entry_time", "desc")
			.orderBy("id", "desc")
			.limit(limit + 1)
			.execute();
		const { items, next_cursor } = toPage(rows, limit, list, positionOf);
		return { items: items.map(toConversation), next_cursor };
	}

	/** Deletes a conversation, in the session of its caller, and gives the number of its messages; 0 if there is none. */
	async deleteConversation(
		userId: number,
		conversationId: string,
	): Promise<number> {
		const inConversation = this.#db
			.selectFrom("chat_history")
			.select("id")
			.where("user_id", "=", userId)
			.where("conversation_id", "=", conversationId);
		await this.#db
			.deleteFrom("chat_request")
			.where("user_id", "=", userId)
			.where("message_id", "in", inConversation)
			.execute();
		const { numDeletedRows } = await this.#db
			.deleteFrom("chat_history")
			.where("user_id", "=", userId)
			.where("conversation_id", "=", conversationId)
			.executeTakeFirstOrThrow();
		return Number(numDeletedRows);
	}

	#messages(userId: number, conversationId: string, order: Order) {
		const direction = order === "newest" ? "desc" : "asc";
		return this.#db
			.selectFrom("chat_history")
			.where("user_id", "=", userId)
			.where("conversation_id", "=", conversationId)
			.orderBy("entry_time", direction)
			.orderBy("id", direction);
	}

	#storedBy(userId: number, requestKey: string): Promise<Message | undefined> {
		return this.#db
			.selectFrom("chat_request")
			.innerJoin("chat_history", "chat_history.id", "message_id")
			.selectAll("chat_history")
			.where("chat_request.user_id", "=", userId)
			.where("request_key", "=", requestKey)
			.executeTakeFirst();
	}

	#storeWithKey(message: NewMessage, requestKey: string): Promise<number> {
		return this.#db.transaction().execute(async (trx) => {
			const id = await insert(trx, message);
			await trx
				.insertInto("chat_request")
				.values({
					user_id: message.userId,
					request_key: requestKey,
					message_id: id,
				})
				.execute();
			return id;
		});
	}
}

async function insert(
	db: Kysely<ChatTables>,
	message: NewMessage,
): Promise<number> {
	const { insertId } = await db
		.insertInto("chat_history")
		.values({
			user_id: message.userId,
			conversation_id: message.conversationId,
			role: message.role,
			content: message.content,
		})
		.executeTakeFirstOrThrow();
	return Number(insertId);
}

function assertSame(stored: Message, message: NewMessage): number {
	const isSame =
		stored.conversation_id === message.conversationId &&
		stored.role === message.role &&
		stored.content === message.content;
	if (!isSame) throw new KeyReusedError();
	return stored.id;
}

/**
 * The rows after a position. The first term is implied by the second; MariaDB makes a range of the index from it, which it makes of
 * neither the second term alone nor of a comparison of rows.
 */
function isBeyond(order: Order, { entryTime, id }: Position) {
	const [orSame, strictly] =
		order === "newest" ? (["<=", "<"] as const) : ([">=", ">"] as const);
	return ({ and, or, eb }: ExpressionBuilder<ChatTables, "chat_history">) =>
		and([
			eb("entry_time", orSame, entryTime),
			or([eb("entry_time", strictly, entryTime), eb("id", strictly, id)]),
		]);
}

function positionOf(
	row: { readonly entry_time: Date; readonly id: number } | undefined,
): Position {
	if (!row) throw new RangeError("there is no row to continue from");
	return { entryTime: row.entry_time, id: row.id };
}

/** Rows were read one more than wanted: that one says that there is a next page. */
function toPage<Row>(
	rows: Row[],
	limit: number,
	list: string,
	position: (row: Row | undefined) => Position,
): Page<Row> {
	if (rows.length <= limit) return { items: rows, next_cursor: null };
	const items = rows.slice(0, limit);
	return { items, next_cursor: encodeCursor(position(items.at(-1)), list) };
}

function toConversation(row: {
	readonly conversation_id: string;
	readonly message_count: number;
	readonly id: number;
	readonly role: Role;
	readonly content: string;
	readonly entry_time: Date;
}): Conversation {
	const { conversation_id, message_count, ...last_message } = row;
	return { conversation_id, message_count, last_message };
}
