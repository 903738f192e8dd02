import { collectBody } from "./body-collector.ts";
import type { ClientAddress, RequestSource } from "./request-source.ts";
import { fromWebStream } from "./web-stream.ts";

/** Options of a {@link WebRequestSource}, beside the request itself. */
export interface WebRequestOptions {
	readonly client?: ClientAddress;
	/** Hears of an error that nothing has answered. */
	readonly onUnhandledError?: (error: unknown) => void;
}

/** The lines as they were sent, where a web-standard request can't hold them. */
export interface SentLines {
	/** Upper case; the class refuses TRACE and CONNECT, and a GET with a body. */
	readonly method: string;
	/** Names in lower case; the class joins lines of one name. What else it has of its own is added. */
	readonly headers: readonly (readonly [name: string, value: string])[];
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
	readonly #lines: SentLines["headers"];

	constructor(
		request: globalThis.Request,
		options: WebRequestOptions = {},
		sent?: SentLines,
	) {
		const url = new URL(request.url);
		this.method = sent?.method ?? request.method;
		this.target = `${url.pathname}${url.search}`;
		this.scheme = url.protocol === "https:" ? "https" : "http";
		this.client = options.client;
		this.onUnhandledError = options.onUnhandledError;
		this.#request = request;
		this.#host = url.host;
		this.#lines = sent?.headers ?? [];
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
		const lines = this.#lines;
		yield* lines;
		for (const entry of this.#request.headers) {
			if (!lines.some(([name]) => name === entry[0])) {
				yield entry;
			}
		}
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
