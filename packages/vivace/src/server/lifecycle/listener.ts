import type { AppPort } from "../../http/app-port.ts";
import type {
	ConnectionSource,
	InheritedSocket,
	ListenAddress,
} from "./connection-source.ts";
import type { ResolvedServeOptions } from "./serve-options.ts";
import type { ServerExchange } from "./server-exchange.ts";

/**
 * The HTTP server of a runtime. Everything else about serving, from the start of the app to the end of the process, is the same for all
 * and stands in `server/lifecycle`.
 */
export interface Engine {
	/**
	 * Makes a listener for an app that has yet to start; nothing is opened before {@link Listener.listen}.
	 *
	 * @param connections where they come from, if not from a listening socket of its own
	 * @param inherited that socket, where another process has opened it
	 * @throws SetupError `VIV_OPTION` for an option that only the engine can judge
	 */
	createListener(
		app: AppPort,
		options: ResolvedServeOptions,
		connections?: ConnectionSource,
		inherited?: InheritedSocket,
	): Listener;
}

/** A listening socket, its connections, and the requests that are being answered on them. */
export interface Listener {
	/** Resolves when it listens, with the address; rejects with the operating system's error. */
	listen(): Promise<ListenAddress>;
	/**
	 * Stops accepting connections, after those that the operating system has accepted already. From then on every answer is the last on its
	 * connection, bodies that never end by themselves are ended, and idle connections are closed.
	 *
	 * @param farewellMs how long idle connections may bring one more request
	 */
	stopListening(farewellMs: number, hurry: AbortSignal): Promise<void>;
	/** Set while the listener accepts still, and another is there already: every answer is the last on its connection. */
	isLeaving: boolean;
	/** Resolves when all requests have been answered and all connections are closed. */
	whenOver(): Promise<void>;
	/** Aborts the signals of the requests that are left and cuts all connections. */
	cut(): void;
	/** How many requests have come since the start. */
	readonly requestCount: number;
	/** The requests that are being answered, the oldest first. */
	openExchanges(): readonly ServerExchange[];
	/** How many of these are open sockets. */
	readonly socketCount: number;
	/** How many bodies did not end in time and were left behind. */
	readonly abandonedCount: number;
	/** Called when one is. */
	onAbandoned: (() => void) | undefined;
	/** Called when {@link Listener.socketCount} has changed. */
	onSockets: (() => void) | undefined;
}
