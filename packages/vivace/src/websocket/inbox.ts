import type { WebSocketDisconnect } from "../errors/web-socket-errors.ts";

/** A message as it was received. */
export type Message = string | Uint8Array;

/** Who waits for a message. */
type Waiter = PromiseWithResolvers<Message>;

/** A list that something is pushed to has room for seventeen, so most sockets have none. */
const nothing: readonly never[] = Object.freeze([]);

/** More small messages than these take more memory than their bytes. */
const mostMessages = 1024;

/** The messages that were received and not yet asked for, and who waits for the next. */
export class Inbox {
	readonly #limitBytes: number;
	#messages: readonly Message[] = nothing;
	/** Where the next one stands. */
	#begin = 0;
	#bytes = 0;
	#waiter: Waiter | undefined;
	/** Those behind it. */
	#waiters: readonly Waiter[] = nothing;

	/** @param limitBytes how much may lie here before it counts as full */
	constructor(limitBytes: number) {
		this.#limitBytes = limitBytes;
	}

	/** True when no more is to be read for now. */
	get isFull(): boolean {
		return (
			this.#bytes >= this.#limitBytes ||
			this.#messages.length - this.#begin >= mostMessages
		);
	}

	put(message: Message): void {
		const waiter = this.#waiter;
		if (waiter !== undefined) {
			this.#waiter = this.#waiters[0];
			if (this.#waiters !== nothing) {
				this.#waiters =
					this.#waiters.length > 1 ? this.#waiters.slice(1) : nothing;
			}
			waiter.resolve(message);
			return;
		}
		if (this.#messages === nothing) {
			this.#messages = [message];
		} else {
			(this.#messages as Message[]).push(message); // it is ours where it holds something
		}
		this.#bytes += message.length;
	}

	/** The oldest, if there is one. */
	take(): Message | undefined {
		const message = this.#messages[this.#begin];
		if (message === undefined) {
			return undefined;
		}
		this.#begin++;
		this.#bytes -= message.length;
		if (this.#begin === this.#messages.length) {
			this.#messages = nothing;
			this.#begin = 0;
		} else if (this.#begin >= mostMessages) {
			this.#messages = this.#messages.slice(this.#begin);
			this.#begin = 0;
		}
		return message;
	}

	/** Resolves to the next that is put here. */
	wait(): Promise<Message> {
		const waiter = Promise.withResolvers<Message>();
		if (this.#waiter === undefined) {
			this.#waiter = waiter;
		} else {
			this.#waiters = [...this.#waiters, waiter];
		}
		return waiter.promise;
	}

	/** Nothing comes any more: tells those who wait. */
	end(error: () => WebSocketDisconnect): void {
		const waiters = this.#waiters;
		this.#waiter?.reject(error());
		this.#waiter = undefined;
		this.#waiters = nothing;
		for (const { reject } of waiters) {
			reject(error());
		}
	}

	clear(): void {
		this.#messages = nothing;
		this.#begin = 0;
		this.#bytes = 0;
	}
}
