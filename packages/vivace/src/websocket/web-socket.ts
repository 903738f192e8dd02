import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";
import type { ErrorDetail } from "../errors/validation-error.ts";
import { assertCloseCode } from "../errors/web-socket-errors.ts";
import type { Request } from "../http/request.ts";
import type { HeadersInit } from "../http/response-headers.ts";
import { isToken } from "../http/token.ts";
import type { SharedMessage } from "../http/upgrade.ts";
import { encodeJson } from "../json/encode.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { assertSchema } from "../schema/standard-schema.ts";
import { assertRecipients, sendToAll } from "./broadcast.ts";
import { tellForeignMembers } from "./foreign-members.ts";
import { unlessGone } from "./lost-messages.ts";
import { type LoopSource, MessageLoop, ReadLoop } from "./message-loop.ts";
import { type HeaderLines, type LineSetup, SocketLine } from "./socket-line.ts";
import {
	asMessage,
	bytesOf,
	compileReader,
	jsonOf,
	type ReadMessage,
	textOf,
	type WriteMessage,
	wrongMessage,
} from "./typed-messages.ts";

/** The treatment of a message that doesn't fit its schema. */
export type OnInvalid = "close" | "report";

/** A socket's route, as the socket knows it. */
export interface SocketSetup extends LineSetup {
	readonly read: ReadMessage | undefined;
	readonly write: WriteMessage | undefined;
	readonly onInvalid: OnInvalid;
}

/** Options of {@link WebSocket.accept}. */
export interface AcceptOptions {
	/** Default: the first of the route's `subprotocols` that the client offers, or none. */
	readonly subprotocol?: string;
	/** Headers of the 101 response, in addition to those that dependencies set on their `Response`. Default: none. */
	readonly headers?: HeadersInit;
}

const acceptRules: OptionRules<AcceptOptions> = {
	subprotocol: (value) =>
		isToken(value) ? undefined : 'a token such as "chat.v2" (RFC 6455 §4.1)',
	headers: "any", // ResponseHeaders
};

/** Options of {@link WebSocket.messages}. */
export interface MessagesOptions {
	/**
	 * `"close"`: an invalid message is a `WebSocketException` with the code 1007, whose `cause.errors` are its problems. `"report"`: the
	 * client gets `{"detail": […]}`, and the next message is awaited. Default: the route's `onInvalid`, `"close"`.
	 */
	readonly onInvalid?: OnInvalid;
}

const messagesRules: OptionRules<MessagesOptions> = {
	onInvalid: ["close", "report"],
};

/** The socket that a request has become, or is about to. */
export function socketOf(request: Request): WebSocket | undefined {
	return request.exchange.become as WebSocket | undefined; // nothing else is put there
}

/**
 * A WebSocket in its handler: the request of the handshake, the messages, the end. It is accepted by `accept()`, or by the first message
 * that you send or wait for; an error before that is an HTTP response. In a loop it yields messages until the client leaves or the server
 * stops. After that, every call throws a `WebSocketDisconnect`, which you need not catch.
 *
 * @typeParam Received what a message is: by the route's `receives`, else text or bytes
 * @typeParam Sent what `send` takes: by the route's `sends`, else anything that is JSON, texts and bytes as they are
 * @typeParam State the type of `request.state`
 *
 * A set of the sockets of routes with `receives` is a `Set<WebSocket<unknown, Sent>>`: a `WebSocket` alone receives texts and bytes.
 * @example
 * ```ts
 * import { App } from "vivace";
 *
 * const app = new App();
 * app.websocket("/echo", async (_values, socket) => {
 * 	for await (const message of socket) {
 * 		await socket.send(message);
 * 	}
 * });
 * ```
 * @see FastAPI, "WebSockets"
 */
export class WebSocket<
	Received = string | Uint8Array,
	Sent = unknown,
	State = Readonly<Record<string, unknown>>,
