import type { ServerResponse } from "node:http";
import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import { isBodySent } from "../../http/answer-framing.ts";
import { bodyFailure } from "../../http/body-failure.ts";
import { bodyError } from "../../http/exchange.ts";
import { type ChunkTaker, SourceStream } from "../../http/source-stream.ts";
import type { ExchangeHost } from "./exchange-host.ts";
import type { NodeExchange } from "./node-exchange.ts";
import {
	endOutgoing,
	sendInternalError,
	settle,
	writeHead,
} from "./outgoing.ts";

type Chunks = AsyncIterable<string | Uint8Array>;

/**
 * Sends a body chunk by chunk, no faster than the client takes them; texts that are ready together are written together. The exchange is
 * settled when the iteration is over: to its end, by an error (then the connection is cut, so that the client sees a broken body), or
 * after `return()` because the client has gone.
 */
export function sendStream(
	host: ExchangeHost,
	exchange: NodeExchange,
	answer: Answer,
	chunks: Chunks,
	sizeBytes?: number,
): void {
	host.track(exchange);
	new BodyStream(host, exchange, answer, chunks, sizeBytes).send();
}

/** Texts are gathered up to here: as much as a connection takes before it asks to wait. */
const gatheredLength = 16_384;

// functions of the class would be closures of each stream: 10,000 of them wait at a time
const writeReady = (stream: BodyStream): void => stream.writeReady();
const flushHead = (stream: BodyStream): void => stream.flushHead();

/**
 * Node keeps a head as the chain of some twenty texts that it was put together from; once something has looked into it, it is one: half
 * a kilobyte less of each stream that waits.
 */
function joinHead(outgoing: ServerResponse & { _header?: unknown }): void {
	const { _header: head } = outgoing;
	if (typeof head === "string") {
		statusLine.test(head);
	}
}

const statusLine = /^HTTP/;

class BodyStream implements ChunkTaker<string | Uint8Array> {
	readonly #host: ExchangeHost;
	readonly #exchange: NodeExchange;
	readonly #outgoing: ServerResponse;
	/** Until its head is written: a stream that waits does not hold it. */
	#answer: Answer | undefined;
	readonly #sizeBytes: number | undefined;
	readonly #iterator: AsyncIterator<string | Uint8Array>;
	/** Texts that have come and are written when nothing more is ready: a write of its own for each takes twice the time. */
	#gathered = "";
	#flush: NodeJS.Immediate | undefined;
	/** True while the client should take some before more is written. */
	#isFull = false;
	/** True while nothing is asked for because of that. */
	#isPaused = false;
	/** True when no more chunks are wanted: the client has gone, or the server ends the stream. */
	#isCancelled = false;
	#isSettled = false;

	constructor(
		host: ExchangeHost,
		exchange: NodeExchange,
		answer: Answer,
		chunks: Chunks,
		sizeBytes: number | undefined,
	) {
		this.#host = host;
		this.#exchange = exchange;
		this.#outgoing = exchange.outgoing;
		this.#answer = answer;
		this.#sizeBytes = sizeBytes;
		this.#iterator = chunks[Symbol.asyncIterator]();
	}

	send(): void {
		const { status } = this.#answer as Answer; // nothing was written yet
		if (!isBodySent(this.#exchange.method, status)) {
			void this.#sendHeadOnly();
			return;
		}
		this.#outgoing.on("close", this.#onClose);
		this.#exchange.stream = this;
		// the first chunk takes the head along; if it takes its time, the head goes ahead (not that of a file, which may not open)
		if (this.#sizeBytes === undefined) {
			this.#flush = setImmediate(flushHead, this);
		}
		this.#ask();
	}

	async #sendHeadOnly(): Promise<void> {
		try {
			const hasEnded = await this.#exchange.finishBody(this.#iterator);
			this.#beginHead();
			endOutgoing(this.#exchange);
			if (hasEnded) {
				this.#settle();
			} else {
				this.abandon();
			}
		} catch (error) {
			this.#fail(error);
		}
	}

	/** By callbacks: an `async` function would take three more promises for each chunk, and memory while nothing comes. */
	#ask(): void {
		if (this.#isCancelled) {
			return; // #finish settles
		}
		const iterator = this.#iterator;
		try {
			if (iterator instanceof SourceStream) {
				iterator.take(this);
			} else {
				iterator.next().then(
					(result) => this.onChunk(result),
					(error: unknown) => this.onError(error),
				);
			}
		} catch (error) {
			this.onError(error);
		}
	}

	onChunk({ done, value }: IteratorResult<string | Uint8Array>): void {
		if (this.#isCancelled) {
			return;
		}
		try {
			if (done === true) {
				this.#complete();
				return;
			}
			this.#take(value);
			if (this.#isFull) {
				this.#isPaused = true;
			} else {
				this.#ask();
			}
		} catch (error) {
			this.onError(error);
		}
	}

