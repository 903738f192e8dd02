import { assertArgument } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { decodeJson } from "../json/decode.ts";
import { BodyTooLargeError } from "./body-too-large-error.ts";
import { parseCookieHeader } from "./cookie-header.ts";
import type { Exchange, ExchangeEnd } from "./exchange.ts";
import { type FormPart, readParts } from "./form/form-part.ts";
import { readForm } from "./form/read-form.ts";
import type { ReceivedForm } from "./form/received-form.ts";
import { limitsOf, type ResolvedLimits } from "./limits.ts";
import type {
	MatchedRoute,
	PathValue,
	RequestRoutes,
} from "./matched-route.ts";
import {
	allTexts,
	decodePercent,
	lastText,
	parseQueryString,
} from "./query-string.ts";
import { behindPrefix, encodedPath } from "./raw-path.ts";
import { atHost, originForm, requestOrigin } from "./request-origin.ts";
import type { ClientAddress, RequestSource } from "./request-source.ts";
import { requestState } from "./request-state.ts";
import type { Response } from "./response.ts";
import { toWebStream } from "./web-stream.ts";

/** An app as its requests see it: an `App`, which `request.app instanceof App` tells the compiler. */
export interface RequestApp {
	readonly title: string;
	/** The values that its lifespan has yielded and those that were written into it. */
	readonly state: unknown;
	/** See `App.urlPathFor`. */
	urlPathFor(
		name: string,
		values?: Readonly<Record<string, PathValue>>,
	): string;
}

/** The values that an app gives a request before it is routed. */
export interface RequestContext {
	/** The app that answers; every request of a server has one. */
	readonly app: RequestApp | undefined;
	/** The values that the app's lifespan yielded. */
	readonly state: Readonly<Record<string, unknown>>;
	/** How much is taken where the route says nothing of its own. */
	readonly limits: ResolvedLimits;
	/** Prefix that a proxy strips, without a final slash: `/api/v1` or the empty string. */
	readonly rootPath: string;
	/** The response to an error, as the app's exception handlers say; rejects with an error that none is for. */
	readonly answer?: (request: Request, error: unknown) => Promise<object>;
	/** Answers what a request asks about its route and those of others. Default: there are none. */
	readonly routes?: RequestRoutes;
}

/**
 * Values that a middleware stores for later code, see {@link Request.locals}. Declare the members by declaration merging:
 * `declare module "vivace" { interface RequestLocals { requestId: string } }`.
 */
export interface RequestLocals {
	[name: string]: unknown;
}

/** Values that few requests ask for; kept apart, so that making a request writes one field for all of it. */
interface Views {
	headers?: Headers;
	query?: URLSearchParams;
	cookies?: Readonly<Record<string, string>>;
	pathParams?: Readonly<Record<string, string>>;
	locals?: RequestLocals;
	state?: Record<string, unknown>;
	web?: globalThis.Request;
	route?: MatchedRoute | undefined;
}

const utf8 = new TextDecoder();
const nothing: readonly string[] = Object.freeze([]);

/**
 * The request in a handler, a dependency or a middleware: similar to the web standard, and read on demand.
 *
 * @typeParam State what the app's lifespan yielded, see `request.state`
 * @see FastAPI, "Using the Request Directly"
 */
export class Request<State = Readonly<Record<string, unknown>>> {
	/** Upper case, as sent: `GET`. */
	readonly method: string;
	/** The path as sent, not decoded, without the query: `/items/a%20b`. */
	readonly rawPath: string;
	/** @internal The path as sent, without the prefix of a proxy that has left it on: what routes are matched with. */
	readonly routePath: string;
	/** @internal */
	readonly exchange: Exchange;
	/** @internal */
	readonly source: RequestSource;
	/** @internal */
	readonly context: RequestContext;
	/** @internal The decoded texts of the path parameters, in the order of the template. */
	pathTexts: readonly string[];
	/** @internal The names of {@link Request.pathTexts}. */
	pathNames: readonly string[];
	/** @internal True when its route has been found and answers. */
	isRouted: boolean;
	/** @internal The limits of the route, where they are not the app's. */
	routeLimits: ResolvedLimits | undefined;
	readonly #queryText: string;
	#queryPairs: readonly string[] | undefined;
	#body: Promise<Uint8Array> | undefined;
	#isStreamed = false;
	#form: Promise<ReceivedForm> | undefined;
	#views: Views | undefined;
	/** The request of the app that this one's is mounted in. */
	readonly #outer: Request | undefined;

