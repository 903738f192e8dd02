import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "vivace";
import { BrokerUnavailableError, type Channel } from "vivace/channel";
import { z } from "zod";

/** A message of the channel: a process has stored something. */
export const StoreNews = z.object({ by: z.string() });

export type StoreNewsChannel = Channel<
	z.input<typeof StoreNews>,
	z.output<typeof StoreNews>
>;

/** Between two tellings: who stores thousands of messages a second tells so a hundred times. */
const pauseMs = 10;
const retryMs = 500;

/** Tells the other processes of the service that something was stored, so that they need not find out by themselves. */
export class NewsTeller {
	readonly #channel: StoreNewsChannel;
	readonly #logger: Logger;
	readonly #signal: AbortSignal;
	readonly #self = crypto.randomUUID();
	#telling: Promise<void> | undefined;
	#hasMore = false;

	/** @param signal ends it */
	constructor(channel: StoreNewsChannel, logger: Logger, signal: AbortSignal) {
		this.#channel = channel;
		this.#logger = logger;
		this.#signal = signal;
	}

	/** Nobody waits for it: what is not told is found. */
	tell(): void {
		this.#hasMore = true;
		this.#telling ??= this.#tell().finally(() => {
			this.#telling = undefined;
		});
	}

	/** Calls a function whenever another process has told, or may have, until the signal is aborted. */
	async hear(onNews: () => void, signal: AbortSignal): Promise<void> {
		for await (const event of this.#channel.subscribe({ signal })) {
			if (event.kind === "gap" || event.value.by !== this.#self) {
				onNews();
			}
		}
	}

	/** Resolves when nothing is under way any more, its signal having been aborted. */
	async ended(): Promise<void> {
		await this.#telling;
	}

	async #tell(): Promise<void> {
		const signal = this.#signal;
		while (this.#hasMore && !signal.aborted) {
			this.#hasMore = false;
			const isTold = await this.#publish();
			this.#hasMore ||= !isTold;
			const delayMs = isTold ? pauseMs : retryMs;
			await wait(delayMs, undefined, { signal }).catch(() => undefined);
		}
	}

	/** False when it has to be tried again: the broker is away, as its own log says. */
	async #publish(): Promise<boolean> {
		try {
			await this.#channel.publish({ by: this.#self });
		} catch (error) {
			if (error instanceof BrokerUnavailableError) {
				return false;
			}
			this.#logger.error("other processes could not be told", error);
		}
		return true;
	}
}
