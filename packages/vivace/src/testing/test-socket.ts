import type { StandardSchemaV1 } from "@standard-schema/spec";
import { assertArgument } from "../errors/options.ts";
import {
	assertCloseCode,
	WebSocketDisconnect,
} from "../errors/web-socket-errors.ts";
import type { SocketHead } from "../http/upgrade.ts";
import { decodeJson } from "../json/decode.ts";
import { encodeKnownJson } from "../json/encode.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import { Inbox, type Message } from "../websocket/inbox.ts";
import { fittingReason } from "../websocket/typed-messages.ts";
import { isOverWithin } from "./test-exchange.ts";
import type { TestResponse } from "./test-response.ts";
import type { TestUpgrade } from "./test-upgrade.ts";

/** RFC 6455 §7.4.1: the client has sent no code; its connection is lost. */
const noCode = 1005;
const lost = 1006;

/** A handshake was not answered with 101. */
export class WebSocketRefusedError extends Error {
	override readonly name = "WebSocketRefusedError";
	readonly status: number;
	/** The answer instead of a socket. */
	readonly response: TestResponse;

	constructor(url: string, response: TestResponse) {
		super(`${url}: the socket was refused with ${response.status}`);
		this.status = response.status;
		this.response = response;
	}
}

/** The app's side of a {@link TestSocket}. */
export interface AppSide {
	/** Its path. */
	readonly url: string;
	/** Resolves when the handler has ended and its scopes were left. */
	readonly over: Promise<unknown>;
	readonly settleTimeoutMs: number;
	/** Gives what nothing in the app has answered, once, if the client throws such errors. */
	takeUnhandled(): { readonly error: unknown } | undefined;
}

/**
 * The client's end of a socket in process. Closed (`await using` closes it with 1000), the handler has ended and its scopes were left;
 * an error of it that nothing has answered is thrown then.
 *
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { TestClient } from "vivace/testing";
 *
 * const app = new App();
 * app.websocket("/echo", async (_values, socket) => {
 * 	for await (const message of socket) await socket.send(message);
 * });
 *
 * await using client = await TestClient.start(app);
 * await using socket = await client.websocket("/echo");
 * await socket.sendText("hello");
 * console.log(await socket.receiveText());
 * ```
 * @see FastAPI, "Testing WebSockets"
 */
