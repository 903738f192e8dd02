import {
	type Kysely,
	type QueryResult,
	type Selectable,
	sql,
	type Transaction,
} from "kysely";
import {
	ConstraintError,
	compileQuery,
	engineOf,
	isConnectionLost,
	isDeadlock,
	isDuplicateKey,
	retryUnit,
} from "vivace/database";
import { Batches } from "./batches.ts";
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

/** A message that came with a key. */
export interface StoredOnce {
	readonly id: number;
	readonly message: Message;
	/** True when it was there already. */
	readonly isReplay: boolean;
}

type ConversationKey = Pick<NewMessage, "userId" | "conversationId">;

export type Order = "newest" | "oldest";

/** The same `Idempotency-Key` came with another message. */
export class KeyReusedError extends Error {
	override readonly name = "KeyReusedError";

	constructor() {
		super("the Idempotency-Key was used for another message");
	}
}

/** The messages of all users, in a database. Order is by entry time and, within its second, by id. */
export class MessageStore {
	readonly #db: Kysely<ChatTables>;
	readonly #insert;
	readonly #history;
	/** On PostgreSQL; the others have a better way, or none, to be told the ids of several rows. */
	readonly #batches: Batches<NewMessage, number> | undefined;

	constructor(db: Kysely<ChatTables>) {
		this.#db = db;
		// MySQL and SQLite tell the id of the row unasked
		const tellsId = engineOf(db) !== "postgres";
		this.#insert = compileQuery(db, (message: NewMessage) => {
			const insert = db.insertInto("chat_history").values({
				user_id: message.userId,
				conversation_id: message.conversationId,
				role: message.role,
				content: message.content,
			});
			return tellsId ? insert : insert.returning("id");
		});
		this.#history = compileQuery(db, (of: ConversationKey) =>
			this.conversation(of.userId, of.conversationId, "oldest")
				.clearSelect()
				.select(["role", "content"]),
		);
		this.#batches = tellsId ? undefined : messageBatches(db);
	}

	/** Stores a message by itself, in no session, and gives its id. Those that arrive together are stored by one statement where that is possible. */
	async store(message: NewMessage): Promise<number> {
		return this.#batches === undefined
			? idOf(await retryUnit(() => this.#insert(message)))
			: this.#batches.add(message);
	}

	/** Stores a message and gives it as it is stored, in one transaction: nobody deletes it in between. */
	add(message: NewMessage): Promise<Message> {
		return retryUnit(() =>
			this.#db
				.transaction()
				.execute((trx) => this.#insertAndRead(message, trx)),
		);
	}

	/**
	 * Stores a message once however often it is asked to with the same key, and gives it as it is stored.
	 *
	 * @throws KeyReusedError If the key came with another message before.
	 */
	async storeOnce(
		message: NewMessage,
		requestKey: string,
	): Promise<StoredOnce> {
		// With a key it is safe to try again even when nobody knows whether a lost connection had committed.
		return retryUnit(
			async () => {
				const stored = await this.#storedBy(message.userId, requestKey);
				if (stored) {
					assertSame(stored, message);
					await this.#assertKept(message.userId, requestKey);
					return { id: stored.id, message: stored, isReplay: true };
				}
				const added = await this.#addWithKey(message, requestKey);
				return { id: added.id, message: added, isReplay: false };
			},
			{
				tries: 10,
				when: (error) =>
					isDeadlock(error) || isConnectionLost(error) || isDuplicateKey(error),
			},
		);
	}

	/** The message of that id. */
	message(id: number, db = this.#db): Promise<Message> {
		return db
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
		const { rows } = await this.#history({ userId, conversationId });
		return rows;
	}

	/** The messages of a conversation, to be read in pages. */
	conversation(userId: number, conversationId: string, order: Order) {
		const direction = order === "newest" ? "desc" : "asc";
		return this.#db
			.selectFrom("chat_history")
			.select(["id", "role", "content", "entry_time"])
			.where("user_id", "=", userId)
			.where("conversation_id", "=", conversationId)
			.orderBy("entry_time", direction)
			.orderBy("id", direction);
	}

	/** The conversations of a user with their last message, the one that was used last first, to be read in pages. */
	conversations(userId: number) {
		return this.#db
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
			.orderBy("entry_time", "desc")
			.orderBy("id", "desc");
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

	#storedBy(userId: number, requestKey: string): Promise<Message | undefined> {
		return this.#db
			.selectFrom("chat_request")
			.innerJoin("chat_history", "chat_history.id", "message_id")
			.selectAll("chat_history")
			.where("chat_request.user_id", "=", userId)
			.where("request_key", "=", requestKey)
			.executeTakeFirst();
	}

	/**
	 * On PostgreSQL a row can be seen that a synchronous standby does not have: when the wait for it was given up, by a restart too. To say that it
	 * is stored, we wait again: with a change of our own, which comes after it in the log.
	 */
	async #assertKept(userId: number, requestKey: string): Promise<void> {
		if (engineOf(this.#db) !== "postgres") {
			return;
		}
		await this.#db
			.updateTable("chat_request")
			.set(({ ref }) => ({ request_key: ref("request_key") }))
			.where("user_id", "=", userId)
			.where("request_key", "=", requestKey)
			.execute();
	}

	#addWithKey(message: NewMessage, requestKey: string): Promise<Message> {
		return this.#db.transaction().execute(async (trx) => {
			const added = await this.#insertAndRead(message, trx);
			await trx
				.insertInto("chat_request")
				.values({
					user_id: message.userId,
					request_key: requestKey,
					message_id: added.id,
				})
				.execute();
			return added;
		});
	}

	async #insertAndRead(
		message: NewMessage,
		trx: Transaction<ChatTables>,
	): Promise<Message> {
		return this.message(idOf(await this.#insert(message, trx)), trx);
	}
}

/** A statement for all that are stored together: one way to the server, one commit. */
function messageBatches(db: Kysely<ChatTables>): Batches<NewMessage, number> {
	// as one text: for an array the server would be asked for its type first
	const insertAll = compileQuery(db, ({ messages }: { messages: string }) =>
		db
			.insertInto("chat_history")
			.columns(["user_id", "conversation_id", "role", "content"])
			.expression(
				// ids are given out in the order of the select
				sql`select "userId", "conversationId", "role", "content" from rows from (
					json_to_recordset(${messages}::json) as ("userId" int, "conversationId" text, "role" text, "content" text)
				) with ordinality as message ("userId", "conversationId", "role", "content", place) order by place`,
			)
			.returning("id"),
	);
	const insert = async (messages: readonly NewMessage[]) => {
		const values = { messages: JSON.stringify(messages) };
		const { rows } = await retryUnit(() => insertAll(values));
		return rows.map(({ id }) => id).sort((one, other) => one - other);
	};
	return new Batches(insert, {
		atOnce: 3,
		mostWaiting: 1_000, // the pool refuses what is too much
		mostWeight: 1_000_000,
		weightOf: ({ content }) => 500 + content.length,
		isOfOne: isRefusedValue,
	});
}

/** A value that can't be stored, so that nothing of its statement was: a broken constraint, a data exception (PostgreSQL's manual, appendix A). */
function isRefusedValue(error: unknown): boolean {
	const { code } = error as { readonly code?: unknown };
	return (
		error instanceof ConstraintError ||
		(typeof code === "string" && /^22\w{3}$/.test(code))
	);
}

/** The id of a new row, by whichever way its engine tells it. */
function idOf({ insertId, rows }: QueryResult<object>): number {
	const [row] = rows as { readonly id?: number }[];
	return row?.id ?? Number(insertId);
}

function assertSame(stored: Message, message: NewMessage): void {
	const isSame =
		stored.conversation_id === message.conversationId &&
		stored.role === message.role &&
		stored.content === message.content;
	if (!isSame) {
		throw new KeyReusedError();
	}
}
