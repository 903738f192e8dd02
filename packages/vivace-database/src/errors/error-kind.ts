import type { ConstraintKind } from "./constraint-error.ts";

/**
 * The meaning of a database's error, the same on every engine:
 *
 * - `conflict`: a concurrent transaction was in the way; nothing of this one is stored, and it may be run again.
 * - `refused`: the server took no connection: full, starting, shutting down. Nothing was executed.
 * - `readOnly`: the server takes no writes, or nothing at all, out of its cluster's quorum. Nothing was executed.
 * - `lost`: the server broke the session off; the outcome of the statement is unknown.
 * - `interrupted`: the statement was stopped, by a limit or by somebody.
 * - `outage`: the disk is full or broken, memory has run out.
 * - a kind of broken constraint.
 */
export type ErrorKind =
	| ConstraintKind
	| "conflict"
	| "refused"
	| "readOnly"
	| "lost"
	| "interrupted"
	| "outage";

/** The fields by which drivers tell their errors apart; none of them is certain to be there. */
export interface DriverError {
	/** Name of the error: `ER_DUP_ENTRY`, `ECONNREFUSED`, `ERR_SQLITE_ERROR`, `23505`. */
	readonly code?: unknown;
	/** Number that MySQL or MariaDB gives, or the operating system's (negative). */
	readonly errno?: unknown;
	/** Extended result code of SQLite; its low byte is the primary code. */
	readonly errcode?: unknown;
	/** PostgreSQL: `ERROR`, `FATAL` or `PANIC`; after the latter two the session is over. */
	readonly severity?: unknown;
	/** mysql2, and ours: the connection can't be used any longer. */
	readonly fatal?: unknown;
	/** Node: which call failed. */
	readonly syscall?: unknown;
	readonly message?: unknown;
}

/** A table of an engine's codes by their meaning. */
export function kindsByCode<Code>(
	table: Readonly<Partial<Record<ErrorKind, readonly Code[]>>>,
): ReadonlyMap<unknown, ErrorKind> {
	return new Map(
		Object.entries(table).flatMap(([kind, codes]) =>
			codes.map((code) => [code, kind as ErrorKind] as const),
		),
	);
}