	/** @internal */
	constructor(
		exchange: Exchange,
		context: RequestContext,
		source: RequestSource = exchange.source,
		outer?: Request,
	) {
		this.exchange = exchange;
		this.source = source;
		this.#outer = outer;
		this.context = context;
		this.method = source.method;
		const sent = source.target;
		const target = sent.startsWith("/") ? sent : originForm(sent);
		const question = target.indexOf("?");
		this.rawPath = question === -1 ? target : target.slice(0, question);
		this.#queryText = question === -1 ? "" : target.slice(question + 1);
		const { rawPath } = this;
		const isWhole = source === exchange.source; // and its exchange knows its route
		this.pathTexts = isWhole ? exchange.pathTexts : nothing;
		this.pathNames = isWhole ? exchange.pathNames : nothing;
		this.isRouted = isWhole && exchange.isRouted;
		this.#body = isWhole ? exchange.received : undefined;
		this.routePath =
			outer !== undefined || context.rootPath === ""
				? rawPath // a mount has taken its own path off
				: (behindPrefix(rawPath, context.rootPath) ?? rawPath);
	}

	/**
	 * The values that the app's lifespan yielded, in a copy for this request. What you write into it is visible only in this
	 * request, there also to mounted and outer apps.
	 */
	get state(): State {
		const views = this.#lazy();
		views.state ??= requestState(this.context.state, this.#outer);
		return views.state as State; // the app's type argument vouches for it
	}

	/** A record for this request, empty at first: values that a middleware passes to the route, also in a mounted app. */
	get locals(): RequestLocals {
		if (this.#outer !== undefined) {
			return this.#outer.locals;
		}
		const views = this.#lazy();
		views.locals ??= Object.create(null) as RequestLocals;
		return views.locals;
	}

	/**
	 * The app that handles the request: in middleware and exception handlers the app that has them, below a mount the mounted app.
	 * @see Starlette, `request.app`
	 */
	get app(): RequestApp {
		return this.context.app as RequestApp; // parts of the framework do without one, programs don't see them
	}

	/** The HTTP version of the client: `1.1` or `1.0`; `undefined` in `app.fetch` and the test client. */
	get httpVersion(): string | undefined {
		return this.source.httpVersion;
	}

	/** The address of the client; `undefined` if the server doesn't know it. */
	get client(): ClientAddress | undefined {
		return this.source.client;
	}

	/** Aborted when the client disconnects, or with reason `"shutdown"` when the server stops. */
	get signal(): AbortSignal {
		return this.source.signal;
	}

	/**
	 * Registers a function for the end of the request: the response was sent, was cut off or failed, and the background tasks and request
	 * scope of the route have ended. The last registered function runs first, and each is awaited. If one throws, the error is logged and
	 * passed to those after it as `error`.
	 *
	 * @throws TypeError when the request is over
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 * app.use((request, next) => {
	 * 	const startMs = performance.now();
	 * 	request.whenSettled(({ sentAtMs }) => console.log(request.path, sentAtMs - startMs));
	 * 	return next(request);
	 * });
	 * ```
	 */
	whenSettled(run: (end: ExchangeEnd) => void | Promise<void>): void {
		assertArgument("request.whenSettled()", "run", run, "function");
		this.exchange.whenSettled(run);
	}

	/**
	 * Registers a function that can change any response just before it is sent: that of the handler, an error, another middleware or a
	 * mounted app. The last registered function runs first, and each is awaited. If one throws, the response becomes a 500, which those
	 * after it can still change.
	 *
	 * @throws TypeError when the response is being sent
	 */
	beforeSend(change: (response: Response) => void | Promise<void>): void {
		assertArgument("request.beforeSend()", "change", change, "function");
		this.exchange.beforeSend(change);
	}

	/** Prefix that a proxy strips from the path, without a final slash: `/api/v1` or the empty string. */
	get rootPath(): string {
		return this.context.rootPath;
	}

	/**
	 * The requested address, absolute, made of scheme, `Host` header, path and query as sent: `https://example.com/items/a%20b?q=1`.
	 */
	get url(): string {
		return this.#outer?.url ?? `${this.#origin}${this.rawPath}${this.search}`;
	}

	/** The query as sent, with its question mark: `?q=1`; empty if there is none. */
	get search(): string {
		return this.#queryText === "" ? "" : `?${this.#queryText}`;
	}

	/** Where the app is served, absolute, with a final slash: `https://example.com/api/v1/`; the base of the app's own links. */
	get baseUrl(): string {
		return `${this.#origin}${encodedPath(this.rootPath)}/`;
	}

	/**
	 * The route that matches this request, available in any middleware, also before it runs. `undefined` if none matches (404, 405, a
	 * redirect). In a mounted app it is the inner route, with the whole path.
	 *
	 * @see FastAPI, "Custom Request and APIRoute class"; Starlette, `scope["route"]`
	 */
	get route(): MatchedRoute | undefined {
		const views = this.#lazy();
		if (!("route" in views)) {
			const { method, routePath: path } = this;
			const host = this.header("host");
			const isSocket = this.source.upgrade !== undefined;
			const asked = { method, path, host, isSocket };
			views.route = this.context.routes?.match(asked);
		}
		return views.route;
	}

	/**
	 * The absolute URL of a route, from its name and the values of its path parameters, as the client sees it: with scheme and `Host` of
	 * this request and the proxy's prefix. In a mounted app the names of the outermost app are looked up first (`"admin:read_user"`),
	 * then its own.
	 *
	 * @throws SetupError `VIV_ROUTE` when there is no such name, or the values don't fit its path
	 * @example
	 * ```ts
	 * import { App, RedirectResponse } from "vivace";
	 *
	 * const app = new App();
	 * app.get("/items/{id}", function read_item({ id }) {
	 * 	return { id };
	 * });
	 * app.get("/old/{id}", ({ id }, request) => new RedirectResponse(request.urlFor("read_item", { id })));
	 * ```
	 * @see Starlette, `request.url_for`
	 */
	urlFor(
		name: string,
		values: Readonly<Record<string, PathValue>> = {},
	): string {
		assertArgument("request.urlFor()", "name", name, "text");
		assertArgument("request.urlFor()", "values", values, "record");
		const { routes } = this.context;
		if (routes === undefined) {
			throw new SetupError(
				"VIV_ROUTE",
				`request.urlFor("${name}"): this request belongs to no app with routes.`,
			);
		}
		const { path, host, isSocket } = routes.addressFor(name, values);
		const base = isSocket
			? this.#outermostBase.replace("http", "ws")
			: this.#outermostBase;
		return (host === undefined ? base : atHost(base, host)) + path;
	}

	/** The decoded path, without the query: `/items/a b`. */
	get path(): string {
		return decodePercent(this.rawPath);
	}

	/** The path parameters by name, decoded strings, before conversion. Empty before the request was routed. */
	get pathParams(): Readonly<Record<string, string>> {
		const views = this.#lazy();
		views.pathParams ??= Object.fromEntries(
			this.pathNames.map((name, index) => [
				name,
				this.pathTexts[index] as string,
			]),
		);
		return views.pathParams;
	}

	/** The headers. Creating them takes about a microsecond; {@link Request.header} doesn't need that. */
	get headers(): Headers {
		const views = this.#lazy();
		if (views.headers === undefined) {
			const headers = new Headers();
			for (const [name, value] of this.source.headerEntries()) {
				const cookies = name === "cookie" ? headers.get(name) : null;
				if (cookies === null) {
					headers.append(name, value);
				} else {
					headers.set(name, `${cookies}; ${value}`); // Deno would join them by a comma (RFC 9113 §8.2.3)
				}
			}
			views.headers = headers;
		}
		return views.headers;
	}

	/**
	 * The headers line by line, in the order received, names in lower case; lines that {@link Request.headers} joins are separate here.
	 * (A web-standard request has joined them already, so there is one line per name.)
	 * @see Starlette, `request.headers.raw`
	 */
	get rawHeaders(): readonly (readonly [name: string, value: string])[] {
		return [...this.source.headerEntries()];
	}

	/** The value of a header by its lower-case name, without building {@link Request.headers}. */
	header(name: string): string | undefined {
		if (typeof name !== "string") {
			assertArgument("request.header()", "name", name, "text");
		}
		return this.source.header(name);
	}

	/** The cookies by name; the last one of the same name is used, quoted values are unquoted, nothing is percent-decoded. */
	get cookies(): Readonly<Record<string, string>> {
		const views = this.#lazy();
		views.cookies ??= parseCookieHeader(this.header("cookie") ?? "");
		return views.cookies;
	}

	/** The query. {@link Request.queryText} and {@link Request.queryTexts} are cheaper. */
	get query(): URLSearchParams {
		const views = this.#lazy();
		views.query ??= new URLSearchParams(this.#queryText);
		return views.query;
	}

	/** The pairs of the query as a flat list: name, value, name, value. */
	get queryPairs(): readonly string[] {
		this.#queryPairs ??=
			this.source === this.exchange.source
				? this.exchange.queryPairs
				: parseQueryString(this.#queryText);
		return this.#queryPairs;
	}

	/** The last value of a query parameter. */
	queryText(name: string): string | undefined {
		if (typeof name !== "string") {
			assertArgument("request.queryText()", "name", name, "text");
		}
		return lastText(this.queryPairs, name);
	}

	/** All values of a query parameter, in order. */
	queryTexts(name: string): string[] {
		if (typeof name !== "string") {
			assertArgument("request.queryTexts()", "name", name, "text");
		}
		return allTexts(this.queryPairs, name);
	}

	/** True when something has begun to read the body. `bytes()`, `text()` and `json()` may be called again, but not `stream()`. */
	get bodyUsed(): boolean {
		return this.#isStreamed || this.#body !== undefined;
	}

	/**
	 * The whole body; it is read once, and each call returns the same bytes; empty if there is none.
	 *
	 * @throws BodyTooLargeError (413) when it is larger than `limits.bodyBytes` of the route or the app
	 * @throws TypeError when {@link Request.stream} has begun to read it, or the response has been sent
	 */
	bytes(): Promise<Uint8Array> {
		if (this.#body === undefined) {
			const problem = this.#unreadable;
			if (problem !== undefined) {
				return Promise.reject(problem);
			}
			this.#body = this.source.readBody(this.#limits.bodyBytes);
		}
		return this.#body;
	}

	/** @internal {@link Request.bytes} with a limit that goes before its own. */
	async bytesWithin(limitBytes: number): Promise<Uint8Array> {
		if (this.#body === undefined && this.#unreadable === undefined) {
			this.#body = this.source.readBody(limitBytes);
		}
		const bytes = await this.bytes();
		if (bytes.length > limitBytes) {
			throw new BodyTooLargeError(limitBytes);
		}
		return bytes;
	}

	/**
	 * Replaces the body for all code that reads it later: for middleware that decompresses or decrypts. The limit on bodies doesn't apply
	 * to it.
	 *
	 * @see FastAPI, "Custom Request and APIRoute class"
	 */
	replaceBody(bytes: Uint8Array): void {
		assertArgument("request.replaceBody()", "bytes", bytes, (value) =>
			value instanceof Uint8Array ? undefined : "bytes (Uint8Array)",
		);
		this.#body = Promise.resolve(bytes);
	}

	/** The whole body as UTF-8 text; what is not valid UTF-8 becomes U+FFFD. @throws as {@link Request.bytes} */
	async text(): Promise<string> {
		return utf8.decode(await this.bytes());
	}

	/**
	 * The whole body as JSON, parsed again at each call. Invalid input is the client's error, never a 500.
	 *
	 * @throws RequestValidationError (422, `json_invalid`) when it is not JSON
	 * @throws HTTPException 400 when it is not UTF-8, or nested deeper than `limits.jsonDepth`
	 * @throws as {@link Request.bytes}
	 */
	async json(): Promise<unknown> {
		const bytes = await this.bytes();
		return decodeJson(bytes, { depth: this.#limits.jsonDepth });
	}

	/**
	 * The whole form, urlencoded or multipart, read once; empty if the body has another media type. Files over 1 MiB are kept on disk and
	 * deleted at the end of the request.
	 *
	 * @throws HTTPException 400 for an invalid form and for too many or too large fields, 413 for a file or a form that is too large:
	 * `limits` of the route or the app
	 * @throws TypeError when {@link Request.stream} or {@link Request.parts} has begun to read the body
	 * @see Starlette, `request.form()`
	 */
	form(): Promise<ReceivedForm>;
	form(...given: readonly unknown[]): Promise<ReceivedForm> {
		assertNoLimits("request.form()", given);
		if (this.#form === undefined) {
			const outer = this.#outer === undefined ? undefined : this.#outer.#form;
			this.#form = outer ?? readForm(this, this.#limits);
		}
		return this.#form;
	}

	/**
	 * The parts of a multipart form as they arrive, for uploads of any size. Nothing is stored or limited, except what {@link
	 * FormPart.text} and {@link FormPart.bytes} read into memory. If you leave the loop early, the rest of the body stays unread.
	 *
	 * @throws HTTPException 415 when it isn't a multipart form, 400 for a broken one
	 * @throws TypeError when another way of reading has begun
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 * app.put("/backups", async (_, request) => {
	 * 	const sizes: Record<string, number> = {};
	 * 	for await (const part of request.parts()) {
	 * 		sizes[part.name] = await part.saveTo(`${crypto.randomUUID()}.backup`);
	 * 	}
	 * 	return sizes;
	 * });
	 * ```
	 */
	parts(): AsyncGenerator<FormPart, void>;
	parts(...given: readonly unknown[]): AsyncGenerator<FormPart, void> {
		assertNoLimits("request.parts()", given);
		return readParts(this, this.#limits);
	}

	/**
	 * The body in the chunks in which it arrives, without a limit. Nothing is stored, so it can be read once. After {@link Request.bytes}
	 * it returns what was read.
	 *
	 * @throws TypeError when another `stream()` has begun to read it, or the response has been sent
	 */
	async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
		yield* this.takeChunks();
	}

	/** @internal {@link Request.stream} without a generator around it, begun at once. */
	takeChunks(): AsyncIterable<Uint8Array> {
		if (this.#body !== undefined) {
			return onceResolved(this.#body);
		}
		const problem = this.#unreadable;
		if (problem !== undefined) {
			throw problem;
		}
		this.#isStreamed = true;
		return this.source.bodyChunks();
	}

	/**
	 * The same request as the web-standard `Request`, for libraries that need one; created once. Both share the body: reading it there
	 * uses it up here.
	 *
	 * @param url the address of that request; used at the first call
	 * @throws TypeError when the standard class refuses it: a `CONNECT` or `TRACE`
	 */
	toWeb(url: string = this.url): globalThis.Request {
		const views = this.#lazy();
		if (views.web === undefined) {
			const { method, headers, signal } = this;
			const hasBody = !/^(?:get|head)$/i.test(method); // the class takes them in any case
			const init: RequestInit = { method, headers, signal };
			views.web = new globalThis.Request(
				url,
				hasBody
					? { ...init, body: toWebStream(this.stream()), duplex: "half" }
					: init,
			);
		}
		return views.web;
	}

	/** The reason why the body can't be read any more, by who has not begun to. */
	get #unreadable(): TypeError | undefined {
		if (this.#isStreamed) {
			return bodyIsStreamed();
		}
		return this.exchange.hasEnded ? bodyIsDiscarded() : undefined;
	}

	/** Of the route that it is going to, also for a middleware that reads before. */
	get #limits(): ResolvedLimits {
		const ahead = this.isRouted ? undefined : limitsOf(this.route);
		return this.routeLimits ?? ahead ?? this.context.limits;
	}

	/** Where the outermost app is served. */
	get #outermostBase(): string {
		return this.#outer === undefined
			? this.#origin + encodedPath(this.rootPath)
			: this.#outer.#outermostBase;
	}

	get #origin(): string {
		return requestOrigin(this.source.scheme, this.header("host"));
	}

	#lazy(): Views {
		this.#views ??= {};
		return this.#views;
	}
}

async function* onceResolved<Value>(
	value: Promise<Value>,
): AsyncGenerator<Value, void> {
	yield await value;
}

function bodyIsStreamed(): TypeError {
	return new TypeError(
		"The request body is gone: stream() has begun to read it; call bytes() before stream(), or read it only once.",
	);
}

/** The server has discarded what nobody had read, and an empty body would be a silent loss. */
function bodyIsDiscarded(): TypeError {
	return new TypeError(
		"The request body is gone: the response has been sent, and nobody had read the body before; read it before the handler returns.",
	);
}

/** Starlette's `form()` takes limits; here the route has them. */
function assertNoLimits(where: string, given: readonly unknown[]): void {
	if (given.length > 0) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: takes no options; bound forms by limits of the route or the app, { path, limits: { files, fileBytes, fields, fieldBytes } }.`,
		);
	}
}
