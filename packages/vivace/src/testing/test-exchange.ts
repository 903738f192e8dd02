import type { Answer } from "../http/answer.ts";
import type { AppPort } from "../http/app-port.ts";
import type { ClientAddress } from "../http/request-source.ts";
import { WebExchange } from "../http/web-exchange.ts";
import type { SentLines } from "../http/web-request-source.ts";
import { toWebResponse } from "../http/web-response.ts";
import { clearTimeout, setTimeout } from "./real-timers.ts";

/** How long a body that never ends has to notice that the app stops, in milliseconds. */
const endlessMs = 250;

/** Options of a {@link TestExchange}. */
export interface TestExchangeOptions {
	readonly app: AppPort;
	readonly address: URL;
	/** The method, and the lines of the headers as they are sent. */
	readonly sent: SentLines;
	readonly body: Pick<RequestInit, "body" | "duplex">;
	readonly client: ClientAddress;
	/** Aborted when the client goes away. */
	readonly signal: AbortSignal | undefined;
	/** How long background tasks and request scope may take after the answer, in milliseconds. */
	readonly settleTimeoutMs: number;
}

/** An answer that was read to its end. */
export interface ReadAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Uint8Array<ArrayBuffer> | null;
}

/** One request on its way through an app, in process. */
export class TestExchange {
	/** Errors that nothing in the app has answered. */
	readonly unhandled: unknown[] = [];
	readonly #options: TestExchangeOptions;
	readonly #abort = new AbortController();
	#answer: Answer | undefined;
	#reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
	#isStopping = false;

	constructor(options: TestExchangeOptions) {
		this.#options = options;
	}

	/**
	 * Gives the whole answer when its background tasks have run and its request scope was left.
	 * @throws the signal's reason when the client went away; what made the body fail; an Error when the end takes too long
	 */
	async run(): Promise<ReadAnswer> {
		const { app, client, sent, signal } = this.#options;
		signal?.throwIfAborted();
		const leave = () => this.#leave(signal?.reason);
		signal?.addEventListener("abort", leave, { once: true });
		try {
			const onUnhandledError = (error: unknown) => this.unhandled.push(error);
			const options = { client, onUnhandledError };
			const exchange = new WebExchange(this.#request(), options, sent);
			const answer = await app.handle(exchange);
			if (answer === undefined) {
				throw new TypeError(
					"the app has upgraded a connection, and here there is none",
				);
			}
			this.#answer = answer;
			const response = await this.#receive(exchange, answer);
			signal?.throwIfAborted();
			return response;
		} finally {
			signal?.removeEventListener("abort", leave);
		}
	}

	/** The app is about to stop: a body that never ends by itself is told, and ended if it does not listen. */
	tellShutdown(): void {
		this.#isStopping = true;
		if (this.#answer?.endsOnShutdown !== true) {
			return;
		}
		this.#abort.abort("shutdown");
		setTimeout(() => this.#cancel(), endlessMs).unref();
	}

	/** The app can't wait any longer. */
	cut(): void {
		this.#leave("shutdown");
	}

	#request(): Request {
		const { address, body, sent } = this.#options;
		return new Request(address, {
			method: "POST", // the class takes a body with no other that is certain, and TRACE not at all
			headers: sent.headers.map(([name, value]) => [name, value]),
			...body,
			signal: this.#abort.signal,
		});
	}

	#leave(reason: unknown): void {
		this.#abort.abort(reason);
		this.#cancel();
	}

	#cancel(): void {
		this.#reader?.cancel().catch(() => {}); // a body that fails to be cancelled has nobody to tell it
	}

	async #receive(exchange: WebExchange, answer: Answer): Promise<ReadAnswer> {
		const streamed = toWebResponse(exchange, answer);
		if (this.#isStopping) {
			this.tellShutdown();
		}
		let body: Uint8Array<ArrayBuffer>;
		try {
			body = await this.#read(streamed);
		} finally {
			await this.#settle(exchange.over);
		}
		const { status, headers } = streamed;
		return { status, headers, body: streamed.body === null ? null : body };
	}

	async #read({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
		if (body === null) {
			return new Uint8Array();
		}
		const chunks: Uint8Array[] = [];
		this.#reader = body.getReader();
		if (this.#abort.signal.aborted && !this.#isStopping) {
			this.#cancel();
		}
		for (;;) {
			const { done, value } = await this.#reader.read();
			if (done) {
				break;
			}
			chunks.push(value);
		}
		return new Uint8Array(Buffer.concat(chunks));
	}

	async #settle(settled: Promise<unknown>): Promise<void> {
		const { address, sent, settleTimeoutMs } = this.#options;
		if (await isOverWithin(settled, settleTimeoutMs)) {
			return;
		}
		throw new Error(
			`${sent.method} ${address.pathname}: background tasks or dependencies were still running ${settleTimeoutMs / 1_000} s after the answer (settleTimeoutMs)`,
		);
	}
}

/** True when something is over, well or not, before the time is; in real time, whatever clock the test has. */
export async function isOverWithin(
	work: Promise<unknown>,
	limitMs: number,
): Promise<boolean> {
	const { promise: timeout, resolve } = Promise.withResolvers<false>();
	const timer = setTimeout(() => resolve(false), limitMs);
	const over = work.then(
		() => true,
		() => true, // whoever began it is told
	);
	try {
		return await Promise.race([over, timeout]);
	} finally {
		clearTimeout(timer);
	}
}
