import type { Logger } from "vivace";
import type { ConversationKey, MessageLog } from "../storage/message-log.ts";
import type { LiveEvent } from "./followed-conversation.ts";
import { MessageTail } from "./message-tail.ts";
import { NewsTeller, type StoreNewsChannel } from "./store-news.ts";

/** Where one begins to follow. */
export interface Position {
	/** The id of the last message before. */
	readonly id: string;
	/** False when messages may be missing before it. */
	readonly isKnown: boolean;
}

/**
 * The messages of conversations as they are stored, by whichever process. They are read from the database, and an event's id is its
 * message's: whoever has one goes on from there anywhere and at any time.
 */
export class LiveConversations implements AsyncDisposable {
	readonly #end = new AbortController();
	readonly #news: NewsTeller;
	readonly #tail: MessageTail;

	constructor(
		channel: StoreNewsChannel,
		log: MessageLog,
		options: { readonly pollMs: number; readonly logger: Logger },
	) {
		const { signal } = this.#end;
		this.#news = new NewsTeller(channel, options.logger, signal);
		this.#tail = new MessageTail(log, {
			...options,
			signal,
			hear: (onNews, until) => this.#news.hear(onNews, until),
		});
	}

	/** A message was stored: those who follow its conversation hear of it. */
	announce(): void {
		this.#tail.ring();
		this.#news.tell();
	}

	/**
	 * Where a reader goes on who has messages up to an id; without one he hears of those that are stored from now on.
	 *
	 * @throws what the database says when it can't be reached
	 */
	async position(lastId: string | undefined): Promise<Position> {
		const end = await this.#tail.position();
		if (lastId === undefined) {
			return { id: String(end), isKnown: true };
		}
		const isKnown = /^\d{1,15}$/.test(lastId) && Number(lastId) <= end;
		return isKnown
			? { id: lastId, isKnown }
			: { id: String(end), isKnown: false };
	}

	/** The messages behind a position, each once and in order, for as long as the signal lets it. */
	async *follow(
		of: ConversationKey,
		from: Position,
		signal: AbortSignal,
	): AsyncGenerator<LiveEvent, void, undefined> {
		if (!from.isKnown) {
			yield { kind: "gap" };
		}
		yield* this.#tail.follow(of, Number(from.id), signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#end.abort();
		await Promise.all([this.#tail.ended(), this.#news.ended()]);
	}
}
