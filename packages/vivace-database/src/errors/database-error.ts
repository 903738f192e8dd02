import { DuplicateKeyError, ForeignKeyError } from "./constraint-error.ts";

/** A failure between the program and the database, apart from those that the database itself reports. */
export type DatabaseErrorCode =
	| "POOL_TIMEOUT"
	| "POOL_QUEUE_FULL"
	| "POOL_CLOSED"
	| "QUERY_TIMEOUT"
	| "CONNECTION_LOST"
	| "SESSION_TIMEOUT"
	| "MIGRATION_LOCKED";

/**
 * An error of the data layer itself. Broken constraints are a {@link ConstraintError}; other errors that the database reports keep their
 * driver's class and code.
 *
 * - `POOL_TIMEOUT`: no connection (SQLite: no turn to write) within `acquireTimeoutMs`; nothing was executed.
 * - `POOL_QUEUE_FULL`: too many callers wait already; nothing was executed.
 * - `POOL_CLOSED`: the database is closing or closed; nothing was executed.
 * - `QUERY_TIMEOUT`: the statement took longer than `queryTimeoutMs`; its connection is gone, its outcome unknown.
 * - `CONNECTION_LOST`: the connection of this transaction was lost before; the server rolls the transaction back.
 * - `SESSION_TIMEOUT`: the session's transaction was open for longer than its `timeoutMs` and was rolled back.
 * - `MIGRATION_LOCKED`: another process is migrating and did not finish in time.
 */
export class DatabaseError extends Error {
	override readonly name = "DatabaseError";
	readonly code: DatabaseErrorCode;

	constructor(
		code: DatabaseErrorCode,
		message: string,
		options?: ErrorOptions,
	) {
		super(`${code}: ${message}`, options);
		this.code = code;
	}
}

/** The fields by which drivers tell their errors apart; none of them is certain to be there. */
interface DriverError {
	/** Name of the error: `ER_DUP_ENTRY`, `ECONNREFUSED`, `ERR_SQLITE_ERROR`. */
	readonly code?: unknown;
	/** Number that MySQL or MariaDB gives, or the operating system's (negative). */
	readonly errno?: unknown;
	/** Extended result code of SQLite; its low byte is the primary code. */
	readonly errcode?: unknown;
	/** mysql2: the connection can't be used any longer. */
	readonly fatal?: unknown;
	/** Node: which call failed. */
	readonly syscall?: unknown;
	readonly message?: unknown;
}

/**
 * True when a unit of work was refused because of a concurrent one and may simply be run again from its beginning: a deadlock, a
 * lock wait that took too long, a snapshot or certification conflict, SQLite's file being written by another process.
 */
export function isDeadlock(error: unknown): boolean {
	return (
		hasErrno(error, conflictErrnos) || sqliteCode(error) === sqliteCodes.busy
	);
}

/**
 * True when a transaction failed through nothing that it did wrong and is certainly undone, so that its unit of work may be run again from
 * the beginning:
 *
 * - a concurrent one was in the way ({@link isDeadlock}), at the commit too;
 * - the server refused a statement, or the commit, because it is out of its cluster's quorum or has become read-only;
 * - the connection was lost before the commit was sent: the server rolls back what was open.
 *
 * Not when the connection was lost while the commit was under way, nor for a statement outside a transaction: nobody knows then
 * whether it was executed ({@link isOutcomeUnknown}). Not when a wait was in vain (`POOL_TIMEOUT`) or a deadline has passed. What a
 * unit stored before its transaction, with a change of the schema on MySQL or in a procedure with a commit of its own, is not undone.
 */
export function isSafeToRetry(error: unknown): boolean {
	return (
		isDeadlock(error) ||
		isServerReadOnly(error) ||
		(isConnectionLost(error) && isUndone(error))
	);
}

/** True for {@link DuplicateKeyError}, and for a driver's error of the same meaning. */
export function isDuplicateKey(error: unknown): boolean {
	const { errcode } = fieldsOf(error);
	return (
		error instanceof DuplicateKeyError ||
		hasErrno(error, duplicateErrnos) ||
		errcode === sqliteCodes.uniqueKey ||
		errcode === sqliteCodes.primaryKey
	);
}

