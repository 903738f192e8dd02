import { CookieJar } from "tough-cookie";
import type { AppPort } from "../http/app-port.ts";
import { WebRequestSource } from "../http/web-request-source.ts";
import { toWebResponse } from "../http/web-response.ts";

/** Options of {@link TestClient.start}. */
export interface TestClientOptions {
	/** What relative addresses are resolved against. Default: `http://testserver`. */
	readonly baseUrl?: string;
	/** Prefix that a proxy would strip; an app's own `rootPath` counts first. Default: none. */
	readonly rootPath?: string;
	/** Headers of every request. Default: `user-agent: testclient`. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Whether redirects are followed. Default: true. */
	readonly followRedirects?: boolean;
	/** Whether an error that nothing in the app has answered is thrown, rather than shown as the 500 that a client gets. Default: true. */
	readonly throwServerErrors?: boolean;
	/** How long background tasks and request scope may take after an answer, in milliseconds. Default: 30,000. */
	readonly settleTimeoutMs?: number;
}

/** What a request of a {@link TestClient} may carry. At most one of `json`, `form` and `body`. */
export interface TestRequest {
	/** Added to the query; a list gives repeated keys, `undefined` and null nothing. */
	readonly query?: Readonly<Record<string, unknown>>;
	readonly headers?: Readonly<Record<string, string>>;
	/** Cookies of this request beside those of the jar. */
	readonly cookies?: Readonly<Record<string, string>>;
	/** A body as JSON. */
	readonly json?: unknown;
	/** A body as a form: urlencoded from a record, multipart from a `FormData`. */
	readonly form?: Readonly<Record<string, string>> | FormData;
	/** A body as it is. */
	readonly body?: NonNullable<RequestInit["body"]>;
	readonly signal?: AbortSignal;
	/** Whether redirects are followed. Default: the client's. */
	readonly followRedirects?: boolean;
}

/**
 * A client that talks to an app in process: no port, the lifespan runs, cookies are kept, redirects followed. When an answer is
 * there, its background tasks have run and its request scope has been left.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { TestClient } from "vivace/testing";
 *
 * const app = new App();
 * app.get("/", () => ({ hello: "world" }));
 *
 * await using client = await TestClient.start(app);
 * const response = await client.get("/");
 * console.log(response.status, await response.json());
 * ```
 * @see FastAPI, "Testing"
 */
export class TestClient implements AsyncDisposable {
	/** The cookies that the app has set, and those that the test sets. */
	readonly cookies: CookieJar = new CookieJar(undefined, {
		rejectPublicSuffixes: false,
		looseMode: true,
	});
	readonly #app: AppPort;
	readonly #options: Required<TestClientOptions>;

