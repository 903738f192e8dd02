import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "vivace";
import { BrokerUnavailableError, type Channel } from "vivace/channel";
import { z } from "zod";
import type { MessageStore } from "../storage/message-store.ts";

/** A message of the channel: which message was stored. Who listens reads it from the database. */
export const Announcement = z.object({ id: z.int() });

export type AnnouncementChannel = Channel<
	z.input<typeof Announcement>,
	z.output<typeof Announcement>
>;

/** A conversation of a user. */
export interface ConversationKey {
	readonly userId: number;
	readonly conversationId: string;
}

type LiveMessage = NonNullable<Awaited<ReturnType<MessageStore["find"]>>>;

/** An event of a conversation. */
export type LiveEvent =
	| {
			readonly kind: "message";
			readonly id: string;
			readonly message: LiveMessage;
	  }
	/** Messages may be missing here: read the conversation again. */
	| { readonly kind: "gap" };

/** How often it is tried to tell of a stored message while the broker is away, and how long is waited in between. */
const announceTries = 10;
const announcePauseMs = 500;

/** The messages of conversations as they are stored, by whichever process. */
export class LiveConversations {
	readonly #channel: AnnouncementChannel;
	readonly #messages: MessageStore;
	readonly #logger: Logger;

	constructor(
		channel: AnnouncementChannel,
		messages: MessageStore,
		logger: Logger,
	) {
		this.#channel = channel;
		this.#messages = messages;
		this.#logger = logger;
	}

	/** Tells all who follow a conversation of a message that has been stored. Never rejects: the message is safe. */
	async announce(of: ConversationKey, id: number): Promise<void> {
		for (let tries = 1; ; tries++) {
			try {
				await this.#topic(of).publish({ id });
				return;
			} catch (error) {
				if (!(error instanceof BrokerUnavailableError)) {
					throw error;
				}
				if (tries === announceTries) {
					this.#logger.warn(
						`message ${id} is stored, but who follows its conversation could not be told`,
						error,
					);
					return;
				}
			}
			await wait(announcePauseMs);
		}
	}

	/** Where a conversation stands now: following it from there misses nothing that is stored later. */
	now(of: ConversationKey): Promise<string> {
		return this.#topic(of).lastId();
	}

	/** The messages behind a position, each once, for as long as the signal lets it. */
	async *follow(
		of: ConversationKey,
		from: string,
		signal: AbortSignal,
	): AsyncGenerator<LiveEvent, void, undefined> {
		for await (const event of this.#topic(of).subscribe({ from, signal })) {
			if (event.kind === "gap") {
				yield { kind: "gap" };
				continue;
			}
			const message = await this.#messages.find(event.value.id);
			// it may have been deleted since
			if (message !== undefined) {
				yield { kind: "message", id: event.id, message };
			}
		}
	}

	#topic({ userId, conversationId }: ConversationKey) {
		return this.#channel.topic(`${userId}/${conversationId}`);
	}
}
