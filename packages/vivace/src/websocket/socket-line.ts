import { ClientGoneError } from "../errors/client-gone.ts";
import { WebSocketDisconnect } from "../errors/web-socket-errors.ts";
import type { Request } from "../http/request.ts";
import type { HeadersInit } from "../http/response-headers.ts";
import type {
	SharedMessage,
	SocketConnection,
	SocketEvents,
	SocketHead,
} from "../http/upgrade.ts";
import { Inbox, lastTurn, type Message, type Turn } from "./inbox.ts";
import { tellLost, unlessGone } from "./lost-messages.ts";
import { endOfLoop } from "./message-loop.ts";
import { Outlet } from "./outlet.ts";
import { preferredOf } from "./preferred-subprotocol.ts";
import type { ResolvedSocketLimits } from "./socket-limits.ts";

/** The route of a {@link SocketLine}, as far as that needs it. */
export interface LineSetup {
	/** How messages name it: `WS /rooms/{room}`. */
	readonly where: string;
	readonly limits: ResolvedSocketLimits;
	/** Those that the handler speaks, the one that it likes most first. */
	readonly subprotocols: readonly string[];
	/** The answer to its handshakes, where that has neither a subprotocol nor headers: one for all of them. */
	readonly plainHead: SocketHead;
	/** Takes a line for whoever runs the app. */
	readonly warn: (line: string) => void;
}

type Lines = readonly (readonly [name: string, value: string])[];

/**
 * Makes the header lines of the 101 when it is about to leave: those given, and those that dependencies and the like have set. A promise only where
 * something is to be waited for.
 */
export type HeaderLines = (
	own: HeadersInit | undefined,
) => Lines | Promise<Lines>;

/** The answer to the handshake, as the program wants it. */
export interface LineHead {
	readonly subprotocol?: string;
	readonly headers?: HeadersInit;
}

/** How long a client may take to answer a close frame; then its connection is cut. */
const closingMs = 10_000;

/** A promise of its own takes 100 bytes of each socket. */
const accepted = Promise.resolve();

/** The state of a socket: from the handshake, which it answers when it is first used, to the end of the connection. */
export class SocketLine extends Outlet<LineSetup> implements SocketEvents {
	/** The subprotocol that was agreed on. */
	subprotocol: string | undefined;
	readonly #request: Request;
	/** Until the handshake is answered. */
	#headerLines: HeaderLines | undefined;
	readonly #inbox: Inbox;
	/** Called when the connection is over, by who waits for that. */
	#onOver: (() => void) | undefined;
	#accepting: Promise<void> | undefined;
	/** Why nothing comes or goes any more. */
	#end: { readonly code: number; readonly reason: string } | undefined;
	#isPaused = false;
	/** True when the program has closed it, rather than the client or the server. */
	#isOwnEnd = false;
	/** True when the connection is over. */
	#isOver = false;
	#closing: NodeJS.Timeout | undefined;
	#idle: NodeJS.Timeout | undefined;

	constructor(request: Request, setup: LineSetup, headerLines: HeaderLines) {
		super(setup);
		this.#request = request;
		this.#headerLines = headerLines;
		this.#inbox = new Inbox(setup.limits.messageBytes);
	}

	get isClosed(): boolean {
		return this.#end !== undefined;
	}

	/** True when the program has closed it before it was accepted. */
	get isRefused(): boolean {
		return this.#isOwnEnd && !this.isAccepted;
	}

	/** Answers the handshake. */
	async accept(head: LineHead): Promise<void> {
		if (this.#accepting !== undefined || this.#end !== undefined) {
			throw new TypeError(
				`${this.setup.where}: accept() was called twice, or after the first message or close(); call it once, before them.`,
			);
		}
		this.#accepting = this.#begun(head);
		return this.#accepting;
	}

	/** True when it was accepted, also if it is closed by now; waits for an `accept()` that nobody has waited for. */
	async opened(): Promise<boolean> {
		await this.#accepting?.catch(() => {}); // who called accept() has been told
		return this.isAccepted;
	}

