import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import { isBodyAllowed, isBodySent } from "../../http/answer-framing.ts";
import { bodyFailure } from "../../http/body-failure.ts";
import { bodyError } from "../../http/exchange.ts";
import type { FetchExchange, SentStream } from "./fetch-exchange.ts";
import { type FetchHost, isLastOnConnection, settle } from "./fetch-host.ts";
import { fetchHeaders, internalError, toldFailure } from "./fetch-response.ts";

type Chunks = AsyncIterable<string | Uint8Array>;
type Chunk = IteratorResult<string | Uint8Array>;

/**
 * Sends a body chunk by chunk, each when the runtime asks for it, so that a client sets the pace. The answer is handed over with
 * the first chunk, or a turn later where that takes its time: a body that fails at once is still a 500. The exchange is settled when the
 * iteration is over and has left: to its end, by an error (then the connection is cut, so that the client sees a broken body),
 * or after `return()` because the client has gone.
 *
 * @param sizeBytes the length to announce; a body that has another must not end well
 */
export function sendStream<Info>(
	host: FetchHost<Info>,
	exchange: FetchExchange<Info>,
	answer: Answer,
	chunks: Chunks,
	sizeBytes: number | undefined,
): Promise<globalThis.Response> {
	host.track(exchange);
	return new BodyStream(host, exchange, answer, chunks, sizeBytes).begin();
}

class BodyStream<Info> implements SentStream {
	readonly #host: FetchHost<Info>;
	readonly #exchange: FetchExchange<Info>;
	readonly #answer: Answer;
	readonly #sizeBytes: number | undefined;
	readonly #iterator: AsyncIterator<string | Uint8Array>;
	#controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	/** The chunk that was asked for before the runtime did. */
	#first: Promise<Chunk> | undefined;
	/** The one behind it, where the first says nothing. */
	#second: Promise<Chunk> | undefined;
	#sentBytes = 0;
	waitsSinceMs: number | undefined;
	/** True when no more chunks are wanted: the client has gone, or the server ends the stream. */
	#isCancelled = false;
	/** True when the runtime's stream is closed, well or not. */
	isClosed = false;
	#isSettled = false;

	constructor(
		host: FetchHost<Info>,
		exchange: FetchExchange<Info>,
		answer: Answer,
		chunks: Chunks,
		sizeBytes: number | undefined,
	) {
		this.#host = host;
		this.#exchange = exchange;
		this.#answer = answer;
		this.#sizeBytes = sizeBytes ?? announced(answer);
		this.#iterator = chunks[Symbol.asyncIterator]();
	}

	async begin(): Promise<globalThis.Response> {
		if (!isBodySent(this.#exchange.method, this.#answer.status)) {
			return await this.#sendHeadOnly();
		}
		this.#exchange.stream = this;
		this.#first = this.#nextChunk();
		try {
			const isLate = await Promise.race([this.#first.then(isNever), turn()]);
			if (isLate && this.#host.port.holdsHead === true) {
				this.#releaseHead();
			}
			if (isLate && this.#waitsForClient) {
				await this.#first;
			}
			return this.#response(this.#webStream());
		} catch (error) {
			this.#fail(error);
			return internalError(this.#host.isClosing);
		}
	}

	/** A body made of the request's, of which nothing has come, where the runtime would never give what is awaited when the head leaves. */
	get #waitsForClient(): boolean {
		const { body } = this.#exchange;
		return body?.isAwaited === true && this.#host.port.dropsReads === true;
	}

	/** Events have a form that says nothing, other bodies have none (HTML Standard, "Server-sent events"). */
	#releaseHead(): void {
		const type = this.#answer.headers.get("content-type") ?? "";
		const first = this.#first;
		if (first !== undefined && type.startsWith("text/event-stream")) {
			this.#first = Promise.resolve({ done: false, value: ":\n\n" });
			this.#second = first;
		}
	}

	async #sendHeadOnly(): Promise<globalThis.Response> {
		try {
			const hasEnded = await this.#exchange.finishBody(this.#iterator);
			const isUncounted =
				this.#sizeBytes === undefined && isBodyAllowed(this.#answer.status);
			const response = this.#response(isUncounted ? unreadBody() : null);
			if (hasEnded) {
				this.#settle();
			} else {
				this.abandon();
			}
			return response;
		} catch (error) {
			this.#fail(error);
			return internalError(this.#host.isClosing);
		}
	}

	#response(body: ReadableStream<Uint8Array> | null): globalThis.Response {
		const headers = fetchHeaders(this.#answer, {
			bodyLengthBytes: this.#sizeBytes,
			isCounted: false,
			isLast: isLastOnConnection(this.#host, this.#exchange),
		});
		const { status } = this.#answer;
		return new globalThis.Response(
			body as ReadableStream<Uint8Array<ArrayBuffer>> | null, // no shared memory
			{ status, headers },
		);
	}

	#webStream(): ReadableStream<Uint8Array> {
		return new ReadableStream(
			{
				start: (controller) => {
					this.#controller = controller;
				},
				pull: () => this.#pull(),
				cancel: () => {
					this.#exchange.markGone();
					this.isClosed = true;
					this.#finish(new ClientGoneError());
				},
			},
			{ highWaterMark: 0 },
		);
	}