	private constructor(app: AppPort, options: TestClientOptions) {
		this.#app = app;
		this.#options = {
			baseUrl: "http://testserver",
			rootPath: "",
			headers: { "user-agent": "testclient" },
			followRedirects: true,
			throwServerErrors: true,
			settleTimeoutMs: 30_000,
			...options,
		};
	}

	/**
	 * Starts the app and gives its client; `await using` (or `close()`) stops it.
	 * @throws what kept the app from starting
	 */
	static async start(
		app: AppPort,
		options: TestClientOptions = {},
	): Promise<TestClient> {
		await app.start({ rootPath: options.rootPath ?? "" });
		return new TestClient(app, options);
	}

	get(url: string, options?: TestRequest): Promise<Response> {
		return this.request("GET", url, options);
	}

	post(url: string, options?: TestRequest): Promise<Response> {
		return this.request("POST", url, options);
	}

	put(url: string, options?: TestRequest): Promise<Response> {
		return this.request("PUT", url, options);
	}

	patch(url: string, options?: TestRequest): Promise<Response> {
		return this.request("PATCH", url, options);
	}

	delete(url: string, options?: TestRequest): Promise<Response> {
		return this.request("DELETE", url, options);
	}

	head(url: string, options?: TestRequest): Promise<Response> {
		return this.request("HEAD", url, options);
	}

	options(url: string, options?: TestRequest): Promise<Response> {
		return this.request("OPTIONS", url, options);
	}

	/**
	 * Sends a request and gives the whole answer.
	 * @throws the error that nothing in the app has answered, unless `throwServerErrors` is false
	 */
	async request(
		method: string,
		url: string,
		options: TestRequest = {},
	): Promise<Response> {
		const follows = options.followRedirects ?? this.#options.followRedirects;
		let target = this.#address(url, options.query);
		let sent = { method, options };
		for (let count = 0; count <= maximumRedirects; count++) {
			const response = await this.#send(target, sent.method, sent.options);
			const location = response.headers.get("location");
			if (!follows || location === null || !redirects.has(response.status)) {
				return response;
			}
			target = new URL(location, target);
			sent = redirected(response.status, sent.method, sent.options);
		}
		throw new Error(
			`${method} ${url}: more than ${maximumRedirects} redirects; pass { followRedirects: false } to look at one.`,
		);
	}

	/** Stops the app: waits for what still runs, then releases its resources. @throws AggregateError of what failed there */
	async close(): Promise<void> {
		this.#app.beginShutdown();
		await this.#app.drain(this.#options.settleTimeoutMs);
		const { errors } = await this.#app.stop();
		if (errors.length > 0) {
			throw new AggregateError(errors, "the app did not stop cleanly");
		}
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	#address(url: string, query: TestRequest["query"] = {}): URL {
		const address = new URL(url, this.#options.baseUrl);
		for (const [name, value] of Object.entries(query)) {
			for (const each of Array.isArray(value) ? value : [value]) {
				if (each !== undefined && each !== null) {
					address.searchParams.append(name, String(each));
				}
			}
		}
		return address;
	}

	async #headers(address: URL, options: TestRequest): Promise<Headers> {
		const headers = new Headers(this.#options.headers);
		for (const [name, value] of Object.entries(options.headers ?? {})) {
			headers.set(name, value);
		}
		if (options.json !== undefined && !headers.has("content-type")) {
			headers.set("content-type", "application/json");
		}
		const stored = await this.cookies.getCookieString(address.href);
		const own = Object.entries(options.cookies ?? {}).map(
			([name, value]) => `${name}=${value}`,
		);
		const cookie = [stored, ...own].filter((each) => each !== "").join("; ");
		if (cookie !== "" && !headers.has("cookie")) headers.set("cookie", cookie);
		return headers;
	}

	async #send(
		address: URL,
		method: string,
		options: TestRequest,
	): Promise<Response> {
		const request = new Request(address, {
			method,
			headers: await this.#headers(address, options),
			...requestBody(options),
			...(options.signal && { signal: options.signal }),
		});
		const unhandled: unknown[] = [];
		const source = new WebRequestSource(request, {
			client: { host: "testclient", port: 50_000 },
			onUnhandledError: (error) => unhandled.push(error),
		});
		const answer = await this.#app.handle(this.#app.request(source));
		let settled: Promise<unknown> = Promise.resolve();
		const streamed = toWebResponse(answer, {
			method: request.method,
			waitUntil: (promise) => {
				settled = promise;
			},
		});
		const body = await streamed.arrayBuffer();
		await settled;
		if (unhandled.length > 0 && this.#options.throwServerErrors) {
			throw unhandled[0];
		}
		for (const cookie of streamed.headers.getSetCookie()) {
			await this.cookies.setCookie(cookie, request.url, { ignoreError: true });
		}
		return new Response(streamed.body === null ? null : body, {
			status: streamed.status,
			headers: streamed.headers,
		});
	}
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const maximumRedirects = 20;

/** RFC 9110 §15.4: 303 always becomes GET, 301 and 302 do for POST, 307 and 308 keep method and body. */
function redirected(
	status: number,
	method: string,
	options: TestRequest,
): { readonly method: string; readonly options: TestRequest } {
	const becomesGet =
		(status === 303 && method !== "HEAD") ||
		((status === 301 || status === 302) && method === "POST");
	if (!becomesGet) return { method, options };
	const { json: _json, form: _form, body: _body, ...rest } = options;
	return { method: "GET", options: rest };
}

function requestBody({ json, form, body }: TestRequest): RequestInit {
	if (json !== undefined) return { body: JSON.stringify(json) };
	if (form instanceof FormData) return { body: form };
	if (form !== undefined) return { body: new URLSearchParams(form) };
	if (body === undefined) return {};
	return body instanceof ReadableStream ? { body, duplex: "half" } : { body };
}
