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

/** The socket of an {@link Outlet}. */
export interface OutletOwner {
	/** Closes the socket, whose client is too slow. */
	giveUp(): void;
}

/** Who sends without waiting is let go on for so many times of what may wait. */
const patience = 16;

const sent: Promise<void> = Promise.resolve();

/** The way of messages out of a socket, as fast as its client takes them. */
export class Outlet {
	dropped = 0;
	readonly #connection: SocketConnection;
	readonly #setup: OutletSetup;
	readonly #owner: OutletOwner;
	/** True while more than may waits to be sent. */
	#isSlow = false;
	/** Those who wait until less waits to be sent; most sockets never have any. */
	#waiters: PromiseWithResolvers<void>[] | undefined;

	constructor(
		connection: SocketConnection,
		setup: OutletSetup,
		owner: OutletOwner,
	) {
		this.#connection = connection;
		this.#setup = setup;
		this.#owner = owner;
	}

	/** Resolves when the next message may be sent. */
	send(message: Message): Promise<void> {
		return this.#isDropping
			? sent
			: (this.#follow(this.#connection.send(message)) ?? sent);
	}

	/** Gives a promise only where the next message may not be sent at once. */
	sendShared(message: SharedMessage): Promise<void> | undefined {
		if (this.#isDropping) {
			return undefined;
		}
		const connection = this.#connection;
		const waitingBytes =
			connection.sendShared === undefined
				? connection.send(message.data)
				: connection.sendShared(message);
		return this.#follow(waitingBytes);
	}

	/** Counts the message that is not to be sent, if so. */
	get #isDropping(): boolean {
		const isDropping = this.#isSlow && this.#setup.limits.onSlow === "drop";
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
		const { limits } = this.#setup;
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
	end(error: () => WebSocketDisconnect): void {
		const waiters = this.#waiters;
		this.#waiters = undefined;
		for (const { promise, reject } of waiters ?? []) {
			promise.catch(() => {}); // who did not wait for it did not want to know
			reject(error());
		}
	}

	close(code: number, reason: string): void {
		this.#connection.resume(); // the client's answer is behind what it has sent before
		this.#connection.close(code, fittingReason(reason));
	}

	terminate(): void {
		this.#connection.terminate();
	}

	pause(): void {
		this.#connection.pause();
	}

	resume(): void {
		this.#connection.resume();
	}

	#assertPatience(waitingBytes: number, waiterCount: number): void {
		const { where, limits, warn } = this.#setup;
		if (limits.onSlow === "close") {
			this.#owner.giveUp();
		} else if (
			waitingBytes > patience * limits.bufferBytes &&
			waiterCount > 1
		) {
			warn(
				`${where}: ${waitingBytes} bytes wait for a slow client, for nobody waits until they are sent; the socket was closed with 1013. Write "await socket.send(…)", or let its limits say onSlow: "drop" or "close".`,
			);
			this.#owner.giveUp();
		}
	}
}