	async #pull(): Promise<void> {
		this.waitsSinceMs = undefined;
		try {
			const { done, value } = await (this.#first ?? this.#nextChunk());
			this.#first = this.#second;
			this.#second = undefined;
			if (this.#isCancelled || this.isClosed) {
				return; // then #finish settles
			}
			if (done === true) {
				this.#end();
				return;
			}
			const bytes = typeof value === "string" ? encoder.encode(value) : value;
			this.#sentBytes += bytes.length;
			this.#assertLength(this.#sentBytes <= (this.#sizeBytes ?? Infinity));
			this.waitsSinceMs = performance.now();
			this.#controller?.enqueue(bytes);
		} catch (error) {
			this.#fail(error);
		}
	}

	async #nextChunk(): Promise<Chunk> {
		let result = await this.#iterator.next();
		// an empty chunk would not satisfy the pull, and the stream would ask again without need
		while (result.done !== true && result.value.length === 0) {
			result = await this.#iterator.next();
		}
		return result;
	}

	#end(): void {
		this.#assertLength(
			this.#sentBytes === (this.#sizeBytes ?? this.#sentBytes),
		);
		this.#close();
		const { request, info } = this.#exchange;
		this.#exchange.handedOver = {
			sizeBytes: 0,
			sinceMs: performance.now(),
		};
		this.#host.port.whenOver(request, info, () =>
			this.#settle(
				this.#exchange.isClientGone ? new ClientGoneError() : undefined,
			),
		);
	}

	#assertLength(isRight: boolean): void {
		if (!isRight) {
			throw new Error(
				`The body has not the ${this.#sizeBytes} bytes that were announced.`,
			);
		}
	}

	#close(): void {
		if (!this.isClosed) {
			this.isClosed = true;
			this.#controller?.close();
		}
	}

	end(): void {
		if (this.#isCancelled || this.isClosed) {
			return;
		}
		this.#finish();
		this.#close();
	}

	abandon(error?: unknown): void {
		if (this.#isSettled) {
			return;
		}
		this.#host.abandon(this.#exchange);
		this.#isCancelled = true;
		this.#settle(error);
	}

	cut(): void {
		this.isClosed = true;
		const gone = new ClientGoneError();
		this.#controller?.error(toldFailure);
		this.#finish(gone);
	}

	#finish(error?: unknown): void {
		if (this.#isCancelled) {
			return;
		}
		this.#isCancelled = true;
		this.#exchange.finishBody(this.#iterator).then(
			(hasEnded) => (hasEnded ? this.#settle(error) : this.abandon(error)),
			(cause: unknown) => this.#fail(cause),
		);
	}

	#fail(thrown: unknown): void {
		if (this.#isSettled) {
			return;
		}
		const error = bodyError(thrown);
		this.#isCancelled = true;
		if (this.#exchange.isAbortion(error)) {
			// the body stopped because it was told to
			const isGone = this.#exchange.isClientGone;
			this.#close();
			this.#settle(isGone ? new ClientGoneError() : undefined);
			return;
		}
		this.#host.log.error(bodyFailure(this.#exchange, error), error);
		if (!this.isClosed) {
			this.isClosed = true;
			this.#controller?.error(toldFailure);
		}
		this.#settle(error);
	}

	#settle(error?: unknown): void {
		if (this.#isSettled) {
			return;
		}
		this.#isSettled = true;
		settle(this.#host, this.#exchange, error);
	}
}

/** The body of an answer to a HEAD whose length nobody knows: without one a runtime says that it has 0 bytes. */
function unreadBody(): ReadableStream<Uint8Array> {
	return new ReadableStream({}, { highWaterMark: 0 });
}

const encoder = new TextEncoder();

/** The length that the app has announced for a stream. */
function announced({ headers }: Answer): number | undefined {
	const length = headers.get("content-length");
	return length === null ? undefined : Number(length);
}

function turn(): Promise<true> {
	return new Promise((resolve) => setImmediate(resolve, true));
}

function isNever(): false {
	return false;
}
