/** The answer to a socket's handshake. */
export interface SocketHead {
	/** Sent as it is, whether the client has offered it or not; `undefined`: none. */
	readonly subprotocol: string | undefined;
	/** Further header lines of the 101, names in lower case. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	/** The largest message that is taken, in bytes; a larger one closes the socket with 1009, before it is all in memory. */
	readonly messageBytes: number;
	/** True when messages may be compressed (RFC 7692), if the client offers it. */
	readonly isCompressed: boolean;
	/** How often the client is asked whether it is there, in milliseconds; `0`: never. */
	readonly pingMs: number;
	/** How long it has to answer; then the connection is cut, which is 1006. */
	readonly pongMs: number;
}

/** The news of a socket's connection, for the app. */
export interface SocketEvents {
	/** A whole message: a text, or bytes that are the app's own from now on. */
	message(data: string | Uint8Array): void;
	/**
	 * The connection is over; called exactly once, after the last message. The code is the client's, 1005 where it sent none, 1006 where
	 * the connection was lost.
	 */
	closed(code: number, reason: string): void;
	/** So little waits to be sent that a sender may go on; called after {@link SocketConnection.send} gave more than 0. */
	drained(): void;
	/** The server is about to stop: the app closes the socket with 1012. */
	shutdown(): void;
}

/** A message that goes to many sockets. */
export interface SharedMessage {
	readonly data: string | Uint8Array;
	/** As it stands on the wire, once a connection has made that. */
	frame: Uint8Array | undefined;
}

/** An open connection of a socket. No call throws; after `closed` all do nothing. */
export interface SocketConnection {
	/**
	 * Hands a message to the connection, whole and in order.
	 * @returns how many bytes wait to be sent, this message's among them; 0 when the operating system has all of it
	 */
	send(data: string | Uint8Array): number;
	/** The same for a message that goes to many. Default: {@link SocketConnection.send} of its data. */
	sendShared?(message: SharedMessage): number;
	/** Sends a close frame after what waits; nothing is sent after it. `closed` follows when the client has answered. */
	close(code: number, reason: string): void;
	/** Cuts the connection; `closed` follows. */
	terminate(): void;
	/** Stops reading: messages that are on their way may still come, and some more when the client is asked whether it is there. */
	pause(): void;
	resume(): void;
}

/** The way from a handshake to a socket, which a server's {@link RequestSource} has for a request that asks for one. */
export interface SocketUpgrade {
	/**
	 * Answers the handshake with 101; called once at most. Until then the request is one like any, and may be answered with a response.
	 * From `closed` on, and at a stop, the source's `signal` is aborted. Gives a promise only where something is to be waited for.
	 *
	 * @throws ClientGoneError when the client has gone meanwhile
	 */
	accept(
		head: SocketHead,
		events: SocketEvents,
	): SocketConnection | Promise<SocketConnection>;
}
