import { assertArgument, assertOptions } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { type AppPort, assertApp } from "../http/app-port.ts";
import type { SentLines } from "../http/web-request-source.ts";
import { CookieJar } from "./cookie-jar.ts";
import { LeakError } from "./leak.ts";
import { LeakDetector } from "./leak-detector.ts";
import { firstRequest, redirectOf, type SentRequest } from "./redirect.ts";
import { clientRules, type TestClientOptions } from "./test-client-options.ts";
import {
	isOverWithin,
	type ReadAnswer,
	TestExchange,
} from "./test-exchange.ts";
import { TestHandshake } from "./test-handshake.ts";
import {
	type BasicAuth,
	headerPairs,
	requestAddress,
	requestBody,
	requestRules,
	searchParams,
	type TestRequest,
} from "./test-request.ts";
import { TestResponse } from "./test-response.ts";
import type { TestSocket } from "./test-socket.ts";
import {
	offerLines,
	socketRules,
	type TestSocketOptions,
} from "./test-socket-options.ts";

/**
 * A client that calls an app in process: it needs no port, the lifespan runs, cookies are kept, and redirects are followed. When you get
 * a response, its background tasks have run and its request scope has ended. Closing it stops the app like a server, and reports leaks.
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
	/** The headers of all later requests; headers of a single request override them. */
	readonly headers: Headers;
	/** The query parameters of all later requests; those of a single request or its address override them. */
	readonly query: URLSearchParams;
	/** Name and password of all later requests, as HTTP Basic; `auth` of a single request overrides it. */
	auth: BasicAuth | undefined;
	readonly #app: AppPort;
	readonly #options: ClientSettings;
	readonly #detector: LeakDetector | undefined;
	readonly #running = new Map<TestExchange | TestHandshake, Promise<unknown>>();
	/** Of whose errors nobody may have been told: a socket need not be closed before the client. */
	readonly #untold = new Set<TestHandshake>();
	#closing: Promise<void> | undefined;

	private constructor(
		app: AppPort,
		options: TestClientOptions,
		detector: LeakDetector | undefined,
	) {
		if (options === undefined) {
			throw new SetupError(
				"VIV_OPTION",
				"new TestClient(): the app must be started first; write await TestClient.start(app).",
			);
		}
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
	 * Starts the app and returns its client; `await using` (or `close()`) stops it.
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
	 * Sends a request and returns the complete response.
	 * @param method any method, also `TRACE`; in upper case
	 * @throws the error that the app has not handled, unless `throwServerErrors` is false
	 */
	async request(
		method: string,
		url: string,
		options: TestRequest = {},
	): Promise<TestResponse> {
		assertArgument("TestClient.request()", "method", method, "text");
		assertUrl(method, url);
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
	 * Opens a WebSocket; resolves when it is accepted.
	 *
	 * @param url a path, or an address that begins with `ws:` or `http:`
	 * @throws WebSocketRefusedError when the handshake is refused; the error that the app has not handled, unless `throwServerErrors` is
	 * false
	 * @see FastAPI, "Testing WebSockets"
	 */
	async websocket(
		url: string,
		options: TestSocketOptions = {},
	): Promise<TestSocket> {
		assertUrl("WS", url);
		assertOptions(`WS ${url}`, options, socketRules);
		const { baseUrl, client } = this.#options;
		const http = url.replace(/^ws/, "http");
		const whole = requestAddress(http, baseUrl, options.query, this.query);
		const sent = firstRequest("GET", whole, options, this);
		const { address } = sent;
		const handshake = new TestHandshake({
			...this.#options,
			app: this.#app,
			address,
			headers: [...this.#headers(sent), ...offerLines(options.subprotocols)],
			client: options.client ?? client,
			onCookie: (cookie) => this.cookies.receive(cookie, address),
		});
		const running = this.#during(`WS ${address.pathname}`, () =>
			handshake.run(),
		);
		this.#running.set(handshake, running);
		this.#untold.add(handshake);
		void running.then(() => this.#running.delete(handshake));
		return handshake.opened;
	}

	/**
	 * Stops the app in the same order as a server: the app is told, endless bodies are ended, requests and then background tasks have
	 * `settleTimeoutMs`, resources are released. A second call returns the same promise.
	 *
	 * @throws LeakError for what outlived the app; other errors during the stop; several of them as an AggregateError
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
		const detector = this.#detector;
		try {
			await this.#closeApp();
		} finally {
			detector?.[Symbol.dispose]();
		}
	}

	async #closeApp(): Promise<void> {
		const detector = this.#detector;
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
		if (this.#options.throwServerErrors) {
			for (const { unhandled } of this.#untold) {
				errors.push(...unhandled);
			}
		}
		const report = await this.#app.stop();
		return [...errors, ...report.errors];
	}
}

/** The options that stay as they were given. */
type ClientSettings = Required<
	Omit<TestClientOptions, "rootPath" | "headers" | "query" | "auth">
>;

const maximumRedirects = 20;

function assertUrl(where: string, url: unknown): void {
	assertArgument(where, "url", url, (value) =>
		typeof value === "string"
			? undefined
			: 'a path ("/items") or a URL, as text',
	);
}
