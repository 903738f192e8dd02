import type { WebSocketDisconnect } from "../errors/web-socket-errors.ts";

/** A message as it was received. */
export type Message = string | Uint8Array;

interface Waiter {
	resolve(message: Message): void;
	reject(error: WebSocketDisconnect): void;
}

/** More small messages than these take more memory than their bytes. */
const mostMessages = 1024;

/** The messages that were received and not yet asked for, and who waits for the next. */
export class Inbox {
	readonly #limitBytes: number;
	#messages: Message[] = [];
	/** Where the next one stands. */
	#begin = 0;
	#bytes = 0;
	readonly #waiters: Waiter[] = [];

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
		const waiter = this.#waiters.shift();
		if (waiter !== undefined) {
			waiter.resolve(message);
			return;
		}
		this.#messages.push(message);
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
			this.#messages = [];
			this.#begin = 0;
		} else if (this.#begin >= mostMessages) {
			this.#messages = this.#messages.slice(this.#begin);
			this.#begin = 0;
		}
		return message;
	}

	/** Resolves to the next that is put here. */
	wait(): Promise<Message> {
		const { promise, resolve, reject } = Promise.withResolvers<Message>();
		this.#waiters.push({ resolve, reject });
		return promise;
	}

	/** Nothing comes any more: tells those who wait. */
	end(error: () => WebSocketDisconnect): void {
		for (const { reject } of this.#waiters.splice(0)) {
			reject(error());
		}
	}

	clear(): void {
		this.#messages = [];
		this.#begin = 0;
		this.#bytes = 0;
	}
}
