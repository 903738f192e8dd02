import { collectBody } from "../../src/http/body-collector.ts";
import { Exchange } from "../../src/http/exchange.ts";
import { defaultLimits } from "../../src/http/limits.ts";
import { Request, type RequestContext } from "../../src/http/request.ts";
import type { RequestSource } from "../../src/http/request-source.ts";

/** The parts of a request in a test. */
export interface MemoryRequest {
	readonly method?: string;
	readonly target?: string;
	readonly scheme?: "http" | "https";
	readonly headers?: readonly (readonly [string, string])[];
	/** The body in the chunks in which it arrives. */
	readonly chunks?: readonly (string | Uint8Array)[];
	readonly context?: Partial<RequestContext>;
}

/** A request source over bytes in memory; counts how often its body is read. */
export class MemorySource implements RequestSource {
	readonly method: string;
	readonly target: string;
	readonly scheme: "http" | "https";
	readonly client = { host: "192.0.2.7", port: 5000 };
	readonly signal: AbortSignal = new AbortController().signal;
	bodyReads = 0;
	chunksTaken = 0;
	isBodyReturned = false;
	readonly #headers: readonly (readonly [string, string])[];
	readonly #chunks: readonly Uint8Array[];

	constructor(request: MemoryRequest) {
		this.method = request.method ?? "GET";
		this.target = request.target ?? "/";
		this.scheme = request.scheme ?? "http";
		this.#headers = request.headers ?? [["host", "testserver"]];
		this.#chunks = (request.chunks ?? []).map((chunk) =>
			typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk,
		);
	}

	header(name: string): string | undefined {
		const values = this.#headers
			.filter(([key]) => key === name)
			.map(([, value]) => value);
		return values.length === 0
			? undefined
			: values.join(name === "cookie" ? "; " : ", ");
	}

	headerEntries(): Iterable<readonly [string, string]> {
		return this.#headers;
	}

	readBody(limitBytes: number): Promise<Uint8Array> {
		this.bodyReads++;
		return collectBody(
			this.bodyChunks(),
			limitBytes,
			this.header("content-length"),
		);
	}

	async *bodyChunks(): AsyncGenerator<Uint8Array, void, undefined> {
		try {
			for (const chunk of this.#chunks) {
				this.chunksTaken++;
				yield chunk;
			}
		} finally {
			this.isBodyReturned = true;
		}
	}
}

/** An exchange over any source. */
export class MemoryExchange extends Exchange {
	override readonly source: RequestSource;

	constructor(source: RequestSource = new MemorySource({})) {
		super();
		this.source = source;
	}
}

export function memoryRequest(request: MemoryRequest = {}): Request {
	const exchange = new MemoryExchange(new MemorySource(request));
	return new Request(exchange, memoryContext(request.context));
}

export function memoryContext(
	context: Partial<RequestContext> = {},
): RequestContext {
	return {
		app: undefined,
		state: {},
		limits: { ...defaultLimits, bodyBytes: 1024 },
		rootPath: "",
		...context,
	};
}

/** Ends the iteration over a body that was taken. */
export async function finishBody(
	body: AsyncIterable<string | Uint8Array>,
): Promise<void> {
	await body[Symbol.asyncIterator]().return?.();
}

/** Everything that a body sends, as UTF-8 text. */
export async function textOf(
	chunks: AsyncIterable<string | Uint8Array>,
): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	for await (const chunk of chunks) {
		text +=
			typeof chunk === "string"
				? chunk
				: decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}
