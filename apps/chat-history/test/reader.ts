import type { Logger } from "vivace";
import { MessageTail } from "../live/message-tail.ts";
import type { MessageLog } from "../storage/message-log.ts";

interface ReaderOptions {
	readonly longestWaitMs?: number;
	readonly pollMs?: number;
	readonly warn?: (text: string) => void;
}

/** One who follows a conversation of user 1 in a process of his own, which is told nothing by others. */
export class Reader implements AsyncDisposable {
	readonly tail: MessageTail;
	/** The messages that he has heard, in order; `(gap)` for a gap. */
	readonly heard: string[] = [];
	lastId: number;
	readonly #end: AbortController;
	readonly #following: Promise<void>;

	private constructor(
		tail: MessageTail,
		conversationId: string,
		from: number,
		end: AbortController,
	) {
		this.tail = tail;
		this.lastId = from;
		this.#end = end;
		this.#following = this.#follow(conversationId);
	}

	/** @param from the id of the last message that he has; without one he hears of those that are stored from now on */
	static async of(
		log: MessageLog,
		conversationId: string,
		{ warn = () => {}, ...options }: ReaderOptions = {},
		from?: number,
	): Promise<Reader> {
		const end = new AbortController();
		const logger: Logger = { info() {}, warn, error: warn };
		const tail = new MessageTail(log, {
			pollMs: 3_600_000,
			...options,
			logger,
			signal: end.signal,
			hear: async () => {},
		});
		const position = await tail.position();
		return new Reader(tail, conversationId, from ?? position, end);
	}

	async #follow(conversationId: string): Promise<void> {
		const key = { userId: 1, conversationId };
		const { signal } = this.#end;
		for await (const event of this.tail.follow(key, this.lastId, signal)) {
			if (event.kind === "gap") {
				this.heard.push("(gap)");
			} else {
				this.heard.push(event.message.content);
				this.lastId = event.message.id;
			}
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#end.abort();
		await this.tail.ended();
		await this.#following;
	}
}
