import type { ConversationKey, LiveMessage } from "../storage/message-log.ts";

/** An event of a conversation. */
export type LiveEvent =
	| {
			readonly kind: "message";
			readonly id: string;
			readonly message: LiveMessage;
	  }
	/** Messages may be missing here: read the conversation again. */
	| { readonly kind: "gap" };

/** Messages of a conversation, and whether there are more. */
export interface ConversationPage {
	readonly messages: readonly LiveMessage[];
	readonly isLast: boolean;
}

type ReadPage = (
	of: ConversationKey,
	after: number,
) => Promise<ConversationPage>;

/** A conversation that somebody in this process follows: read once, however many do so. */
export class FollowedConversation {
	readonly #key: ConversationKey;
	readonly #read: ReadPage;
	readonly #seats = new Set<Seat>();
	readonly #pages = new Map<number, Promise<ConversationPage>>();

	constructor(key: ConversationKey, read: ReadPage) {
		this.#key = key;
		this.#read = read;
	}

	get isUnused(): boolean {
		return this.#seats.size === 0;
	}

	/** A place for one who follows it, until the signal is aborted. */
	join(signal: AbortSignal): Seat {
		const seat = new Seat((after) => this.#page(after), signal);
		this.#seats.add(seat);
		return seat;
	}

	leave(seat: Seat): void {
		seat.close();
		this.#seats.delete(seat);
	}

	/** There is more to read. */
	wake(): void {
		this.#pages.clear(); // a reading that has begun before may not have what is told of now
		for (const seat of this.#seats) {
			seat.wake();
		}
	}

	/** A message has come where nothing was expected any more. */
	tellGap(): void {
		for (const seat of this.#seats) {
			seat.tellGap();
		}
	}

	#page(after: number): Promise<ConversationPage> {
		const begun = this.#pages.get(after);
		if (begun !== undefined) {
			return begun;
		}
		const page = this.#read(this.#key, after);
		this.#pages.set(after, page);
		const forget = () => {
			if (this.#pages.get(after) === page) {
				this.#pages.delete(after);
			}
		};
		page.then(forget, forget);
		return page;
	}
}

/** One who follows a conversation, at his own pace: what he has not read waits in the database. */
export class Seat {
	readonly #read: (after: number) => Promise<ConversationPage>;
	readonly #signal: AbortSignal;
	#wakings = 0;
	#hasGap = false;
	#onWake: (() => void) | undefined;
	#onAbort: (() => void) | undefined;

	constructor(
		read: (after: number) => Promise<ConversationPage>,
		signal: AbortSignal,
	) {
		this.#read = read;
		this.#signal = signal;
		signal.addEventListener("abort", this.#stir);
	}

	/** How often it was woken; to be asked before reading, and given to {@link wokenSince}. */
	get wakings(): number {
		return this.#wakings;
	}

	/** The next page; undefined when its signal was aborted meanwhile. */
	read(after: number): Promise<ConversationPage | undefined> {
		return new Promise((resolve, reject) => {
			this.#onAbort = () => resolve(undefined);
			this.#read(after).then(resolve, reject);
		});
	}

	/** Resolves when it was woken more often than that, or its signal is aborted. */
	async wokenSince(count: number): Promise<void> {
		if (this.#wakings > count || this.#signal.aborted) {
			return;
		}
		await new Promise<void>((resolve) => {
			this.#onWake = resolve;
		});
		this.#onWake = undefined;
	}

	/** True once for each gap that was told. */
	takeGap(): boolean {
		const hadGap = this.#hasGap;
		this.#hasGap = false;
		return hadGap;
	}

	wake(): void {
		this.#wakings++;
		this.#onWake?.();
	}

	tellGap(): void {
		this.#hasGap = true;
		this.wake();
	}

	close(): void {
		this.#signal.removeEventListener("abort", this.#stir);
	}

	readonly #stir = (): void => {
		this.#onWake?.();
		this.#onAbort?.();
	};
}
