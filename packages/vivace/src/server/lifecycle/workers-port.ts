import type { Socket } from "node:net";
import type { ListenAddress } from "./connection-source.ts";
import type { ListenPlace } from "./listen-place.ts";

/** Who answers connections: a worker. */
export interface ConnectionTaker {
	/** The number of its place among the workers. */
	readonly id: number;
	/**
	 * Hands a connection over; resolves when it has arrived, to false if it has not and never will. Until then no other is handed over, so
	 * that a worker that is busy computing holds one connection at most.
	 */
	hand(connection: Socket): Promise<boolean>;
}

/** The port of all workers, as the process has it that starts them. It stays open when workers come and go; connections wait meanwhile. */
export interface WorkersPort {
	/** The descriptor of the listening socket that the worker in a place is to inherit; `undefined` where it is handed connections. */
	descriptorFor(id: number): number | undefined;
	/** Resolves when it listens, with the address; rejects with the operating system's error, or a SetupError that says more. */
	listen(place: ListenPlace): Promise<ListenAddress>;
	/** From now on it gets connections. */
	add(taker: ConnectionTaker): void;
	/** It gets none any more; what is on its way to it arrives before whatever it is told from now on. */
	remove(taker: ConnectionTaker): void;
	/** Accepts no more; resolves when every connection has been taken. Those that nobody is left to take are cut. */
	close(hurry: AbortSignal): Promise<void>;
}