	/** The next message, in the order in which they were sent. */
	next(): Promise<Message> {
		const opening = this.#ready();
		if (opening !== undefined) {
			return opening.then(() => this.next());
		}
		const message = this.#taken();
		if (message !== undefined) {
			return Promise.resolve(message);
		}
		return this.#end === undefined
			? this.#inbox.wait()
			: Promise.reject(this.#disconnect());
	}

	/** The next turn of a loop over the messages: {@link SocketLine.next}, which ends where that would throw a `WebSocketDisconnect`. */
	nextTurn(): Promise<Turn> {
		const opening = this.#ready();
		if (opening !== undefined) {
			return opening.then(() => this.nextTurn(), endOfLoop);
		}
		this.leaveLoop();
		const message = this.#taken();
		if (message !== undefined) {
			return Promise.resolve(this.#inbox.turnOf(message));
		}
		return this.#end === undefined
			? this.#inbox.waitForTurn()
			: Promise.resolve(lastTurn);
	}

	/** The turn before lets its message go. */
	leaveLoop(): void {
		this.#inbox.letGo();
	}

	#taken(): Message | undefined {
		const message = this.#inbox.take();
		if (message !== undefined && this.#isPaused) {
			this.#readOrRest();
		}
		return message;
	}

	send(message: Message): Promise<void> {
		if (this.#end !== undefined) {
			if (this.#isOwnEnd) {
				tellLost(this.setup);
			}
			return unlessGone(Promise.reject(this.#disconnect()));
		}
		if (!this.isAccepted) {
			const opening = this.#ready();
			return opening === undefined
				? this.send(message)
				: unlessGone(opening.then(() => this.send(message)));
		}
		this.#idle?.refresh();
		return this.hand(message);
	}

	/** As {@link SocketLine.send}; what is closed gets nothing. Gives a promise only where something is to be waited for. */
	sendShared(message: SharedMessage): Promise<void> | undefined {
		if (this.#end !== undefined) {
			return undefined;
		}
		if (!this.isAccepted) {
			const opening = this.#ready();
			return opening === undefined
				? this.sendShared(message)
				: opening.then(() => this.sendShared(message));
		}
		this.#idle?.refresh();
		return this.handShared(message);
	}

	/** Before it is accepted it never will be. */
	async close(code: number, reason: string): Promise<void> {
		this.#isOwnEnd ||= this.#end === undefined;
		if (this.#accepting === undefined) {
			this.#end ??= { code, reason };
			this.#isOver = true;
			return;
		}
		await this.#accepting;
		this.#shut(code, reason);
	}

	/** Closes what is open, and waits for the client's answer. */
	async finish(code: number, reason: string): Promise<void> {
		if (await this.opened()) {
			this.#shut(code, reason);
			if (!this.#isOver) {
				await new Promise<void>((resolve) => {
					this.#onOver = resolve;
				});
			}
		}
	}

	message(message: Message): void {
		if (this.#end === undefined) {
			this.#idle?.refresh();
			if (this.#inbox.put(message)) {
				this.#readOrRest();
			}
		}
	}

	closed(code: number, reason: string): void {
		this.#isOver = true;
		this.#end ??= { code, reason };
		clearTimeout(this.#closing);
		clearTimeout(this.#idle);
		this.#tellEnd();
		this.#onOver?.();
	}

	shutdown(): void {
		this.#shut(1012, "the server is about to stop", true);
	}

	/** The client takes too little of what it is sent. */
	giveUp(): void {
		this.#shut(1013, "the client reads too slowly");
	}

	/** Answers the handshake, at once where nothing is to be waited for: most are, and take no promises then. */
	#begun(head: LineHead): Promise<void> {
		try {
			return this.#accept(head) ?? accepted;
		} catch (error) {
			return Promise.reject(error);
		}
	}

	#accept({ subprotocol, headers }: LineHead): Promise<void> | undefined {
		const chosen =
			subprotocol ?? preferredOf(this.#request, this.setup.subprotocols);
		const lines = this.#headerLines?.(headers) ?? [];
		return lines instanceof Promise
			? this.#connectLater(chosen, lines)
			: this.#connect(chosen, lines);
	}

	/** A function of its own: one that makes closures takes memory for their variables also where it makes none. */
	async #connectLater(
		subprotocol: string | undefined,
		headers: Promise<Lines>,
	): Promise<void> {
		await this.#connect(subprotocol, await headers);
	}

	#connect(
		subprotocol: string | undefined,
		headers: Lines,
	): Promise<void> | undefined {
		this.#headerLines = undefined;
		try {
			const connection = this.#upgraded(subprotocol, headers);
			if (connection instanceof Promise) {
				return this.#openLater(connection, subprotocol);
			}
			this.#open(connection, subprotocol);
			return undefined;
		} catch (error) {
			throw this.#lost(error);
		}
	}

	async #openLater(
		connection: Promise<SocketConnection>,
		subprotocol: string | undefined,
	): Promise<void> {
		let made: SocketConnection;
		try {
			made = await connection;
		} catch (error) {
			throw this.#lost(error);
		}
		this.#open(made, subprotocol);
	}

	/** The handshake could not be answered. */
	#lost(error: unknown): unknown {
		this.#end ??= { code: 1006, reason: "" };
		this.#isOver = true;
		return error instanceof ClientGoneError ? this.#disconnect() : error;
	}

