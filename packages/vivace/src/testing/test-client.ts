import { assertOptions, type OptionRules } from "../errors/options.ts";
import type { AppPort } from "../http/app-port.ts";
import { CookieJar } from "./cookie-jar.ts";
import { LeakError } from "./leak.ts";
import { LeakDetector } from "./leak-detector.ts";
import { isOverWithin, TestExchange } from "./test-exchange.ts";

/** Options of {@link TestClient.start}. */
export interface TestClientOptions {
	/** The base of relative addresses. Default: `http://testserver`. */
	readonly baseUrl?: string;
	/** Prefix that a proxy would strip; an app's own `rootPath` counts first. Default: none. */
	readonly rootPath?: string;
	/** Headers of every request. Default: `user-agent: testclient`. */
	readonly headers?: Readonly<Record<string, string>>;
	/** True when redirects are followed. Default: true. */
	readonly followRedirects?: boolean;
	/** True throws an error that nothing in the app has answered, rather than showing the 500 that a client gets. Default: true. */
	readonly throwServerErrors?: boolean;
	/**
	 * How long background tasks and request scope may take after an answer, and requests that are still running when the client is
	 * closed, in milliseconds. Default: 30,000.
	 */
	readonly settleTimeoutMs?: number;
	/**
	 * What happens when something that the app began is still there after it has stopped: a resource, a generator dependency, a
	 * background task, a scope, a timer, socket, thread or child process that keeps the process alive. `"throw"`: closing the client throws a
	 * {@link LeakError}; `"warn"`: a process warning with the code `VIV_LEAK`; `"ignore"`: nothing is watched. Default: `"throw"`.
	 */
	readonly leaks?: "throw" | "warn" | "ignore";
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
	/** Aborted, the client goes away: the app sees it, and the request rejects with the reason when its scope has been left. */
	readonly signal?: AbortSignal;
	/** True when redirects are followed. Default: the client's. */
	readonly followRedirects?: boolean;
}

