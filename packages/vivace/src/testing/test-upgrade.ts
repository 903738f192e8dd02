import { ClientGoneError } from "../errors/client-gone.ts";
import { WebSocketDisconnect } from "../errors/web-socket-errors.ts";
import type {
	SocketConnection,
	SocketEvents,
	SocketHead,
	SocketUpgrade,
} from "../http/upgrade.ts";
import { nextTurn } from "./real-timers.ts";

/** The client's end of a socket in process. */
export interface ClientEnd {
	/** The handshake was answered with 101. */
	opened(head: SocketHead): void;
	message(data: string | Uint8Array): void;
	closed(code: number, reason: string): void;
}

/** A socket without a network: what one end sends, the other has a moment later, in order. */
export class TestUpgrade implements SocketUpgrade, SocketConnection {
	readonly #client: ClientEnd;
	readonly #abort: AbortController;
	#events: SocketEvents | undefined;
	#messageBytes = 0;
	#isClosed = false;
	#isPaused = false;
	/** The messages that the client has sent and nobody has read. */
	readonly #sent: (string | Uint8Array)[] = [];
	#onResumed: PromiseWithResolvers<void> | undefined;
	/** The size of those that the client has not read. */
	#waitingBytes = 0;

	/** @param abort that of the request's signal */
	constructor(client: ClientEnd, abort: AbortController) {
		this.#client = client;
		this.#abort = abort;
	}

	async accept(
		head: SocketHead,
		events: SocketEvents,
	): Promise<SocketConnection> {
		if (this.#isClosed) {
			throw new ClientGoneError();
		}
		this.#events = events;
		this.#messageBytes = head.messageBytes;
		// when the handler has gone on to where it waits
		void nextTurn().then(() => this.#client.opened(head));
		return this;
	}

	send(data: string | Uint8Array): number {
		if (this.#isClosed) {
			return 0;
		}
		// the app may go on writing into its bytes
		const message = typeof data === "string" ? data : new Uint8Array(data);
		this.#waitingBytes += sizeOf(message);
		queueMicrotask(() => this.#client.message(message));
		return this.#waitingBytes;
	}

	/** The client has read a message. */
	taken(message: string | Uint8Array): void {
		this.#waitingBytes -= sizeOf(message);
		if (this.#waitingBytes === 0) {
			this.#events?.drained();
		}
	}

	/** The app closes it; a client answers that at once. */
	close(code: number, reason: string): void {
		this.end(code, reason);
	}

	terminate(): void {
		this.end(1006, "");
	}

	pause(): void {
		this.#isPaused = true;
	}

	resume(): void {
		this.#isPaused = false;
		while (!this.#isPaused) {
			const message = this.#sent.shift();
			if (message === undefined) {
				break;
			}
			this.#deliver(message);
		}
		if (!this.#isPaused) {
			this.#onResumed?.resolve();
			this.#onResumed = undefined;
		}
	}

	/** A message of the client's; resolves when the app reads on. */
	async receive(message: string | Uint8Array): Promise<void> {
		await Promise.resolve(); // not while the client's call is still running
		if (this.#isPaused && !this.#isClosed) {
			this.#sent.push(message);
			this.#onResumed ??= Promise.withResolvers();
			return this.#onResumed.promise;
		}
		this.#deliver(message);
	}

	/** Both ends are told, and what was sent before is still read. */
	end(code: number, reason: string): void {
		if (this.#isClosed) {
			return;
		}
		this.#isClosed = true;
		queueMicrotask(() => {
			this.resume();
			this.#abort.abort(new WebSocketDisconnect(code, reason));
			this.#events?.closed(code, reason);
			this.#client.closed(code, reason);
		});
	}

	/** The app is about to stop. */
	shutdown(): void {
		this.#events?.shutdown();
		this.#abort.abort("shutdown");
	}

	#deliver(message: string | Uint8Array): void {
		if (sizeOf(message) > this.#messageBytes) {
			this.end(1009, "the message is too large");
			return;
		}
		this.#events?.message(message);
	}
}

function sizeOf(message: string | Uint8Array): number {
	return typeof message === "string"
		? Buffer.byteLength(message)
		: message.length;
}
