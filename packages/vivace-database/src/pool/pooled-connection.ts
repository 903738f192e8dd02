import type { Server, Standing } from "./server.ts";

/** The port of the pool to the connections of an engine: one session on one server. */
export interface PooledConnection {
	/** The server that it is a session on. */
	readonly server: Server;
	/** True when the server as a whole took no writes when this connection was made. */
	readonly isServerReadOnly: boolean;
	/** When it should be replaced, on the clock of `performance.now()`. */
	readonly expiresAt: number;
	/** Since when nobody uses it, on the same clock; the pool keeps it. */
	idleSince: number;
	/** True when the next borrower can have it: not lost, and not left inside a transaction. */
	readonly isReusable: boolean;
	/** True when a command is under way. */
	readonly isBusy: boolean;
	/** Called when the connection is lost, once, with the reason. */
	onLost: ((reason: Error) => void) | undefined;
	/** Settles when the server has been told to end what it still ran for this session; undefined if there was no reason to. */
	readonly killing: Promise<void> | undefined;
	/** Resolves if the server answers in time; otherwise destroys the connection and rejects. */
	ping(timeoutMs: number): Promise<void>;
	/** Says goodbye to the server and closes; never rejects. */
	close(): Promise<void>;
	/** Closes the socket at once: the server rolls back what was open. The running statement fails with `reason`. */
	destroy(reason?: Error): void;
}

/** The port of the list of servers to an engine. */
export interface Connector<Connection extends PooledConnection> {
	/** Logs in and sets the session up; rejects with the driver's error, in `connectTimeoutMs` at most. */
	connect(server: Server): Promise<Connection>;
	/** The standing of the server that an error of a statement or a log-in shows; undefined if it shows none. */
	standingAfter(error: unknown): Standing | undefined;
	/** True for the refusal of a server that has too many connections, which is not down. */
	isFull(error: unknown): boolean;
}
