import type { Kysely } from "kysely";
import { compileQuery } from "vivace/database";
import type { Message } from "./message-store.ts";
import type { ChatTables } from "./tables.ts";
import {
	type IdsBetween,
	type UnfinishedStores,
	unfinishedStores,
} from "./unfinished-stores.ts";

/** A conversation of a user. */
export interface ConversationKey {
	readonly userId: number;
	readonly conversationId: string;
}

/** Says that a message is there, and whose. */
export interface Arrival extends ConversationKey {
	readonly id: number;
}

/** A message as those see it who follow its conversation. */
export type LiveMessage = Pick<
	Message,
	"id" | "role" | "content" | "entry_time"
>;

const arrival = [
	"id",
	"user_id as userId",
	"conversation_id as conversationId",
] as const;

/** The messages of all conversations in the order of their ids, for who follows them. */
export class MessageLog {
	readonly #db: Kysely<ChatTables>;
	/** Who may still store a message between two that are there. */
	readonly unfinished: (ids: IdsBetween) => Promise<UnfinishedStores>;
	readonly #after;
	readonly #page;

	constructor(db: Kysely<ChatTables>) {
		this.#db = db;
		this.unfinished = unfinishedStores(db);
		this.#after = compileQuery(db, (from: { id: number; limit: number }) =>
			db
				.selectFrom("chat_history")
				.select(arrival)
				.where("id", ">", from.id)
				.orderBy("id")
				.limit(from.limit),
		);
		this.#page = compileQuery(
			db,
			(of: ConversationKey & { after: number; upTo: number; limit: number }) =>
				db
					.selectFrom("chat_history")
					.select(["id", "role", "content", "entry_time"])
					.where("user_id", "=", of.userId)
					.where("conversation_id", "=", of.conversationId)
					.where("id", ">", of.after)
					.where("id", "<=", of.upTo)
					.orderBy("id")
					.limit(of.limit),
		);
	}

	/** The highest id; 0 where there is no message. */
	async newestId(): Promise<number> {
		const { id } = await this.#db
			.selectFrom("chat_history")
			.select(({ fn }) => fn.max("id").as("id"))
			.executeTakeFirstOrThrow();
		return Number(id ?? 0);
	}

	/** The messages behind an id, the oldest first. */
	async after(id: number, limit: number): Promise<readonly Arrival[]> {
		const { rows } = await this.#after({ id, limit });
		return rows;
	}

	/** The messages behind an id and up to another, the oldest first. */
	span(after: number, upTo: number): Promise<readonly Arrival[]> {
		return this.#db
			.selectFrom("chat_history")
			.select(arrival)
			.where("id", ">", after)
			.where("id", "<=", upTo)
			.orderBy("id")
			.execute();
	}

	/** Those of some messages that are there. */
	among(ids: readonly number[]): Promise<readonly Arrival[]> {
		return this.#db
			.selectFrom("chat_history")
			.select(arrival)
			.where("id", "in", ids)
			.execute();
	}

	/** The messages of a conversation behind one id and up to another, the oldest first. */
	async page(
		{ userId, conversationId }: ConversationKey,
		after: number,
		upTo: number,
		limit: number,
	): Promise<readonly LiveMessage[]> {
		const { rows } = await this.#page({
			...{ userId, conversationId },
			...{ after, upTo, limit },
		});
		return rows;
	}
}
