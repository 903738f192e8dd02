import type { IncomingMessage, ServerResponse } from "node:http";
import { ClientGoneError } from "../../errors/client-gone.ts";
import { BodyCollector } from "../../http/body-collector.ts";
import { type BodyTaker, directMessage } from "./direct-message.ts";

/** The part of an exchange that the readers of a body need. */
export interface BodyHolder {
	readonly incoming: IncomingMessage;
	readonly outgoing: ServerResponse;
	awaitsContinue: boolean;
	isBodyRefused: boolean;
}

const gone = "the client closed the connection before its request was complete";

/**
 * The whole body. From the parser where nothing has come yet, else by listeners: `for await` costs 3.8 us more per request, the helpers of
 * `node:stream/consumers` 4.3 us.
 *
 * @throws BodyTooLargeError before anything is read if the announced length is too large, otherwise with the chunk that makes it so
 * @throws ClientGoneError
 */
export function readWhole(
	holder: BodyHolder,
	limitBytes: number,
): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		new WholeBody(holder, resolve, reject).read(limitBytes);
	});
}

class WholeBody implements BodyTaker {
	readonly #holder: BodyHolder;
	readonly #resolve: (bytes: Uint8Array) => void;
	readonly #reject: (error: unknown) => void;
	#collector: BodyCollector | undefined;

	constructor(
		holder: BodyHolder,
		resolve: (bytes: Uint8Array) => void,
		reject: (error: unknown) => void,
	) {
		this.#holder = holder;
		this.#resolve = resolve;
		this.#reject = reject;
	}

	read(limitBytes: number): void {
		const { incoming } = this.#holder;
		try {
			this.#collector = new BodyCollector(
				limitBytes,
				incoming.headers["content-length"],
			);
		} catch (error) {
			this.#refuse(error);
			return;
		}
		if (isCutOff(incoming)) {
			this.#reject(new ClientGoneError(gone));
			return;
		}
		allowBody(this.#holder);
		if (incoming.readableEnded) {
			this.end(); // there is none: nothing would say that it ends
		} else if (directMessage(incoming)?.handTo(this) !== true) {
			incoming.on("error", (cause) => this.fail(cause));
			incoming.on("end", () => this.end());
			incoming.on("data", (chunk: Uint8Array) => this.add(chunk));
		}
	}

	add(chunk: Uint8Array): void {
		try {
			this.#collector?.add(chunk);
		} catch (error) {
			this.#refuse(error);
		}
	}

	end(): void {
		this.#resolve(this.#collector?.bytes() ?? new Uint8Array());
	}

	async fail(cause: unknown): Promise<void> {
		await closed(this.#holder.outgoing);
		this.#reject(new ClientGoneError(gone, { cause }));
	}

	#refuse(error: unknown): void {
		const { incoming } = this.#holder;
		this.#holder.isBodyRefused = true;
		directMessage(incoming)?.takeBack();
		incoming.pause();
		incoming.removeAllListeners("data");
		incoming.removeAllListeners("end");
		this.#reject(error);
	}
}

/**
 * The body in its chunks. A reader that leaves early leaves the connection usable for the answer, and for nothing after it.
 *
 * @throws ClientGoneError
 */
export function readChunks(holder: BodyHolder): AsyncIterable<Uint8Array> {
	return new BodyChunks(holder);
}

/** How many chunks may wait for a reader before the client has to. */
const waitingChunks = 2;

/**
 * Listeners and a queue rather than the stream's own iterator: a reader that keeps up never stops the stream, which takes a fifth less of
 * the processor's time for an upload of 256 MiB (`npm run bench:uploads`).
 */
class BodyChunks implements AsyncIterableIterator<Uint8Array, undefined> {
	readonly #holder: BodyHolder;
	readonly #queue: Uint8Array[] = [];
	#reader: PromiseWithResolvers<Next> | undefined;
	#state: "unread" | "open" | "over" = "unread";
	#cause: unknown;
	/** Garbage, see `#take`; kept, or the compiler would leave it out. */
	protected ballast: readonly unknown[] | undefined;

	constructor(holder: BodyHolder) {
		this.#holder = holder;
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<Next> {
		if (this.#state === "unread") {
			this.#begin();
		}
		const { incoming } = this.#holder;
		const value = this.#queue.shift();
		if (value !== undefined) {
			if (this.#queue.length === 0 && this.#state === "open") {
				incoming.resume();
			}
			return { done: false, value };
		}
		if (this.#cause !== undefined) {
			await closed(this.#holder.outgoing);
			throw new ClientGoneError(gone, { cause: this.#cause });
		}
		if (this.#state === "over") {
			return { done: true, value: undefined };
		}
		this.#reader = Promise.withResolvers();
		const next = await this.#reader.promise;
		return next.done === true && this.#cause !== undefined ? this.next() : next;
	}

	async return(): Promise<Next> {
		this.#end();
		this.#queue.length = 0;
		const { incoming } = this.#holder;
		if (!incoming.readableEnded) {
			incoming.pause();
			this.#holder.isBodyRefused = true;
		}
		return { done: true, value: undefined };
	}

	#begin(): void {
		const { incoming } = this.#holder;
		if (isCutOff(incoming)) {
			this.#state = "over";
			throw new ClientGoneError(gone);
		}
		allowBody(this.#holder);
		if (incoming.readableEnded) {
			this.#state = "over"; // as above
			return;
		}
		this.#state = "open";
		incoming.on("data", this.#take);
		incoming.on("end", this.#end);
		incoming.on("error", this.#fail);
		incoming.on("close", this.#fail);
	}

	/**
	 * V8 keeps the bytes of a chunk outside its heap and frees them when it collects garbage. So little of the heap's own comes with a
	 * chunk that all that lives is marked each time that 64 MiB of bytes have gone by. With some more the young objects are collected
	 * before that, which frees the bytes too: 700 ms of processor time a GiB instead of 1,150 (`npm run bench:uploads`). To detach what
	 * has been written to disk would be quicker still, but a chunk may hold the beginning of the next part.
	 */
	readonly #take = (chunk: Uint8Array): void => {
		this.ballast = new Array(chunk.length >> 4); // half its size
		if (this.#reader !== undefined) {
			this.#answer({ done: false, value: chunk });
		} else if (this.#queue.push(chunk) >= waitingChunks) {
			this.#holder.incoming.pause();
		}
	};

	readonly #fail = (cause?: unknown): void => {
		if (this.#state === "open") {
			this.#cause = cause ?? new Error("closed");
			this.#end();
		}
	};

	readonly #end = (): void => {
		const { incoming } = this.#holder;
		this.#state = "over";
		incoming.off("data", this.#take);
		incoming.off("end", this.#end);
		incoming.off("close", this.#fail);
		// an error that comes later has nobody to tell it, and must not end the process
		this.#answer({ done: true, value: undefined });
	};

	#answer(next: Next): void {
		const reader = this.#reader;
		this.#reader = undefined;
		reader?.resolve(next);
	}
}

type Next = IteratorResult<Uint8Array, undefined>;

function isCutOff(incoming: IncomingMessage): boolean {
	return incoming.destroyed && !incoming.readableEnded;
}

/** Deno tells the request of a lost connection before the response, which is what the signal follows. */
function closed(outgoing: ServerResponse): Promise<void> {
	if (outgoing.destroyed) {
		return Promise.resolve();
	}
	return new Promise((resolve) => outgoing.once("close", () => resolve()));
}

function allowBody(holder: BodyHolder): void {
	if (!holder.awaitsContinue) {
		return;
	}
	holder.awaitsContinue = false;
	holder.outgoing.writeContinue();
}
