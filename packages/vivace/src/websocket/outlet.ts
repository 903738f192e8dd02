import type { WebSocketDisconnect } from "../errors/web-socket-errors.ts";
import type { SharedMessage, SocketConnection } from "../http/upgrade.ts";
import type { Message } from "./inbox.ts";
import type { ResolvedSocketLimits } from "./socket-limits.ts";
import { fittingReason } from "./typed-messages.ts";

/** The route of an {@link Outlet}, as far as that needs it. */
export interface OutletSetup {
	readonly where: string;
	readonly limits: ResolvedSocketLimits;
	readonly warn: (line: string) => void;
}

/** Who sends without waiting is let go on for so many times of what may wait. */
const patience = 16;

const sent: Promise<void> = Promise.resolve();

/**
 * The way of messages out of a socket, as fast as its client takes them. A part of the socket rather than an object beside it: a message to many goes through the
 * objects of each, and waits for the memory of each.
 */
export abstract class Outlet<Setup extends OutletSetup> {
	/** Once the handshake was answered. */
	#connection: SocketConnection | undefined;
	/** True while more than may waits to be sent. */
	#isSlow = false;
	protected readonly setup: Setup;
	/** Those who wait until less waits to be sent; most sockets never have any. */
	#waiters: PromiseWithResolvers<void>[] | undefined;
	dropped = 0;

	constructor(setup: Setup) {
		this.setup = setup;
	}

	/** Closes the socket, whose client is too slow. */
	abstract giveUp(): void;

	get isAccepted(): boolean {
		return this.#connection !== undefined;
	}

	protected connect(connection: SocketConnection): void {
		this.#connection = connection;
	}

	/** Resolves when the next message may be sent. */
	protected hand(message: Message): Promise<void> {
		const connection = this.#connection;
		return connection === undefined || this.#isDropping
			? sent
			: (this.#follow(connection.send(message)) ?? sent);
	}

	/** Gives a promise only where the next message may not be sent at once. */
	protected handShared(message: SharedMessage): Promise<void> | undefined {
		const connection = this.#connection;
		if (connection === undefined || this.#isDropping) {
			return undefined;
		}
		const waitingBytes =
			connection.sendShared === undefined
				? connection.send(message.data)
				: connection.sendShared(message);
		return this.#follow(waitingBytes);
	}

	/** Counts the message that is not to be sent, if so. */
	get #isDropping(): boolean {
		const isDropping = this.#isSlow && this.setup.limits.onSlow === "drop";
		if (isDropping) {
			this.dropped++;
		}
		return isDropping;
	}

	/** Follows a message, after which so much waits to be sent. */
	#follow(waitingBytes: number): Promise<void> | undefined {
		if (waitingBytes === 0) {
			return undefined; // as most
		}
		const { limits } = this.setup;
		if (waitingBytes <= limits.bufferBytes) {
			return undefined;
		}
		this.#isSlow = true;
		if (limits.onSlow === "drop") {
			return undefined;
		}
		const waiter = Promise.withResolvers<void>();
		this.#waiters ??= [];
		this.#waiters.push(waiter);
		this.#assertPatience(waitingBytes, this.#waiters.length);
		return waiter.promise;
	}

	/** Little enough waits. */
	drained(): void {
		this.#isSlow = false;
		const waiters = this.#waiters;
		this.#waiters = undefined;
		for (const { resolve } of waiters ?? []) {
			resolve();
		}
	}

	/** Nothing is sent any more: tells those who wait. */
	protected endSending(error: () => WebSocketDisconnect): void {
		const waiters = this.#waiters;
		this.#waiters = undefined;
		for (const { promise, reject } of waiters ?? []) {
			promise.catch(() => {}); // who did not wait for it did not want to know
			reject(error());
		}
	}

	protected sendClose(code: number, reason: string): void {
		this.resume(); // the client's answer is behind what it has sent before
		this.#connection?.close(code, fittingReason(reason));
	}

	protected cut(): void {
		this.#connection?.terminate();
	}

	protected pause(): void {
		this.#connection?.pause();
	}

	protected resume(): void {
		this.#connection?.resume();
	}

	#assertPatience(waitingBytes: number, waiterCount: number): void {
		const { where, limits, warn } = this.setup;
		if (limits.onSlow === "close") {
			this.giveUp();
		} else if (
			waitingBytes > patience * limits.bufferBytes &&
			waiterCount > 1
		) {
			warn(
				`${where}: ${waitingBytes} bytes wait for a slow client, for nobody waits until they are sent; the socket was closed with 1013. Write "await socket.send(…)", or let its limits say onSlow: "drop" or "close".`,
			);
			this.giveUp();
		}
	}
}
