import type { Socket } from "node:net";

/** Hands over connections that another process has accepted. */
export interface ConnectionSource {
	/** Called when the app has started. From then on `accept` gets the connections; resolves to the address that they are made to. */
	open(accept: (connection: Socket) => void): Promise<ListenAddress>;
	/** Called when the server stops: when it has returned, or what it returned is resolved, no connection must come any more. */
	close(): void | Promise<void>;
	/**
	 * How long connections that have been used within the last second may bring one more request when the server stops, in milliseconds.
	 * Default: as long as those that are idle.
	 */
	readonly usedFarewellMs?: number;
	/** Called when the connections that were idle have been closed, soon after that: those that are left bring no new request. */
	onIdleClosed?(): void;
}

/** Where a listener listens. */
export interface ListenAddress {
	/** An address, the path of a Unix socket, or `fd:3`. */
	readonly address: string;
	/** 0 for a Unix socket. */
	readonly port: number;
}

/** A listening socket that another process has opened, and that this one has inherited, so that both have it. */
export interface InheritedSocket {
	/** Called when the app has started; resolves when the socket listens and this process is to accept connections. */
	open(): Promise<InheritedAddress>;
	/** Called when the server stops; resolves when others accept connections, or nobody any more. */
	close(): Promise<void>;
	/** Called when this process accepts no more. */
	left(): void;
}

/** Where an inherited socket listens. */
export interface InheritedAddress extends ListenAddress {
	readonly descriptor: number;
}
