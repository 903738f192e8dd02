import { parseQueryString } from "./query-string.ts";
import type { ClientAddress, RequestSource } from "./request-source.ts";

/** What the app knows of a request before it is routed. */
export interface RequestContext {
	/** The app that answers. */
	readonly app: unknown;
	/** What the app's lifespan yielded. */
	readonly state: Readonly<Record<string, unknown>>;
	/** The largest body that is read into memory, in bytes. */
	readonly bodyLimitBytes: number;
	/** Prefix that a proxy strips, without a final slash: `/api/v1` or the empty string. */
	readonly rootPath: string;
}

/**
 * The request as a path operation, a dependency or a middleware sees it: web-standard in shape, read on demand.
 *
 * @typeParam State what the app's lifespan yielded, see `request.state`
 */
export class Request<State = Readonly<Record<string, unknown>>> {
	/** Upper case, as sent: `GET`. */
	readonly method: string;
	/** The path as sent, not decoded, without the query: `/items/a%20b`. */
	readonly rawPath: string;
	/** @internal */
	readonly source: RequestSource;
	/** @internal */
	readonly context: RequestContext;
	/** @internal The decoded texts of the path parameters, in the order of the template. */
	pathTexts: readonly string[] = [];
	/** @internal The names of {@link Request.pathTexts}. */
	pathNames: readonly string[] = [];
	#queryText: string;
	#queryPairs: readonly string[] | undefined = undefined;
	#body: Promise<Uint8Array> | undefined = undefined;
	#headers: Headers | undefined = undefined;

	constructor(source: RequestSource, context: RequestContext) {
		this.source = source;
		this.context = context;
		this.method = source.method;
		const target = source.target;
		const question = target.indexOf("?");
		this.rawPath = question === -1 ? target : target.slice(0, question);
		this.#queryText = question === -1 ? "" : target.slice(question + 1);
	}

	/** What the app's lifespan yielded. */
	get state(): State {
		return this.context.state as State; // the app's type argument vouches for it
	}

	get client(): ClientAddress | undefined {
		return this.source.client;
	}

	/** Aborted when the client goes away, or with reason `"shutdown"` when the server stops. */
	get signal(): AbortSignal {
		return this.source.signal;
	}

	get headers(): Headers {
		this.#headers ??= new Headers(
			Array.from(
				this.source.headerEntries(),
				([name, value]) => [name, value] as [string, string],
			),
		);
		return this.#headers;
	}

	/** The value of a header by its lower-case name, without building {@link Request.headers}. */
	header(name: string): string | undefined {
		return this.source.header(name);
	}

	/** The pairs of the query as a flat list: name, value, name, value. */
	get queryPairs(): readonly string[] {
		this.#queryPairs ??= parseQueryString(this.#queryText);
		return this.#queryPairs;
	}

	/** The last value of a query parameter. */
	queryText(name: string): string | undefined {
		const pairs = this.queryPairs;
		for (let index = pairs.length - 2; index >= 0; index -= 2) {
			if (pairs[index] === name) return pairs[index + 1];
		}
		return undefined;
	}

	/** All values of a query parameter, in order. */
	queryTexts(name: string): string[] {
		const pairs = this.queryPairs;
		const texts: string[] = [];
		for (let index = 0; index < pairs.length; index += 2) {
			if (pairs[index] === name) texts.push(pairs[index + 1] as string);
		}
		return texts;
	}

	/** The whole body; read once, the same bytes at every call. */
	bytes(): Promise<Uint8Array> {
		this.#body ??= this.source.readBody(this.context.bodyLimitBytes);
		return this.#body;
	}

	/** The whole body as UTF-8 text. */
	async text(): Promise<string> {
		return new TextDecoder().decode(await this.bytes());
	}

	/** The whole body as JSON. */
	async json(): Promise<unknown> {
		return JSON.parse(await this.text());
	}
}