	#open(connection: SocketConnection, subprotocol: string | undefined): void {
		this.connect(connection);
		this.subprotocol = subprotocol;
		this.#accepting = accepted;
		if (this.#end !== undefined) {
			this.#takeLeave(); // the server has begun to stop meanwhile
			return;
		}
		this.#readOrRest();
		const { idleMs } = this.setup.limits;
		if (idleMs > 0) {
			const close = () => this.#shut(1001, "idle");
			this.#idle = setTimeout(close, idleMs).unref();
		}
	}

	#upgraded(
		subprotocol: string | undefined,
		headers: Lines,
	): SocketConnection | Promise<SocketConnection> {
		const { plainHead } = this.setup;
		const { upgrade } = this.#request.source;
		if (upgrade === undefined) {
			throw new TypeError("this request asks for no socket");
		}
		const isPlain = subprotocol === undefined && headers.length === 0;
		const head = isPlain ? plainHead : { ...plainHead, subprotocol, headers };
		return upgrade.accept(head, this);
	}

	/** @param keepsMessages true when those that were received before are still given */
	#shut(code: number, reason: string, keepsMessages = false): void {
		if (this.#end !== undefined) {
			return;
		}
		this.#end = { code, reason };
		clearTimeout(this.#idle);
		if (!keepsMessages) {
			this.#inbox.clear();
		}
		this.#takeLeave();
		this.#tellEnd();
	}

	#takeLeave(): void {
		if (!this.isAccepted || !this.#end || this.#isOver) {
			return;
		}
		this.sendClose(this.#end.code, this.#end.reason);
		this.#isPaused = false;
		const cut = () => this.cut();
		this.#closing = setTimeout(cut, closingMs).unref();
	}

	#tellEnd(): void {
		const error = () => this.#disconnect();
		this.#inbox.end(error);
		this.endSending(error);
	}

	#disconnect(): WebSocketDisconnect {
		return new WebSocketDisconnect(this.#end?.code, this.#end?.reason);
	}

	/** Accepts it, if nobody has; `undefined` when that is done. */
	#ready(): Promise<void> | undefined {
		if (this.isAccepted) {
			return undefined;
		}
		if (this.#end !== undefined) {
			return Promise.reject(this.#disconnect());
		}
		this.#accepting ??= this.#begun({});
		return this.isAccepted ? undefined : this.#accepting;
	}

	/** A client that sends more than is asked for waits. */
	#readOrRest(): void {
		const { isFull } = this.#inbox;
		if (!this.isAccepted || isFull === this.#isPaused) {
			return;
		}
		this.#isPaused = isFull;
		if (isFull) {
			this.pause();
		} else {
			this.resume();
		}
	}
}
