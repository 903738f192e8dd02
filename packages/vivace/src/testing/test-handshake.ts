import type { AppPort } from "../http/app-port.ts";
import type { ClientAddress, RequestSource } from "../http/request-source.ts";
import type { SocketHead, SocketUpgrade } from "../http/upgrade.ts";
import { WebExchange } from "../http/web-exchange.ts";
import {
	type SentLines,
	type WebRequestOptions,
	WebRequestSource,
} from "../http/web-request-source.ts";
import { toWebResponse } from "../http/web-response.ts";
import { TestResponse } from "./test-response.ts";
import { TestInbox, TestSocket, WebSocketRefusedError } from "./test-socket.ts";
import { TestUpgrade } from "./test-upgrade.ts";

/** Options of a {@link TestHandshake}. */
export interface TestHandshakeOptions {
	readonly app: AppPort;
	readonly address: URL;
	readonly headers: SentLines["headers"];
	readonly client: ClientAddress;
	readonly settleTimeoutMs: number;
	readonly throwServerErrors: boolean;
	/** Told each `set-cookie` of the answer. */
	readonly onCookie: (cookie: string) => void;
}

/** The lines of RFC 6455 §4.1; the key is Starlette's. */
const handshakeLines: SentLines["headers"] = [
	["connection", "Upgrade"],
	["upgrade", "websocket"],
	["sec-websocket-key", "testserver=="],
	["sec-websocket-version", "13"],
];

/** A handshake on its way through an app, in process, and the socket that it becomes. */
export class TestHandshake {
	/** Errors that nothing in the app has answered, and nobody was told of. */
	readonly unhandled: unknown[] = [];
	readonly #options: TestHandshakeOptions;
	readonly #abort = new AbortController();
	readonly #inbox = new TestInbox();
	readonly #upgrade: TestUpgrade;
	readonly #opened = Promise.withResolvers<TestSocket>();
	#over: Promise<void> = Promise.resolve();

	constructor(options: TestHandshakeOptions) {
		this.#options = options;
		this.#upgrade = new TestUpgrade(
			{
				opened: (head) => this.#open(head),
				message: (message) => this.#inbox.put(message),
				closed: (code, reason) => this.#inbox.end({ code, reason }),
			},
			this.#abort,
		);
	}

	/** Resolves when the socket is open; rejects when it was refused. */
	get opened(): Promise<TestSocket> {
		return this.#opened.promise;
	}

	/** Resolves when all of it is over. */
	run(): Promise<void> {
		this.#over = this.#run();
		return this.#over;
	}

	tellShutdown(): void {
		this.#upgrade.shutdown();
	}

	/** The app can't wait any longer. */
	cut(): void {
		this.#upgrade.end(1006, "");
	}

	get #url(): string {
		return `WS ${this.#options.address.pathname}`;
	}

	async #run(): Promise<void> {
		const { app, address, headers, client } = this.#options;
		const lines = [...headers, ...handshakeLines];
		const request = new Request(address, {
			headers: lines.map(([name, value]) => [name, value]),
			signal: this.#abort.signal,
		});
		const onUnhandledError = (error: unknown) => this.unhandled.push(error);
		const exchange = new HandshakeExchange(
			request,
			{ client, onUnhandledError },
			{ method: "GET", headers: lines },
			this.#upgrade,
		);
		const answer = await app.handle(exchange);
		if (answer === undefined) {
			return;
		}
		const web = toWebResponse(exchange, answer);
		const body = new Uint8Array(await web.arrayBuffer());
		await exchange.over;
		const unhandled = this.#takeUnhandled();
		const response = new TestResponse({
			method: "GET",
			url: address.href,
			status: web.status,
			headers: web.headers,
			body,
			elapsedMs: 0,
			history: [],
		});
		this.#tellCookies([...web.headers]);
		this.#opened.reject(
			unhandled === undefined
				? new WebSocketRefusedError(this.#url, response)
				: unhandled.error,
		);
	}

	#open(head: SocketHead): void {
		const { settleTimeoutMs } = this.#options;
		this.#tellCookies(head.headers);
		this.#opened.resolve(
			new TestSocket(this.#upgrade, this.#inbox, head, {
				url: this.#url,
				over: this.#over,
				settleTimeoutMs,
				takeUnhandled: () => this.#takeUnhandled(),
			}),
		);
	}

	#tellCookies(lines: SocketHead["headers"]): void {
		for (const [name, value] of lines) {
			if (name === "set-cookie") {
				this.#options.onCookie(value);
			}
		}
	}

	#takeUnhandled(): { readonly error: unknown } | undefined {
		const [first] = this.unhandled.splice(0).map((error) => ({ error }));
		return this.#options.throwServerErrors ? first : undefined;
	}
}

class HandshakeExchange extends WebExchange {
	override readonly source: RequestSource;

	constructor(
		request: globalThis.Request,
		options: WebRequestOptions,
		sent: SentLines,
		upgrade: SocketUpgrade,
	) {
		super(request, options, sent);
		this.source = new HandshakeSource(request, options, sent, upgrade);
	}
}

class HandshakeSource extends WebRequestSource {
	readonly upgrade: SocketUpgrade;

	constructor(
		request: globalThis.Request,
		options: WebRequestOptions,
		sent: SentLines,
		upgrade: SocketUpgrade,
	) {
		super(request, options, sent);
		this.upgrade = upgrade;
	}
}
