import type { SocketUpgrade } from "./upgrade.ts";

/** The address at the other end of the connection. */
export interface ClientAddress {
	readonly host: string;
	readonly port: number;
}

/** A handler of `node:http`, such as an Express app. */
export type NodeHandler = (incoming: never, outgoing: never) => unknown;

/** The port of a {@link Request} to the server that received it. Each server (and the test client) implements it. */
export interface RequestSource {
	/** Upper case, as sent: `GET`. */
	readonly method: string;
	/** Path and query as they stand in the request line: `/items/a%20b?q=1`. */
	readonly target: string;
	/** The scheme that the client used, as far as the server knows. */
	readonly scheme: "http" | "https";
	readonly client: ClientAddress | undefined;
	/** `1.1` or `1.0`; `undefined` where the server does not know it. */
	readonly httpVersion?: string | undefined;
	/**
	 * Aborted when the client goes away before the response has been sent, or with reason `"shutdown"` when the server stops.
	 * Made at the first reading.
	 */
	readonly signal: AbortSignal;
	/**
	 * Lets a handler of `node:http` send the answer, on a server that has such: called when the app's response would be sent, whose
	 * headers it finds set; its status and body do not count.
	 *
	 * @param target path and query as the handler shall see them
	 */
	readonly takeOver?:
		| ((handler: NodeHandler, target: string) => void)
		| undefined;
	/** The status of the answer that a handler of `node:http` has sent, where one has. */
	readonly sentStatus?: number | undefined;
	/** There when the request is the handshake of a socket (RFC 6455 §4.2.1). */
	readonly upgrade?: SocketUpgrade | undefined;
	/** Hears of an error that nothing has answered; the client gets a 500 all the same. */
	readonly onUnhandledError?: ((error: unknown) => void) | undefined;
	/**
	 * The value of a header by its lower-case name; several of the same name are joined with `", "`, those of `cookie` with
	 * `"; "` (RFC 9113 §8.2.3).
	 */
	header(name: string): string | undefined;
	/** All headers in the order received, names in lower case; repeated ones stay apart. */
	headerEntries(): Iterable<readonly [string, string]>;
	/**
	 * Reads the whole body; called once at most, and never beside {@link RequestSource.bodyChunks}. See `BodyCollector`.
	 *
	 * @throws BodyTooLargeError (413) as soon as more than `limitBytes` are announced or received
	 */
	readBody(limitBytes: number): Promise<Uint8Array>;
	/** The body in the pieces in which it arrives; honours back-pressure. Called once at most. */
	bodyChunks(): AsyncIterable<Uint8Array>;
}
