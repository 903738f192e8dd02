import type { ServerResponse } from "node:http";
import { ClientGoneError } from "../../errors/client-gone.ts";
import type { Answer } from "../../http/answer.ts";
import { isBodySent } from "../../http/answer-framing.ts";
import { bodyError } from "../../http/exchange.ts";
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
 * Sends a body chunk by chunk, one at a time, no faster than the client takes them. The exchange is settled when the iteration is
 * over: to its end, by an error (then the connection is cut, so that the client sees a broken body), or after `return()` because
 * the client has gone.
 */
export function sendStream(
	host: ExchangeHost,
	exchange: NodeExchange,
	answer: Answer,
	chunks: Chunks,
	sizeBytes?: number,
): void {
	host.track(exchange);
	void new BodyStream(host, exchange, answer, chunks, sizeBytes).send();
}

class BodyStream {
	readonly #host: ExchangeHost;
	readonly #exchange: NodeExchange;
	readonly #outgoing: ServerResponse;
	readonly #answer: Answer;
	readonly #sizeBytes: number | undefined;
	readonly #iterator: AsyncIterator<string | Uint8Array>;
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

	async send(): Promise<void> {
		if (!isBodySent(this.#exchange.method, this.#answer.status)) {
			await this.#sendHeadOnly();
			return;
		}
		this.#outgoing.once("close", this.#onClose);
		this.#exchange.stream = this;
		// the first chunk takes the head along; if it takes its time, the head goes ahead (not that of a file, which may not open)
		const flush =
			this.#sizeBytes === undefined ? setImmediate(this.#flushHead) : undefined;
		try {
			await this.#pump();
			clearImmediate(flush);
			if (this.#isCancelled) {
				return; // then #finish settles
			}
			this.#beginHead();
			endOutgoing(this.#exchange);
			await finished(this.#outgoing);
			this.#settle(
				this.#exchange.isClientGone ? new ClientGoneError() : undefined,
			);
		} catch (error) {
			clearImmediate(flush);
			this.#fail(error);
		}
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

	async #pump(): Promise<void> {
		while (!this.#isCancelled) {
			const { done, value } = await this.#iterator.next();
			if (done === true || this.#isCancelled) {
				return;
			}
			if (value.length === 0) {
				continue; // an empty chunk would end a chunked body
			}
			this.#beginHead();
			if (!this.#outgoing.write(value)) {
				await drained(this.#outgoing);
			}
		}
	}

	#beginHead(): void {
		const outgoing = this.#outgoing;
		if (outgoing.headersSent || outgoing.destroyed) {
			return;
		}
		// a body that is shorter or longer than announced must not end well
		outgoing.strictContentLength =
			this.#sizeBytes !== undefined ||
			this.#answer.headers.has("content-length");
		writeHead(this.#host, this.#exchange, this.#answer, this.#sizeBytes);
	}

	readonly #flushHead = () => {
		try {
			this.#beginHead();
			this.#outgoing.flushHeaders();
		} catch (error) {
			this.#fail(error);
		}
	};

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
		this.#finish();
		this.#flushHead();
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
		const { method, target } = this.#exchange;
		if (this.#exchange.isAbortion(error)) {
			// the body stopped because it was told to
			if (this.#exchange.isClientGone) {
				this.#settle(new ClientGoneError());
			} else {
				this.#flushHead();
				this.#outgoing.end();
				this.#settle();
			}
			return;
		}
		this.#host.log.error(
			`${method} ${target}: the body failed while it was being sent`,
			error,
		);
		if (!this.#outgoing.destroyed) {
			sendInternalError(this.#host, this.#exchange);
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

function drained(outgoing: ServerResponse): Promise<void> {
	if (outgoing.destroyed) {
		return Promise.resolve();
	}
	return new Promise((resolve) => {
		const settle = () => {
			outgoing.off("drain", settle).off("close", settle);
			resolve();
		};
		outgoing.on("drain", settle).on("close", settle);
	});
}

function finished(outgoing: ServerResponse): Promise<void> {
	if (outgoing.destroyed || outgoing.writableFinished) {
		return Promise.resolve();
	}
	return new Promise((resolve) => outgoing.once("close", () => resolve()));
}