/** True for {@link ForeignKeyError}, and for a driver's error of the same meaning. */
export function isForeignKeyViolation(error: unknown): boolean {
	return (
		error instanceof ForeignKeyError ||
		hasErrno(error, foreignKeyErrnos) ||
		fieldsOf(error).errcode === sqliteCodes.foreignKey
	);
}

/**
 * True when the connection was lost, or given up, while the statement ran: it may or may not have been executed. A read outside a
 * transaction can be repeated; a write only if it carries an idempotency key.
 */
export function isOutcomeUnknown(error: unknown): boolean {
	const { code, fatal } = fieldsOf(error);
	if (isNotExecuted(error)) {
		return false;
	}
	return (
		code === "QUERY_TIMEOUT" ||
		fatal === true ||
		(typeof code === "string" && lostCodes.has(code)) ||
		hasErrno(error, brokenErrnos)
	);
}

/**
 * True when a connection broke by accident under a statement or its transaction: the server restarted, the network was cut, somebody
 * killed the session, its server fell out of the cluster's quorum or became read-only. Unlike {@link isOutcomeUnknown} not after a deadline of ours: what took too long once would again.
 */
export function isConnectionLost(error: unknown): boolean {
	if (error instanceof DatabaseError) {
		return error.code === "CONNECTION_LOST";
	}
	return isServerReadOnly(error) || isOutcomeUnknown(error);
}

/** True when the statement certainly was not executed: no connection could be had, or the server refused to take it. */
export function isNotExecuted(error: unknown): boolean {
	const { code } = fieldsOf(error);
	return (
		(error instanceof DatabaseError && notExecutedCodes.has(error.code)) ||
		isConnectFailure(error) ||
		isServerReadOnly(error) ||
		code === "CONNECTION_LOST"
	);
}

/**
 * True when the database can't be used at the moment, through no fault of the statement: the server is down, restarting, read-only or
 * full of connections, the pool is exhausted, the network stalls, the disk is full. An HTTP service answers 503 with `Retry-After`.
 */
export function isUnavailable(error: unknown): boolean {
	const code = sqliteCode(error);
	return (
		error instanceof DatabaseError ||
		isNotExecuted(error) ||
		isOutcomeUnknown(error) ||
		hasErrno(error, interruptedErrnos) ||
		(code !== undefined && sqliteUnavailable.has(code))
	);
}

/** True when a try to connect failed in a way that time may heal: nobody listens, too many connections, the server is starting. */
export function isConnectFailure(error: unknown): boolean {
	const { code, syscall } = fieldsOf(error);
	// The same codes on an established socket (`read ETIMEDOUT`) mean a lost connection. An AggregateError is what Node gives when
	// a name has several addresses and none answers.
	const isConnecting =
		(typeof syscall === "string" && connectCalls.has(syscall)) ||
		error instanceof AggregateError;
	return (
		(isConnecting && typeof code === "string" && networkCodes.has(code)) ||
		hasErrno(error, connectErrnos)
	);
}

/** True when the server broke the session off, though it told so instead of closing the connection. */
export function isBrokenOff(error: unknown): boolean {
	return hasErrno(error, brokenErrnos);
}

/** True when the server did not run a statement only because it had to prepare it: as text it can run. */
export function isNotPrepared(error: unknown): boolean {
	return hasErrno(error, notPreparedErrnos);
}

/** True when the server has become unable to take this statement on any connection: out of quorum or read-only after a failover. */
export function isServerReadOnly(error: unknown): boolean {
	if (!hasErrno(error, refusedErrnos)) {
		return false;
	}
	const { errno, message } = fieldsOf(error);
	// 1290 names the option; --secure-file-priv and others have nothing to do with it.
	if (errno === 1290) {
		return /read[-_]only/i.test(String(message));
	}
	return !ownRefusals.has(error as object);
}

/** Tells that a write was refused because the program itself had begun the transaction as read-only: a mistake in it. */
export function noteOwnRefusal(error: object): void {
	ownRefusals.add(error);
}