/**
 * A client that talks to an app in process: no port, the lifespan runs, cookies are kept, redirects followed. When an answer is
 * there, its background tasks have run and its request scope has been left. Closed, it stops the app as a server does, and reports
 * what outlived it.
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
	readonly cookies: CookieJar = new CookieJar();
	readonly #app: AppPort;
	readonly #options: Required<TestClientOptions>;
	readonly #detector: LeakDetector | undefined;
	readonly #running = new Map<TestExchange, Promise<unknown>>();
	#closing: Promise<void> | undefined;

	private constructor(
		app: AppPort,
		options: TestClientOptions,
		detector: LeakDetector | undefined,
	) {
		this.#app = app;
		this.#detector = detector;
		this.#options = {
			baseUrl: "http://testserver",
			rootPath: "",
			headers: { "user-agent": "testclient" },
			followRedirects: true,
			throwServerErrors: true,
			settleTimeoutMs: 30_000,
			leaks: "throw",
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
		assertOptions("TestClient.start()", options, clientRules);
		const detector =
			options.leaks === "ignore" ? undefined : new LeakDetector();
		const client = new TestClient(app, options, detector);
		try {
			const rootPath = options.rootPath ?? "";
			await client.#during("start", () =>
				app.start({ rootPath, summary: false }),
			);
		} catch (error) {
			detector?.[Symbol.dispose]();
			throw error;
		}
		return client;
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
		assertOptions(`${method} ${url}`, options, requestRules);
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

	/**
	 * Stops the app in the same order as a server: it is told, endless bodies are ended, requests and then background tasks have
	 * `settleTimeoutMs`, resources are released. A second call gives the same promise.
	 *
	 * @throws LeakError for what outlived the app; what failed on the way; several of them as an AggregateError
	 */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
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

	#headers(address: URL, options: TestRequest): Headers {
		const headers = new Headers(this.#options.headers);
		for (const [name, value] of Object.entries(options.headers ?? {})) {
			headers.set(name, value);
		}
		if (options.json !== undefined && !headers.has("content-type")) {
			headers.set("content-type", "application/json");
		}
		const stored = this.cookies.headerFor(address);
		const own = Object.entries(options.cookies ?? {}).map(
			([name, value]) => `${name}=${value}`,
		);
		const cookie = [stored, ...own].filter((each) => each !== "").join("; ");
		if (cookie !== "" && !headers.has("cookie")) {
			headers.set("cookie", cookie);
		}
		return headers;
	}

	async #send(
		address: URL,
		method: string,
		options: TestRequest,
	): Promise<Response> {
		const { settleTimeoutMs, throwServerErrors } = this.#options;
		const exchange = new TestExchange({
			app: this.#app,
			address,
			init: {
				method,
				headers: this.#headers(address, options),
				...requestBody(options),
			},
			signal: options.signal,
			settleTimeoutMs,
		});
		const answering = this.#during(`${method} ${address.pathname}`, () =>
			exchange.run(),
		);
		this.#running.set(exchange, answering);
		let response: Response;
		try {
			response = await answering;
		} finally {
			this.#running.delete(exchange);
		}
		const { unhandled } = exchange;
		if (unhandled.length > 0 && throwServerErrors) {
			throw unhandled[0];
		}
		for (const cookie of response.headers.getSetCookie()) {
			this.cookies.receive(cookie, address);
		}
		return response;
	}

	#during<Result>(doing: string, run: () => Result): Result {
		return this.#detector === undefined
			? run()
			: this.#detector.during(doing, run);
	}

	async #close(): Promise<void> {
		using detector = this.#detector;
		const errors = await this.#during("stop", () => this.#stop());
		const leaks = (await detector?.leaks()) ?? [];
		if (leaks.length > 0) {
			const error = new LeakError(leaks);
			if (this.#options.leaks === "throw") {
				errors.push(error);
			} else {
				const type = "VivaceWarning";
				process.emitWarning(error.message, { type, code: "VIV_LEAK" });
			}
		}
		if (errors.length === 1) {
			throw errors[0];
		}
		if (errors.length > 1) {
			throw new AggregateError(errors, "the app did not stop cleanly");
		}
	}

	/** @returns what went wrong */
	async #stop(): Promise<unknown[]> {
		const { settleTimeoutMs } = this.#options;
		const errors: unknown[] = [];
		const late = (what: string) =>
			errors.push(
				new Error(
					`${what} still running ${settleTimeoutMs / 1_000} s after the app was told to stop (settleTimeoutMs)`,
				),
			);
		this.#app.beginShutdown();
		for (const exchange of this.#running.keys()) {
			exchange.tellShutdown();
		}
		const answered = Promise.allSettled(this.#running.values());
		if (!(await isOverWithin(answered, settleTimeoutMs))) {
			late("requests were");
			for (const exchange of this.#running.keys()) {
				exchange.cut();
			}
		}
		if (!(await this.#app.drain(settleTimeoutMs))) {
			late("background tasks, dependencies of requests or scopes were");
		}
		const report = await this.#app.stop();
		return [...errors, ...report.errors];
	}
}

const clientRules: OptionRules<TestClientOptions> = {
	baseUrl: "text",
	rootPath: "text",
	headers: "record",
	followRedirects: "boolean",
	throwServerErrors: "boolean",
	settleTimeoutMs: "milliseconds",
	leaks: ["throw", "warn", "ignore"],
};

const requestRules: OptionRules<TestRequest> = {
	query: "record",
	headers: "record",
	cookies: "record",
	json: "any",
	form: "record",
	body: "any",
	signal: "record",
	followRedirects: "boolean",
};

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
	if (!becomesGet) {
		return { method, options };
	}
	const { json: _json, form: _form, body: _body, ...rest } = options;
	return { method: "GET", options: rest };
}

function requestBody({ json, form, body }: TestRequest): RequestInit {
	if (json !== undefined) {
		return { body: JSON.stringify(json) };
	}
	if (form instanceof FormData) {
		return { body: form };
	}
	if (form !== undefined) {
		return { body: new URLSearchParams(form) };
	}
	if (body === undefined) {
		return {};
	}
	return body instanceof ReadableStream ? { body, duplex: "half" } : { body };
}