export class TestSocket
	implements AsyncDisposable, AsyncIterable<string | Uint8Array>
{
	/** The subprotocol that was agreed on. */
	readonly subprotocol: string | undefined;
	/** Of the 101, without those of the protocol itself. */
	readonly headers: Headers;
	/** Resolves when the socket is closed, to the code and reason of whoever did that. */
	readonly closed: Promise<SocketEnd>;
	readonly #upgrade: TestUpgrade;
	readonly #inbox: TestInbox;
	readonly #app: AppSide;

	/** @internal */
	constructor(
		upgrade: TestUpgrade,
		inbox: TestInbox,
		head: SocketHead,
		app: AppSide,
	) {
		this.#upgrade = upgrade;
		this.#inbox = inbox;
		this.#app = app;
		this.subprotocol = head.subprotocol;
		this.headers = new Headers(
			head.headers.map(([name, value]) => [name, value]),
		);
		this.closed = inbox.closed;
	}

	/** Sends a text; resolves when the app reads on. */
	async sendText(text: string): Promise<void> {
		assertArgument(`${this.#app.url}: sendText()`, "text", text, "text");
		return this.#upgrade.receive(text);
	}

	/** Sends bytes; resolves when the app reads on. */
	async sendBytes(bytes: Uint8Array): Promise<void> {
		assertArgument(`${this.#app.url}: sendBytes()`, "bytes", bytes, (value) =>
			value instanceof Uint8Array ? undefined : "a Uint8Array",
		);
		return this.#upgrade.receive(new Uint8Array(bytes));
	}

	/** Sends a value as JSON, in a text. */
	async sendJson(value: unknown): Promise<void> {
		return this.sendText(encodeKnownJson(value));
	}

	/** The next message. @throws WebSocketDisconnect when the socket is closed and all were given */
	async receive(): Promise<string | Uint8Array> {
		const message = await this.#inbox.next();
		this.#upgrade.taken(message);
		return message;
	}

	/** The next message. @throws TypeError for bytes; as {@link TestSocket.receive} */
	async receiveText(): Promise<string> {
		const message = await this.receive();
		if (typeof message !== "string") {
			throw new TypeError(
				`${this.#app.url}: expected a text message, got ${message.length} bytes`,
			);
		}
		return message;
	}

	/** The next message. @throws TypeError for a text; as {@link TestSocket.receive} */
	async receiveBytes(): Promise<Uint8Array> {
		const message = await this.receive();
		if (typeof message === "string") {
			throw new TypeError(
				`${this.#app.url}: expected bytes, got the text ${JSON.stringify(message.slice(0, 100))}`,
			);
		}
		return message;
	}

	/** The next message as JSON. @throws as {@link TestSocket.receive} */
	receiveJson(): Promise<unknown>;
	/** The same, as a schema gives it. @throws Error when it does not fit; as {@link TestSocket.receive} */
	receiveJson<Schema extends StandardSchemaV1>(
		schema: Schema,
	): Promise<StandardSchemaV1.InferOutput<Schema>>;
	async receiveJson(schema?: StandardSchemaV1): Promise<unknown> {
		const message = await this.receive();
		const text =
			typeof message === "string" ? message : new TextDecoder().decode(message);
		if (schema === undefined) {
			return JSON.parse(text);
		}
		const { parseJson, holdsBigInts } = compileSchema(schema);
		const value = decodeJson(text, {
			depth: Number.POSITIVE_INFINITY,
			bigints: holdsBigInts,
		});
		const { errors, value: read } = await parseJson(value, ["message"]);
		if (errors !== undefined) {
			throw new Error(
				`${this.#app.url}: a message does not fit: ${JSON.stringify(errors)}`,
			);
		}
		return read;
	}

	/** The messages until the socket is closed. */
	async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void> {
		for (;;) {
			let message: string | Uint8Array;
			try {
				message = await this.receive();
			} catch (error) {
				if (error instanceof WebSocketDisconnect) {
					return;
				}
				throw error;
			}
			yield message;
		}
	}

	/**
	 * Closes the socket, and waits until the handler has ended and its scopes were left.
	 *
	 * @param code 1005 sends none
	 * @throws the error that nothing in the app has answered; an Error when the end takes too long; RangeError for a code or a reason that no
	 * client can send
	 */
	async close(code = 1000, reason = ""): Promise<void> {
		const where = `${this.#app.url}: close()`;
		if (code !== noCode && code !== lost) {
			assertCloseCode(where, code);
		}
		assertArgument(where, "reason", reason, "text");
		if (fittingReason(reason) !== reason) {
			throw new RangeError(`${where}: a reason has at most 123 bytes`);
		}
		this.#upgrade.end(code, reason);
		const { over, settleTimeoutMs, url } = this.#app;
		if (!(await isOverWithin(over, settleTimeoutMs))) {
			throw new Error(
				`${url}: the handler or its dependencies were still running ${settleTimeoutMs / 1_000} s after the socket was closed (settleTimeoutMs)`,
			);
		}
		const unhandled = this.#app.takeUnhandled();
		if (unhandled !== undefined) {
			throw unhandled.error;
		}
	}

	/** The client is gone, without a close frame: 1006 for the handler. As {@link TestSocket.close}. */
	vanish(): Promise<void> {
		return this.close(lost);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}
}

/** How a socket was closed. */
export interface SocketEnd {
	readonly code: number;
	readonly reason: string;
}

/** The messages that the client has received and not read. */
export class TestInbox {
	readonly closed: Promise<SocketEnd>;
	readonly #messages = new Inbox(Number.POSITIVE_INFINITY);
	readonly #resolveClosed: (end: SocketEnd) => void;
	#end: SocketEnd | undefined;

	constructor() {
		const { promise, resolve } = Promise.withResolvers<SocketEnd>();
		this.closed = promise;
		this.#resolveClosed = resolve;
	}

	put(message: Message): void {
		this.#messages.put(message);
	}

	end(end: SocketEnd): void {
		this.#end = end;
		this.#messages.end(() => new WebSocketDisconnect(end.code, end.reason));
		this.#resolveClosed(end);
	}

	async next(): Promise<Message> {
		const message = this.#messages.take();
		if (message !== undefined) {
			return message;
		}
		if (this.#end !== undefined) {
			throw new WebSocketDisconnect(this.#end.code, this.#end.reason);
		}
		return this.#messages.wait();
	}
}