	onError(error: unknown): void {
		clearImmediate(this.#flush);
		this.#fail(error);
	}

	#take(chunk: string | Uint8Array): void {
		if (chunk.length === 0) {
			return; // an empty chunk would end a chunked body
		}
		if (typeof chunk !== "string") {
			this.#writeGathered();
			this.#write(chunk);
			return;
		}
		if (this.#gathered === "") {
			// comes when all that is ready has come
			process.nextTick(writeReady, this);
		}
		this.#gathered += chunk;
		if (this.#gathered.length >= gatheredLength) {
			this.#writeGathered();
		}
	}

	/** Writes the texts that have been gathered. */
	writeReady(): void {
		if (this.#isCancelled) {
			return;
		}
		try {
			this.#writeGathered();
		} catch (error) {
			this.onError(error);
		}
	}

	#writeGathered(): void {
		const text = this.#gathered;
		if (text !== "") {
			this.#gathered = "";
			this.#write(text);
		}
	}

	#write(chunk: string | Uint8Array): void {
		const outgoing = this.#outgoing;
		if (outgoing.destroyed) {
			this.#onClose(); // nothing says that it can be written to again
			return;
		}
		this.#beginHead();
		if (!outgoing.write(chunk) && !this.#isFull) {
			this.#isFull = true;
			this.#waitForDrain();
		}
	}

	#waitForDrain(): void {
		const outgoing = this.#outgoing;
		const go = (): void => {
			outgoing.off("drain", go).off("close", go);
			this.#isFull = false;
			if (this.#isPaused) {
				this.#isPaused = false;
				this.#ask();
			}
		};
		outgoing.on("drain", go).on("close", go);
	}

	#complete(): void {
		clearImmediate(this.#flush);
		this.#writeGathered();
		this.#beginHead();
		endOutgoing(this.#exchange);
		whenFinished(this.#outgoing, () =>
			this.#settle(
				this.#exchange.isClientGone ? new ClientGoneError() : undefined,
			),
		);
	}

	#beginHead(): void {
		const outgoing = this.#outgoing;
		const answer = this.#answer;
		if (answer === undefined || outgoing.headersSent || outgoing.destroyed) {
			return;
		}
		// a body that is shorter or longer than announced must not end well
		outgoing.strictContentLength =
			this.#sizeBytes !== undefined || answer.headers.has("content-length");
		writeHead(this.#host, this.#exchange, answer, this.#sizeBytes);
		this.#answer = undefined;
		joinHead(outgoing);
	}

	/** Sends the head without waiting for a chunk. */
	flushHead(): void {
		this.#flush = undefined;
		try {
			this.#beginHead();
			this.#outgoing.flushHeaders();
		} catch (error) {
			this.#fail(error);
		}
	}

	readonly #onClose = () => {
		if (this.#exchange.isClientGone) {
			this.#finish(new ClientGoneError());
		}
	};

	/** Ends the body in good order, whatever the iteration is waiting for. */
	end(): void {
		if (this.#isCancelled || this.#outgoing.writableEnded) {
			return;
		}
		this.#outgoing.off("close", this.#onClose);
		this.writeReady();
		this.#finish();
		this.flushHead();
		this.#outgoing.end();
	}

	/** Settles the exchange although the iteration is not over: it waits for something, and nobody waits for it any more. */
	abandon(error?: unknown): void {
		if (this.#isSettled) {
			return;
		}
		this.#host.abandon(this.#exchange);
		this.#isCancelled = true;
		this.#settle(error);
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
		this.#writeLast();
		if (this.#exchange.isAbortion(error)) {
			// the body stopped because it was told to
			if (this.#exchange.isClientGone) {
				this.#settle(new ClientGoneError());
			} else {
				this.flushHead();
				this.#outgoing.end();
				this.#settle();
			}
			return;
		}
		this.#host.log.error(bodyFailure(this.#exchange, error), error);
		if (!this.#outgoing.destroyed) {
			sendInternalError(this.#host, this.#exchange);
		}
		this.#settle(error);
	}

	/** Also a body that fails has begun, if a chunk of it came before. */
	#writeLast(): void {
		if (this.#outgoing.destroyed || this.#outgoing.writableEnded) {
			return;
		}
		try {
			this.#writeGathered();
		} catch {
			// the error that is being told came first
		}
	}

	#settle(error?: unknown): void {
		if (this.#isSettled) {
			return;
		}
		this.#isSettled = true;
		settle(this.#host, this.#exchange, error);
	}
}

function whenFinished(outgoing: ServerResponse, run: () => void): void {
	if (outgoing.destroyed || outgoing.writableFinished) {
		run();
	} else {
		outgoing.once("close", run);
	}
}
