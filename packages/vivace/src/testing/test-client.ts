import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import { type AppPort, assertApp } from "../http/app-port.ts";
import type { ClientAddress } from "../http/request-source.ts";
import type { SentLines } from "../http/web-request-source.ts";
import { CookieJar } from "./cookie-jar.ts";
import { LeakError } from "./leak.ts";
import { LeakDetector } from "./leak-detector.ts";
import { firstRequest, redirectOf, type SentRequest } from "./redirect.ts";
import {
	isOverWithin,
	type ReadAnswer,
	TestExchange,
} from "./test-exchange.ts";
import {
	type BasicAuth,
	basicAuthMistake,
	clientMistake,
	headerPairs,
	headersMistake,
	requestAddress,
	requestBody,
	requestRules,
	searchParams,
	type TestHeaders,
	type TestRequest,
} from "./test-request.ts";
import { TestResponse } from "./test-response.ts";

/** Options of {@link TestClient.start}. */
export interface TestClientOptions {
	/** The base of relative addresses. Default: `http://testserver`. */
	readonly baseUrl?: string;
	/** Prefix that a proxy would strip; an app's own `rootPath` counts first. Default: none. */
	readonly rootPath?: string;
	/** Headers of every request, see {@link TestClient.headers}. Default: `user-agent: testclient`, which is always there. */
	readonly headers?: TestHeaders;
	/** Query parameters of every request, see {@link TestClient.query}. Default: none. */
	readonly query?: TestRequest["query"];
	/** See {@link TestClient.auth}. Default: none. */
	readonly auth?: BasicAuth;
	/** The address that requests come from: `request.client`. Default: `{ host: "testclient", port: 50000 }`. */
	readonly client?: ClientAddress;
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
	 * The consequence when something that the app began is still there after it has stopped: a resource, a generator dependency, a
	 * background task, a scope, a timer, socket, thread or child process that keeps the process alive. `"throw"`: closing the client throws a
	 * {@link LeakError}; `"warn"`: a process warning with the code `VIV_LEAK`; `"ignore"`: nothing is watched. Default: `"throw"`.
	 */
	readonly leaks?: "throw" | "warn" | "ignore";
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
	/** The headers of all later requests; one that a request has itself goes before. */
	readonly headers: Headers;
	/** The query parameters of all later requests; one that a request or its address has goes before. */
	readonly query: URLSearchParams;
	/** Name and password of all later requests, as HTTP Basic; a request with an `auth` of its own goes before. */
	auth: BasicAuth | undefined;
	readonly #app: AppPort;
	readonly #options: ClientSettings;
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
			client: { host: "testclient", port: 50_000 },
			followRedirects: true,
			throwServerErrors: true,
			settleTimeoutMs: 30_000,
			leaks: "throw",
			...options,
		};
		this.headers = new Headers(headerPairs(options.headers));
		if (!this.headers.has("user-agent")) {
			this.headers.set("user-agent", "testclient");
		}
		this.query = searchParams(options.query);
		this.auth = options.auth;
	}

	/**
	 * Starts the app and gives its client; `await using` (or `close()`) stops it.
	 * @throws what kept the app from starting
	 */
	static async start(
		app: AppPort,
		options: TestClientOptions = {},
	): Promise<TestClient> {
		assertApp("TestClient.start()", app);
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

	get(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("GET", url, options);
	}

	post(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("POST", url, options);
	}

	put(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("PUT", url, options);
	}

	patch(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("PATCH", url, options);
	}

	delete(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("DELETE", url, options);
	}

	head(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("HEAD", url, options);
	}

	options(url: string, options?: TestRequest): Promise<TestResponse> {
		return this.request("OPTIONS", url, options);
	}

	/**
	 * Sends a request and gives the whole answer.
	 * @param method any, also `TRACE`; in upper case
	 * @throws the error that nothing in the app has answered, unless `throwServerErrors` is false
	 */
	async request(
		method: string,
		url: string,
		options: TestRequest = {},
	): Promise<TestResponse> {
		assertArgument("TestClient.request()", "method", method, "text");
		assertArgument(method, "url", url, (value) =>
			typeof value === "string"
				? undefined
				: 'a path ("/items") or a URL, as text',
		);
		assertOptions(`${method} ${url}`, options, requestRules);
		const { baseUrl } = this.#options;
		const follows = options.followRedirects ?? this.#options.followRedirects;
		const address = requestAddress(url, baseUrl, options.query, this.query);
		const history: TestResponse[] = [];
		let sent = firstRequest(method.toUpperCase(), address, options, this);
		for (;;) {
			const response = await this.#send(sent, history);
			const next = follows ? redirectOf(response, sent) : undefined;
			if (next === undefined) {
				return response;
			}
			if (history.length === maximumRedirects) {
				throw new Error(
					`${method} ${url}: more than ${maximumRedirects} redirects; pass { followRedirects: false } to look at one.`,
				);
			}
			history.push(response);
			sent = next;
		}
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

	#headers({ address, headers, options }: SentRequest): SentLines["headers"] {
		const stored = this.cookies.headerFor(address);
		const own = Object.entries(options.cookies ?? {}).map(
			([name, value]) => `${name}=${value}`,
		);
		const cookie = [stored, ...own].filter((each) => each !== "").join("; ");
		return cookie === "" || headers.some(([name]) => name === "cookie")
			? headers
			: [...headers, ["cookie", cookie]];
	}

	async #send(
		request: SentRequest,
		history: readonly TestResponse[],
	): Promise<TestResponse> {
		const { settleTimeoutMs, throwServerErrors, client } = this.#options;
		const { method, address, options } = request;
		const startMs = performance.now();
		const exchange = new TestExchange({
			app: this.#app,
			address,
			sent: { method, headers: this.#headers(request) },
			body: requestBody(options),
			client: options.client ?? client,
			signal: options.signal,
			settleTimeoutMs,
		});
		const answering = this.#during(`${method} ${address.pathname}`, () =>
			exchange.run(),
		);
		this.#running.set(exchange, answering);
		let answer: ReadAnswer;
		try {
			answer = await answering;
		} finally {
			this.#running.delete(exchange);
		}
		const { unhandled } = exchange;
		if (unhandled.length > 0 && throwServerErrors) {
			throw unhandled[0];
		}
		for (const cookie of answer.headers.getSetCookie()) {
			this.cookies.receive(cookie, address);
		}
		return new TestResponse({
			...answer,
			method,
			url: address.href,
			elapsedMs: performance.now() - startMs,
			history: [...history],
		});
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

/** The options that stay as they were given. */
type ClientSettings = Required<
	Omit<TestClientOptions, "rootPath" | "headers" | "query" | "auth">
>;

const clientRules: OptionRules<TestClientOptions> = {
	baseUrl: "text",
	rootPath: "text",
	headers: headersMistake,
	query: "record",
	auth: basicAuthMistake,
	client: clientMistake,
	followRedirects: "boolean",
	throwServerErrors: "boolean",
	settleTimeoutMs: "milliseconds",
	leaks: ["throw", "warn", "ignore"],
};

const maximumRedirects = 20;
