import { ConstraintError } from "./constraint-error.ts";
import type { DriverError, ErrorKind } from "./error-kind.ts";
import { behindLibrary } from "./library-error.ts";
import { isTlsRefused, mysqlKind } from "./mysql-errors.ts";
import { postgresKind } from "./postgres-errors.ts";
import { sqliteKind } from "./sqlite-errors.ts";

/** A failure between the program and the database, apart from those that the database itself reports. */
export type DatabaseErrorCode =
	| "UNREACHABLE"
	| "POOL_TIMEOUT"
	| "POOL_QUEUE_FULL"
	| "POOL_CLOSED"
	| "QUERY_TIMEOUT"
	| "CONNECTION_LOST"
	| "SESSION_TIMEOUT"
	| "TRANSACTION_SPOILED"
	| "MIGRATION_LOCKED";

/**
 * An error of the data layer itself. Broken constraints are a {@link ConstraintError}; other errors that the database reports keep their
 * driver's class and code.
 *
 * - `UNREACHABLE`: a database that was opened refused all connections, or its host has no known name; nothing was executed.
 * - `POOL_TIMEOUT`: no connection (SQLite: no turn to write) within `acquireTimeoutMs`; nothing was executed.
 * - `POOL_QUEUE_FULL`: too many callers wait already; nothing was executed.
 * - `POOL_CLOSED`: the database is closing or closed; nothing was executed.
 * - `QUERY_TIMEOUT`: the statement took longer than `queryTimeoutMs`; its connection is gone, its outcome unknown.
 * - `CONNECTION_LOST`: the connection of this transaction was lost before; the server rolls the transaction back.
 * - `SESSION_TIMEOUT`: the session's transaction was open for longer than its `timeoutMs` and was rolled back.
 * - `TRANSACTION_SPOILED`: PostgreSQL had refused an earlier statement of this transaction, which gives all of it up: nothing more runs in it,
 *   and nothing of it is stored. `cause` is the error of that statement. What may fail belongs in `session.nested()`.
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

/**
 * True when a unit of work was refused because of a concurrent one and may simply be run again from its beginning: a deadlock, a
 * lock wait that took too long, a snapshot or certification conflict, SQLite's file being written by another process.
 */
export function isDeadlock(error: unknown): boolean {
	return errorKind(error) === "conflict";
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
	return errorKind(error) === "duplicateKey";
}

/** True for {@link ForeignKeyError}, and for a driver's error of the same meaning. */
export function isForeignKeyViolation(error: unknown): boolean {
	return errorKind(error) === "foreignKey";
}

/**
 * True when the connection was lost, or given up, while the statement ran: it may or may not have been executed. A read outside a
 * transaction can be repeated; a write only if it carries an idempotency key.
 */
export function isOutcomeUnknown(error: unknown): boolean {
	const fields = fieldsOf(error);
	const { code, fatal } = fields;
	if (isNotExecuted(error) || isTlsRefused(fields)) {
		return false;
	}
	return (
		code === "QUERY_TIMEOUT" ||
		fatal === true ||
		(typeof code === "string" && lostCodes.has(code)) ||
		errorKind(error) === "lost"
	);
}

/**
 * True when a connection broke by accident under a statement or its transaction: the server restarted, the network was cut, somebody
 * killed the session, its server fell out of the cluster's quorum or became read-only. Unlike {@link isOutcomeUnknown} not after a deadline of ours: what took too long once would again.
 */
export function isConnectionLost(given: unknown): boolean {
	const error = behindLibrary(given);
	if (error instanceof DatabaseError) {
		return error.code === "CONNECTION_LOST";
	}
	return isServerReadOnly(error) || isOutcomeUnknown(error);
}

/** True when the statement certainly was not executed: no connection could be had, or the server refused to take it. */
export function isNotExecuted(given: unknown): boolean {
	const error = behindLibrary(given);
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
export function isUnavailable(given: unknown): boolean {
	const error = behindLibrary(given);
	const kind = errorKind(error);
	return (
		(error instanceof DatabaseError && error.code !== "TRANSACTION_SPOILED") ||
		isNotExecuted(error) ||
		isOutcomeUnknown(error) ||
		kind === "interrupted" ||
		kind === "outage" ||
		// SQLite's file, which another process writes: there is no telling for how long
		(kind === "conflict" && fieldsOf(error).errcode !== undefined)
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
		errorKind(error) === "refused"
	);
}

/** True when the server broke the session off, though it told so instead of closing the connection. */
export function isBrokenOff(error: unknown): boolean {
	return errorKind(error) === "lost";
}

/** True when the server has become unable to take this statement on any connection: out of quorum or read-only after a failover. */
export function isServerReadOnly(given: unknown): boolean {
	const error = behindLibrary(given);
	return errorKind(error) === "readOnly" && !ownRefusals.has(error as object);
}

/** The meaning of an error of any engine; undefined for what is none, or a mistake of the statement. */
export function errorKind(given: unknown): ErrorKind | undefined {
	const error = behindLibrary(given);
	if (error instanceof ConstraintError) {
		return error.kind;
	}
	if (typeof error !== "object" || error === null) {
		return undefined;
	}
	return (
		noted.get(error) ??
		mysqlKind(error) ??
		postgresKind(error) ??
		sqliteKind(error)
	);
}

/** Tells the meaning of an error of a driver that is not known here. */
export function noteKind(error: object, kind: ErrorKind): void {
	noted.set(error, kind);
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
	return undone.has(behindLibrary(error) as object);
}

// Known to who ran the statement, and not said by the driver's errors, which stay as they are.
const ownRefusals = new WeakSet<object>();
const undone = new WeakSet<object>();
const noted = new WeakMap<object, ErrorKind>();

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
	"UNREACHABLE",
	"POOL_TIMEOUT",
	"POOL_QUEUE_FULL",
	"POOL_CLOSED",
	"MIGRATION_LOCKED",
]);

const none: DriverError = Object.freeze({});

function fieldsOf(given: unknown): DriverError {
	const error = behindLibrary(given);
	return typeof error === "object" && error !== null ? error : none;
}
