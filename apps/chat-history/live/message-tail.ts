import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "vivace";
import { isDeadlock, isUnavailable } from "vivace/database";
import type {
	Arrival,
	ConversationKey,
	LiveMessage,
	MessageLog,
} from "../storage/message-log.ts";
import {
	type ConversationPage,
	FollowedConversation,
	type LiveEvent,
	type Seat,
} from "./followed-conversation.ts";
import { MissingIds } from "./missing-ids.ts";
import { ReadingTurns } from "./reading-turns.ts";

/** How a {@link MessageTail} learns of what is stored, and how long it waits. */
export interface TailOptions {
	/** How often it is looked for messages that nobody has told of, while somebody follows a conversation; in milliseconds. */
	readonly pollMs: number;
	/** Calls a function whenever another process has stored something, until the signal is aborted. */
	readonly hear: (onNews: () => void, signal: AbortSignal) => Promise<void>;
	/**
	 * For how many milliseconds a transaction is waited for that may have an earlier id. Default: 15 s, more than one of this service can take to
	 * commit, whose statements have 10 s.
	 */
	readonly longestWaitMs?: number;
	readonly logger: Logger;
	/** Ends it. */
	readonly signal: AbortSignal;
}

const pageSize = 100;
const arrivalsAtOnce = 1_000;
/** Between two readings: who stores hundreds of messages a second is told of in less than that many. */
const pauseMs = 5;
const retryMs = 500;
const longestEndMs = 500;
const firstCheckMs = 1;
const longestCheckMs = 50;
/** At the start: who stores may be behind so many others, not more. */
const startSpan = 5_000;

/**
 * The end of the messages of all conversations, as this process knows it: an id below which none comes any more. Up to it everybody
 * reads in the order of ids, in every process, and goes on behind the last one that he has. It is read only while somebody follows a
 * conversation: when it is told that there is something new, and now and then, because who would have told may have been killed.
 */
export class MessageTail {
	readonly #log: MessageLog;
	readonly #options: TailOptions;
	readonly #conversations = new Map<string, FollowedConversation>();
	readonly #missing = new MissingIds();
	/** Thousands may come back at once, after a restart. */
	readonly #turns = new ReadingTurns();
	/** The work of many: it must not run in the context of the one that happened to begin it. */
	readonly #outside = AsyncLocalStorage.snapshot();
	/** Up to here every message is there, or never will be; undefined before the first reading. */
	#settled: number | undefined;
	#reading: Promise<void> | undefined;
	#nextReading: Promise<void> | undefined;
	#watching: Promise<void> | undefined;
	#isRung = false;
	#onRing: (() => void) | undefined;

	constructor(log: MessageLog, options: TailOptions) {
		this.#log = log;
		this.#options = options;
		options.signal.addEventListener("abort", () => this.ring(), { once: true });
	}

	/** Tells it that a message was stored. */
	ring(): void {
		this.#isRung = true;
		this.#onRing?.();
	}

	/** Where the messages end now: all up to that id are there, and those that are stored from now on come behind it. */
	async position(): Promise<number> {
		await this.#readAfresh();
		return this.#settled ?? 0;
	}

	/** The messages of a conversation behind an id, each once and in order, for as long as the signal lets it. While the database is away it waits. */
	async *follow(
		of: ConversationKey,
		from: number,
		signal: AbortSignal,
	): AsyncGenerator<LiveEvent, void, undefined> {
		const until = AbortSignal.any([signal, this.#options.signal]);
		const seat = this.#join(of, until);
		try {
			for (let after = from; !until.aborted; ) {
				const { wakings } = seat;
				const page = await readOrWait(seat, after, until);
				if (page === undefined) {
					continue;
				}
				const { messages, isLast } = page;
				for (const message of messages) {
					yield { kind: "message", id: String(message.id), message };
					after = message.id;
				}
				if (seat.takeGap()) {
					yield { kind: "gap" };
				}
				if (isLast) {
					await seat.wokenSince(wakings);
				}
			}
		} finally {
			this.#leave(of, seat);
		}
	}

	/**
	 * Resolves when nothing of it is under way any more, its signal having been aborted. What a database does not answer is soon left to its pool,
	 * which ends it: a stop has no time for a statement's whole limit.
	 */
	async ended(): Promise<void> {
		const over = new AbortController();
		const all = Promise.allSettled([
			this.#watching,
			this.#reading,
			this.#nextReading,
			this.#turns.ended(),
		]).then(() => over.abort());
		await Promise.race([all, pause(longestEndMs, over.signal)]);
	}

	get #isNeeded(): boolean {
		return this.#conversations.size > 0 && !this.#options.signal.aborted;
	}

	#join(key: ConversationKey, signal: AbortSignal): Seat {
		const name = nameOf(key);
		let conversation = this.#conversations.get(name);
		if (conversation === undefined) {
			conversation = new FollowedConversation(key, (of, after) =>
				this.#page(of, after),
			);
			this.#conversations.set(name, conversation);
		}
		this.#watchIfNeeded();
		return conversation.join(signal);
	}

