import { collectBody } from "./body-collector.ts";
import type { ClientAddress, RequestSource } from "./request-source.ts";
import { fromWebStream } from "./web-stream.ts";

/** What a {@link WebRequestSource} knows beside the request itself. */
export interface WebRequestOptions {
	readonly client?: ClientAddress;
	/** Hears of an error that nothing has answered. */
	readonly onUnhandledError?: (error: unknown) => void;
}

/** A web-standard request as a server hands it on: what `app.fetch` and the test client read from. */
export class WebRequestSource implements RequestSource {
	readonly method: string;
	readonly target: string;
	readonly scheme: "http" | "https";
	readonly client: ClientAddress | undefined;
	readonly onUnhandledError: ((error: unknown) => void) | undefined;
	readonly #request: globalThis.Request;
	readonly #host: string;

	constructor(request: globalThis.Request, options: WebRequestOptions = {}) {
		const url = new URL(request.url);
		this.method = request.method;
		this.target = `${url.pathname}${url.search}`;
		this.scheme = url.protocol === "https:" ? "https" : "http";
		this.client = options.client;
		this.onUnhandledError = options.onUnhandledError;
		this.#request = request;
		this.#host = url.host;
	}

	get signal(): AbortSignal {
		return this.#request.signal;
	}

	header(name: string): string | undefined {
		const value = this.#request.headers.get(name);
		if (value !== null) {
			return value;
		}
		return name === "host" ? this.#host : undefined; // a web Request keeps it in its URL
	}

	*headerEntries(): Generator<readonly [string, string]> {
		if (!this.#request.headers.has("host")) {
			yield ["host", this.#host];
		}
		yield* this.#request.headers;
	}

	async readBody(limitBytes: number): Promise<Uint8Array> {
		return collectBody(
			this.bodyChunks(),
			limitBytes,
			this.header("content-length"),
		);
	}

	async *bodyChunks(): AsyncGenerator<Uint8Array, void, undefined> {
		const { body } = this.#request;
		if (body !== null) {
			yield* fromWebStream(body);
		}
	}
}