/** Tells that the connection was lost in a transaction whose commit was not sent. */
export function noteUndone(error: unknown): void {
	if (typeof error === "object" && error !== null) {
		undone.add(error);
	}
}

/** True when {@link noteUndone} was told so. */
export function isUndone(error: unknown): boolean {
	return undone.has(error as object);
}

// Known to who ran the statement, and not said by the driver's errors, which stay as they are.
const ownRefusals = new WeakSet<object>();
const undone = new WeakSet<object>();

const conflictErrnos: ReadonlySet<number> = new Set([
	1205, // lock wait timeout: only the statement was undone
	1213, // deadlock, or certification failure of Galera, also at COMMIT
	1020, // MariaDB: record has changed since the snapshot
	9007, // TiDB (manual): write conflict
	8022, // TiDB (manual): commit failed, may be retried
	8028, // TiDB (manual): the schema has changed
	8002, // TiDB (manual): SELECT … FOR UPDATE conflict
]);
const duplicateErrnos: ReadonlySet<number> = new Set([1062, 1586]);
const foreignKeyErrnos: ReadonlySet<number> = new Set([1216, 1217, 1451, 1452]);
const connectErrnos: ReadonlySet<number> = new Set([1040, 1203, 1053]);
const refusedErrnos: ReadonlySet<number> = new Set([
	1047, // Galera: the node is not part of the primary component
	1290, // an option prevents it: read_only
	1792, // read-only transaction, where transactions are so by default
	1836, // read-only mode
]);
const brokenErrnos: ReadonlySet<number> = new Set([
	1927, // MariaDB: connection was killed
	1180, // the commit failed, as on a node of Galera that is cut off just then
]);
const notPreparedErrnos: ReadonlySet<number> = new Set([
	1295, // not supported in the protocol of prepared statements
	1461, // max_prepared_stmt_count
	1615, // the schema has changed, and the server gave up preparing it anew
]);
const interruptedErrnos: ReadonlySet<number> = new Set([
	1317, // KILL QUERY
	1969, // MariaDB: max_statement_time
	3024, // MySQL: max_execution_time
]);
const connectCalls: ReadonlySet<string> = new Set(["connect", "getaddrinfo"]);
const networkCodes: ReadonlySet<string> = new Set([
	"ECONNREFUSED",
	"ECONNRESET",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"EHOSTDOWN",
	"ENOTFOUND",
	"EAI_AGAIN",
	"ENOENT", // a Unix socket that is not there yet
]);
const lostCodes: ReadonlySet<string> = new Set([
	"PROTOCOL_CONNECTION_LOST",
	"PROTOCOL_SEQUENCE_TIMEOUT",
	"ECONNRESET",
	"EPIPE",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
]);
const notExecutedCodes: ReadonlySet<DatabaseErrorCode> = new Set([
	"POOL_TIMEOUT",
	"POOL_QUEUE_FULL",
	"POOL_CLOSED",
	"MIGRATION_LOCKED",
]);

/** Result codes of SQLite (https://sqlite.org/rescode.html). */
const sqliteCodes = {
	busy: 5,
	ioError: 10,
	full: 13,
	cantOpen: 14,
	foreignKey: 787,
	primaryKey: 1555,
	uniqueKey: 2067,
} as const;
const sqliteUnavailable: ReadonlySet<number> = new Set([
	sqliteCodes.busy,
	sqliteCodes.ioError,
	sqliteCodes.full,
	sqliteCodes.cantOpen,
]);

function sqliteCode(error: unknown): number | undefined {
	const { errcode } = fieldsOf(error);
	return typeof errcode === "number" ? errcode & 0xff : undefined;
}

function hasErrno(error: unknown, errnos: ReadonlySet<number>): boolean {
	const { errno } = fieldsOf(error);
	return typeof errno === "number" && errnos.has(errno);
}

const none: DriverError = Object.freeze({});

function fieldsOf(error: unknown): DriverError {
	return typeof error === "object" && error !== null ? error : none;
}