	#leave(key: ConversationKey, seat: Seat): void {
		const name = nameOf(key);
		const conversation = this.#conversations.get(name);
		conversation?.leave(seat);
		if (conversation?.isUnused) {
			this.#conversations.delete(name);
			this.ring(); // nobody may be left
		}
	}

	#watchIfNeeded(): void {
		if (this.#isNeeded && this.#watching === undefined) {
			this.#watching = this.#outside(() => this.#watch()).finally(() => {
				this.#watching = undefined;
				this.#watchIfNeeded();
			});
		}
	}

	/** Reads for as long as somebody follows. Never rejects. */
	async #watch(): Promise<void> {
		const { hear, logger, signal } = this.#options;
		const over = new AbortController();
		const hearing = hear(() => this.ring(), over.signal).catch((error) =>
			logger.error("what other processes tell can't be heard", error),
		);
		let isAway = false;
		while (this.#isNeeded) {
			this.#isRung = false;
			try {
				await this.#readAfresh();
				await this.#lookForMissing();
				isAway = false;
			} catch (error) {
				if (!isAway && !signal.aborted) {
					isAway = true;
					logger.warn(
						"who follows a conversation waits for the database",
						error,
					);
				}
			}
			await pause(isAway ? retryMs : pauseMs, signal);
			await this.#rung(isAway ? 0 : this.#options.pollMs);
		}
		over.abort();
		await hearing;
	}

	/** Resolves when there may be something new, at the latest when it is time to look by itself. */
	async #rung(limitMs: number): Promise<void> {
		if (this.#isRung || !this.#isNeeded) {
			return;
		}
		let timer: NodeJS.Timeout | undefined;
		await new Promise<void>((resolve) => {
			this.#onRing = resolve;
			timer = setTimeout(resolve, limitMs);
		});
		clearTimeout(timer);
		this.#onRing = undefined;
	}

	/** A reading that begins after the call; those who ask while one is under way share the next. */
	#readAfresh(): Promise<void> {
		if (this.#reading === undefined) {
			this.#reading = this.#outside(() => this.#advance()).finally(() => {
				this.#reading = undefined;
			});
			return this.#reading;
		}
		const next = () => {
			this.#nextReading = undefined;
			return this.#readAfresh();
		};
		this.#nextReading ??= this.#reading.then(next, next);
		return this.#nextReading;
	}

	/** Goes as far as messages are there, and wakes those whom they concern. */
	async #advance(): Promise<void> {
		if (this.#settled === undefined) {
			const newest = await this.#log.newestId();
			await this.#complete(Math.max(0, newest - startSpan), newest);
			this.#settled = newest;
			return;
		}
		for (;;) {
			const from: number = this.#settled;
			let arrivals = await this.#log.after(from, arrivalsAtOnce);
			const upTo = arrivals.at(-1)?.id;
			if (upTo === undefined) {
				return;
			}
			const mayBeMore = arrivals.length === arrivalsAtOnce;
			if (upTo - from > arrivals.length) {
				arrivals = await this.#complete(from, upTo);
				this.#missing.add(from, upTo, arrivals);
			}
			this.#settled = upTo;
			this.#wake(arrivals);
			if (!mayBeMore) {
				return;
			}
		}
	}

	/** The messages behind an id and up to one that is there, once no other can come between them. */
	async #complete(after: number, upTo: number): Promise<readonly Arrival[]> {
		const { longestWaitMs = 15_000, logger, signal } = this.#options;
		const unfinished = await this.#log.unfinished({ after, before: upTo });
		const endsAt = performance.now() + longestWaitMs;
		for (let checkMs = firstCheckMs; ; checkMs *= 2) {
			signal.throwIfAborted();
			const haveEnded = await unfinished.haveEnded();
			const arrivals = await this.#log.span(after, upTo);
			if (haveEnded || arrivals.length === upTo - after) {
				return arrivals;
			}
			if (performance.now() > endsAt) {
				unfinished.giveUp();
				logger.warn(
					`a transaction has kept a message with an id below ${upTo} open for ${longestWaitMs} ms; those who follow conversations go on without it`,
				);
				return arrivals;
			}
			await pause(Math.min(checkMs, longestCheckMs), signal);
		}
	}

	#wake(arrivals: readonly Arrival[]): void {
		for (const name of new Set(arrivals.map(nameOf))) {
			this.#conversations.get(name)?.wake();
		}
	}

	/** A message that has come so late can't be put in its place any more: who follows is told to read again. */
	async #lookForMissing(): Promise<void> {
		const ids = this.#missing.due(this.#options.pollMs);
		if (ids.length === 0) {
			return;
		}
		for (const arrival of await this.#log.among(ids)) {
			this.#missing.delete(arrival.id);
			this.#conversations.get(nameOf(arrival))?.tellGap();
		}
	}

	async #page(of: ConversationKey, after: number): Promise<ConversationPage> {
		const hasMore = after < (this.#settled ?? 0);
		const messages = hasMore
			? await this.#turns.take(() => this.#messages(of, after))
			: [];
		return { messages, isLast: messages.length < pageSize };
	}

	async #messages(
		of: ConversationKey,
		after: number,
	): Promise<readonly LiveMessage[]> {
		const isFollowed = this.#conversations.has(nameOf(of)); // all may have gone meanwhile
		return isFollowed
			? this.#log.page(of, after, this.#settled ?? 0, pageSize)
			: [];
	}
}

function nameOf({ userId, conversationId }: ConversationKey): string {
	return `${userId}/${conversationId}`;
}

/** Undefined when the signal was aborted, or it has to be tried again, after a pause: whoever stores is told that the database is away. */
async function readOrWait(
	seat: Seat,
	after: number,
	signal: AbortSignal,
): Promise<ConversationPage | undefined> {
	try {
		return await seat.read(after);
	} catch (error) {
		if (!isUnavailable(error) && !isDeadlock(error)) {
			throw error;
		}
		await pause(retryMs, signal);
		return undefined;
	}
}

/** Resolves after that time, or as soon as the signal is aborted. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
	await wait(delayMs, undefined, { signal }).catch(() => undefined);
}
