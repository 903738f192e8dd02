import type { SmallDisk } from "../../../../packages/vivace/test/support/small-disk.ts";

/** How long the service waits, in milliseconds, and for how many connections; its defaults otherwise. */
export interface ServiceLimits {
	readonly poolSize?: number;
	readonly queryTimeoutMs?: number;
	readonly acquireTimeoutMs?: number;
}

/** A session of the service on the server. */
export interface ServiceSession {
	readonly id: number;
	/** True while it runs a statement. */
	readonly isBusy: boolean;
	/** True while its transaction is open. */
	readonly isInTransaction: boolean;
}

/** The parts of a database server that fail for the tests' sake, whichever its engine is. */
export interface FaultyServer extends AsyncDisposable {
	readonly port: number;
	/** The variables with which the service uses it, on this port. */
	variables(
		port: number,
		limits: ServiceLimits,
	): Readonly<Record<string, string>>;
	/** The contents of all messages that are stored. */
	stored(): Promise<string[]>;
	sessions(): Promise<readonly ServiceSession[]>;
	/** Ends a session; one that has gone by itself is none the worse for it. */
	endSession(id: number): Promise<void>;
	/** Ends the server in an orderly way, as its operators do. */
	stop(): Promise<void>;
	/** Lets it crash. */
	crash(): Promise<void>;
	resume(): Promise<void>;
	/** Opens one more connection, of another account than the service's; undefined when there is no place left. */
	occupy(): Promise<AsyncDisposable | undefined>;
	/** Keeps the table of messages from all others for so long. */
	lockTable(seconds: number): Promise<void>;
	setReadOnly(isReadOnly: boolean): Promise<void>;
	/** Goes on to another file of its log, which takes room. */
	nextLogFile(): Promise<void>;
	/** Moves a part of what it writes to a disk of its own, before the service is there; undefined where the engine can't. */
	moveToSmallDisk(part: "tables" | "log"): Promise<SmallDisk | undefined>;
}

/** An engine whose servers fail. */
export interface FaultyEngine {
	readonly name: string;
	/** Why it can't be tested here. */
	readonly missing: string | undefined;
	/** The options of a server that ends a connection that was idle for two seconds. */
	readonly shortIdle: readonly string[];
	/** The options of a server that takes so many connections, its administrators' not counted. */
	places(count: number): readonly string[];
	start(flags: readonly string[]): Promise<FaultyServer>;
}
