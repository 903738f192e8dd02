import { ClientGoneError } from "../../errors/client-gone.ts";
import { HTTPException } from "../../errors/http-exception.ts";
import { collectBody } from "../../http/body-collector.ts";
import { BodyTooLargeError } from "../../http/body-too-large-error.ts";

const gone = "the client closed the connection before its request was complete";

type Next = IteratorResult<Uint8Array, undefined>;

/** The body of a request, which is read once: whole, or in the pieces in which it arrives, which it iterates. */
export class FetchBody implements AsyncIterableIterator<Uint8Array, undefined> {
	readonly #request: globalThis.Request;
	readonly #onGone: () => void;
	#reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
	/** Rejects what is being waited for. */
	#reject: ((error: unknown) => void) | undefined;
	#failure: Error | undefined;
	/** True when a part of it was left unread on purpose: the connection can't be used again. */
	isRefused = false;
	/** True when it ended before all that was announced had come; the client may still read, having ended its own side. */
	isCut = false;

	/** @param onGone called when the client leaves before it has sent all */
	constructor(request: globalThis.Request, onGone: () => void) {
		this.#request = request;
		this.#onGone = onGone;
	}

	/** True while somebody waits for a part of it. */
	get isAwaited(): boolean {
		return this.#reject !== undefined;
	}

	/**
	 * The whole body.
	 *
	 * @throws BodyTooLargeError before anything is read if the announced length is too large, otherwise with the chunk that makes it so
	 * @throws ClientGoneError
	 */
	read(limitBytes: number): Promise<Uint8Array> {
		const length = this.#request.headers.get("content-length");
		if (length === null) {
			return this.#request.body === null
				? Promise.resolve(new Uint8Array())
				: collectBody(this, limitBytes);
		}
		if (Number(length) > limitBytes) {
			this.isRefused = true;
			return Promise.reject(new BodyTooLargeError(limitBytes));
		}
		// the runtime has taken no more than was announced; by pieces it would cost 2 µs more on Bun
		return this.#waitFor(() => this.#request.bytes());
	}

	[Symbol.asyncIterator](): this {
		return this;
	}

	async next(): Promise<Next> {
		if (this.#failure !== undefined) {
			throw this.#failure;
		}
		const { body } = this.#request;
		if (body === null) {
			return { done: true, value: undefined };
		}
		this.#reader ??= this.#open(body);
		const reader = this.#reader;
		for (;;) {
			const { done, value } = await this.#waitFor(() => reader.read());
			if (done) {
				return { done, value: undefined };
			}
			if (value.length > 0) {
				return { done, value }; // Deno begins an empty body with a piece of nothing
			}
		}
	}

	async return(): Promise<Next> {
		this.#failure ??= new TypeError("The body is not read any more.");
		this.isRefused = true;
		// the rest is the runtime's; a client that is gone is no error to who no longer reads
		await this.#reader?.cancel().catch(() => {});
		return { done: true, value: undefined };
	}

	/** Deno hands over what is coded as well as chunked as it is; Bun refuses that itself (RFC 9112 §6.1). */
	#open(
		body: ReadableStream<Uint8Array>,
	): ReadableStreamDefaultReader<Uint8Array> {
		const coding = this.#request.headers.get("transfer-encoding");
		if (coding !== null && coding.toLowerCase() !== "chunked") {
			this.isRefused = true;
			throw new HTTPException(501);
		}
		return body.getReader();
	}

	/** Answers 408 to who reads a body that takes too long. */
	timeOut(): void {
		this.isRefused = true;
		this.#failure = new HTTPException(408);
		this.#reject?.(this.#failure);
	}

	/** The server ends the connection: who waits for a part need not wait for the runtime to say so. */
	cut(): void {
		if (this.#reject !== undefined) {
			this.#failure ??= new ClientGoneError(gone);
			this.#reject(this.#failure);
			this.#onGone();
		}
	}

	#waitFor<Value>(ask: () => Promise<Value>): Promise<Value> {
		return new Promise((resolve, reject) => {
			this.#reject = reject;
			ask().then(
				(value) => {
					this.#reject = undefined;
					resolve(value);
				},
				(cause: unknown) => {
					this.#reject = undefined;
					if (this.#failure === undefined) {
						this.#failure = new ClientGoneError(gone, { cause });
						this.isCut = true;
						this.#onGone();
					}
					reject(this.#failure);
				},
			);
		});
	}
}