> implements AsyncIterable<Received>
{
	/** @internal */
	static readonly "~place" = "socket";
	/** Its type in a record of parameters: the messages are texts and bytes. The type alone, there is none at run time. */
	declare static readonly "~instance": WebSocket;
	/** The request of the handshake: its path, headers, cookies, client. */
	readonly request: Request<State>;
	readonly #setup: SocketSetup;
	readonly #line: SocketLine;

	static {
		tellForeignMembers(WebSocket.prototype);
	}

	/** @internal */
	constructor(
		request: Request<State>,
		setup: SocketSetup,
		headerLines: HeaderLines,
	) {
		this.request = request;
		this.#setup = setup;
		const plain = request as Request; // the type of its state is the program's
		this.#line = new SocketLine(plain, setup, headerLines);
		request.exchange.become = this;
	}

	/**
	 * Sends a value to many sockets, like `send`. The value is encoded and framed once, and sent to all sockets before slow ones are
	 * awaited (`onSlow: "wait"`). Closed sockets are skipped.
	 *
	 * @throws as {@link WebSocket.send}, but not for closed sockets
	 * @example
	 * ```ts
	 * import { App, WebSocket } from "vivace";
	 *
	 * const app = new App();
	 * const room = new Set<WebSocket>();
	 * app.websocket("/chat", async (_values, socket) => {
	 * 	await socket.accept();
	 * 	room.add(socket);
	 * 	try {
	 * 		for await (const message of socket) {
	 * 			await WebSocket.broadcast(room, message);
	 * 		}
	 * 	} finally {
	 * 		room.delete(socket);
	 * 	}
	 * });
	 * ```
	 */
	static async broadcast<Sent>(
		sockets: Iterable<WebSocket<unknown, Sent, unknown>>,
		value: Sent,
	): Promise<void> {
		assertRecipients(sockets);
		return sendToAll(sockets, value);
	}

	/** Called for a record in which the class stands. */
	static "~provide"({ request }: { readonly request: Request }): WebSocket {
		return socketOf(request) as WebSocket; // the graph has refused it where there is none
	}

	/** Aborted when the socket is closed by either side, and with reason `"shutdown"` when the server stops. */
	get signal(): AbortSignal {
		return this.request.signal;
	}

	/** The subprotocol that was agreed on; `undefined` before the socket is accepted, or where none was. */
	get subprotocol(): string | undefined {
		return this.#line.subprotocol;
	}

	/** How many messages were not sent because the client is slow (`onSlow: "drop"`). */
	get dropped(): number {
		return this.#line.dropped;
	}

	/** True once the handshake has been answered with 101. */
	get isAccepted(): boolean {
		return this.#line.isAccepted;
	}

	/** True when no message can be sent or received any more. */
	get isClosed(): boolean {
		return this.#line.isClosed;
	}

	/**
	 * Accepts the handshake. Without it the first `send…` or `receive…` does so.
	 *
	 * @throws TypeError when it was accepted or closed before, or for a header that can't be sent; SetupError for a subprotocol that is no token
	 * @throws WebSocketDisconnect when the client has disconnected
	 */
	accept(options: AcceptOptions = {}): Promise<void> {
		return unlessGone(this.#accept(options));
	}

	/**
	 * The next message: parsed by the route's `receives`, otherwise a string or bytes.
	 *
	 * @throws WebSocketDisconnect when the socket is closed and all messages have been read
	 * @throws WebSocketException 1007 for a message that doesn't fit `receives`
	 */
	receive(): Promise<Received> {
		const { read, onInvalid } = this.#setup;
		const received =
			read === undefined ? this.#line.next() : this.#read(read, onInvalid);
		return received as Promise<Received>; // the route's types say so
	}

	/** The next message, which must be a text. @throws WebSocketException 1003 for bytes; as {@link WebSocket.receive} */
	receiveText(): Promise<string> {
		return this.#line.next().then(textOf);
	}

	/** The next message, which must be bytes. @throws WebSocketException 1003 for a text; as {@link WebSocket.receive} */
	receiveBytes(): Promise<Uint8Array> {
		return this.#line.next().then(bytesOf);
	}

	/** The next message as JSON, not validated. @throws WebSocketException 1007 for what is not JSON; as {@link WebSocket.receive} */
	receiveJson(): Promise<unknown> {
		return this.#line.next().then(jsonOf);
	}

	/**
	 * The messages until the socket is closed. Several loops share them. Who calls `next()` by hand keeps the value, not the turn: a turn
	 * that was read gives a TypeError once the next is asked for.
	 *
	 * @throws as {@link WebSocket.receive}, but for the end
	 */
	[Symbol.asyncIterator](): AsyncIterator<Received, undefined> {
		const loop =
			this.#setup.read === undefined ? this.#line : new ReadLoop(this);
		return new MessageLoop(loop as LoopSource<Received>); // as receive()
	}

	/**
	 * The messages until the socket is closed, parsed and validated by a schema like a JSON body: text, or bytes of UTF-8.
	 *
	 * @throws WebSocketException 1007 for a message that doesn't fit, with `onInvalid: "close"`
	 */
	messages<Schema extends StandardSchemaV1>(
		schema: Schema,
		options: MessagesOptions = {},
	): AsyncIterable<StandardSchemaV1.InferOutput<Schema>> {
		assertSchema(`${this.#setup.where}: messages()`, schema);
		assertOptions(`${this.#setup.where}: messages()`, options, messagesRules);
		const read = compileReader(schema);
		const onInvalid = options.onInvalid ?? this.#setup.onInvalid;
		const receive = () =>
			this.#read(read, onInvalid) as Promise<
				StandardSchemaV1.InferOutput<Schema>
			>; // the schema has made it
		return {
			[Symbol.asyncIterator]: () => new MessageLoop(new ReadLoop({ receive })),
		};
	}

	/**
	 * Sends a value: with the route's `sends` as JSON; otherwise strings and bytes (`Uint8Array`, `ArrayBuffer`) unchanged, and anything else as JSON. The promise
	 * resolves at once while the client keeps up; see `onSlow` for a slow client.
	 *
	 * @throws WebSocketDisconnect when the socket is closed
	 * @throws ResponseValidationError for a value that `sends` refuses; TypeError for a value that isn't JSON
	 */
	send(value: Sent): Promise<void> {
		const { write } = this.#setup;
		if (write !== undefined) {
			return this.#sendWritten(write, value);
		}
		const message = asMessage(value);
		return message === undefined
			? this.sendJson(value)
			: this.#line.send(message);
	}

	/** Sends a text as it is. @throws WebSocketDisconnect */
	sendText(text: string): Promise<void> {
		return typeof text === "string"
			? this.#line.send(text)
			: this.#refuse(
					`sendText() expected a string, got ${typeof text}; sendJson() sends other values.`,
				);
	}

	/** Sends bytes, which must not be changed before the promise has resolved. @throws WebSocketDisconnect */
	sendBytes(bytes: Uint8Array): Promise<void> {
		return bytes instanceof Uint8Array
			? this.#line.send(bytes)
			: this.#refuse(`sendBytes() expected a Uint8Array, got ${typeof bytes}.`);
	}

	/** Sends a value as compact JSON, in a text. @throws WebSocketDisconnect; TypeError for what is not JSON */
	sendJson(value: unknown): Promise<void> {
		let text: string;
		try {
			text = encodeJson(value);
		} catch (error) {
			return Promise.reject(error);
		}
		return this.#line.send(text);
	}

	/**
	 * Closes the socket, after the messages that were sent before. If it isn't accepted yet, the handshake is refused with 403. On a
	 * closed socket it does nothing. It doesn't wait for the client.
	 *
	 * @param reason at most 123 bytes of it are sent
	 * @throws RangeError for a code that can't be sent
	 */
	async close(code = 1000, reason = ""): Promise<void> {
		const where = `${this.#setup.where}: close()`;
		assertCloseCode(where, code);
		assertArgument(where, "reason", reason, "text");
		return this.#line.close(code, reason);
	}

	/** @internal True when the program has closed it instead of accepting it. */
	get isRefused(): boolean {
		return this.#line.isRefused;
	}

	/** @internal See {@link sendToAll}. */
	get writer(): WriteMessage | undefined {
		return this.#setup.write;
	}

	/** @internal */
	sendShared(message: SharedMessage): Promise<void> | undefined {
		return this.#line.sendShared(message);
	}

	/** @internal True when it was accepted, also if it is closed by now; waits for an `accept()` that nobody has waited for. */
	opened(): Promise<boolean> {
		return this.#line.opened();
	}

	/** @internal The endpoint is over: closes what is open, and waits for the client's answer. */
	finish(code: number, reason = ""): Promise<void> {
		return this.#line.finish(code, reason);
	}

	async #accept(options: AcceptOptions): Promise<void> {
		assertOptions(`${this.#setup.where}: accept()`, options, acceptRules);
		return this.#line.accept(options);
	}

	#sendWritten(write: WriteMessage, value: Sent): Promise<void> {
		let message: string | Promise<string>;
		try {
			message = write(value);
		} catch (error) {
			return Promise.reject(error);
		}
		return message instanceof Promise
			? unlessGone(message.then((text) => this.#line.send(text)))
			: this.#line.send(message);
	}

	/** By callbacks: an async function would be held as long as nothing comes. */
	#read(read: ReadMessage, onInvalid: OnInvalid): Promise<unknown> {
		const take = ({ errors, value }: Parsed): unknown =>
			errors === undefined ? value : this.#readOn(errors, read, onInvalid);
		return this.#line.next().then((message) => {
			const parsed = read(message);
			return parsed instanceof Promise ? parsed.then(take) : take(parsed);
		});
	}

	/** Goes on behind a message that does not fit. */
	async #readOn(
		errors: readonly ErrorDetail[],
		read: ReadMessage,
		onInvalid: OnInvalid,
	): Promise<unknown> {
		let wrong = errors;
		for (;;) {
			if (onInvalid === "close") {
				throw wrongMessage(wrong);
			}
			await this.sendJson({ detail: wrong });
			const parsed = await read(await this.#line.next());
			if (parsed.errors === undefined) {
				return parsed.value;
			}
			wrong = parsed.errors;
		}
	}

	#refuse(problem: string): Promise<never> {
		return Promise.reject(new TypeError(`${this.#setup.where}: ${problem}`));
	}
}
