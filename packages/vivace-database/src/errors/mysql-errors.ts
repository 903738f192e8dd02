import { type DriverError, type ErrorKind, kindsByCode } from "./error-kind.ts";
import type { Broken, ErrorRules } from "./statement-error.ts";
import { retell } from "./statement-error.ts";

interface MysqlError extends Error {
	readonly errno?: unknown;
	readonly sqlState?: unknown;
	sqlMessage?: unknown;
}

const kinds = kindsByCode({
	conflict: [
		1205, // lock wait timeout: only the statement was undone
		1213, // deadlock, or certification failure of Galera, also at COMMIT
		1020, // MariaDB: record has changed since the snapshot
		9007, // TiDB (manual): write conflict
		8022, // TiDB (manual): commit failed, may be retried
		8028, // TiDB (manual): the schema has changed
		8002, // TiDB (manual): SELECT … FOR UPDATE conflict
	],
	duplicateKey: [1062, 1586],
	foreignKey: [1216, 1217, 1451, 1452],
	notNull: [
		1048, // the column got null
		1364, // the column got nothing, and has no default
		1566, // a partition's column got null
	],
	refused: [
		1040, // too many connections
		1203, // too many connections of this account
		1226, // the same, or another limit of its own
		1053, // shutting down
	],
	readOnly: [
		1047, // Galera: the node is not part of the primary component
		1290, // an option prevents it: read_only
		1792, // read-only transaction, where transactions are so by default
		1836, // read-only mode
	],
	lost: [
		1927, // MariaDB: connection was killed
		1180, // the commit failed, as on a node of Galera that is cut off just then
	],
	interrupted: [
		1317, // KILL QUERY
		1969, // MariaDB: max_statement_time
		3024, // MySQL: max_execution_time
	],
	outage: [
		1021, // disk full
		1114, // a table can't grow: its disk is full
		1026, // an error when a file was written
		3, // the same, of the layer below
		1037, // out of memory
		1038, // out of memory for sorting
		1041, // out of memory, or of what the system gives to a process
		1135, // no thread can be made for one more session
	],
});
/**
 * True for TLS that no later try brings: the server has none, or shows a certificate that is not trusted. mysql2 calls every failed handshake the same, that of
 * a connection which was lost too.
 */
export function isTlsRefused({ code, message }: DriverError): boolean {
	return (
		code === "HANDSHAKE_NO_SSL_SUPPORT" ||
		(code === "HANDSHAKE_SSL_ERROR" &&
			!/\bE[A-Z]{4,}\b|disconnected|timeout/.test(String(message)))
	);
}

/** "Got error 28 … from storage engine": the number of a failure of the system's, no space left on the device. */
const engineFailed = 1030;
const notPreparedErrnos: ReadonlySet<unknown> = new Set([
	1295, // not supported in the protocol of prepared statements
	1461, // max_prepared_stmt_count
	1615, // the schema has changed, and the server gave up preparing it anew
]);

/** The meaning of an error of MySQL and MariaDB; checks have numbers that others have too, see {@link mysqlErrors}. */
export function mysqlKind({
	errno,
	message,
}: DriverError): ErrorKind | undefined {
	const kind = kinds.get(errno);
	if (errno === engineFailed) {
		return /\berror 28\b/.test(String(message)) ? "outage" : undefined;
	}
	// 1290 names the option; --secure-file-priv and others have nothing to do with it.
	return errno === 1290 && !/read[-_]only/i.test(String(message))
		? undefined
		: kind;
}

/** True when the server did not run a statement only because it had to prepare it: as text it can run. */
export function isNotPrepared(error: unknown): boolean {
	return notPreparedErrnos.has((error as DriverError).errno);
}

/** The server's errors, of MySQL and MariaDB. */
export const mysqlErrors: ErrorRules = {
	brokenBy: (error) => brokenBy(error),
	withoutValues(error) {
		const reported = error as MysqlError;
		if (typeof reported.sqlState !== "string") {
			return false;
		}
		const message = masked(error.message, reported.errno);
		retell(error, message);
		reported.sqlMessage = message;
		return true;
	},
};

function brokenBy({ errno, message }: MysqlError): Broken | undefined {
	const kind = kinds.get(errno);
	if (kind === "duplicateKey") {
		// MySQL 8 puts the table in front of the key's name.
		const [, table, constraint] =
			/ for key '(?:([^'.]*)\.)?([^']*)'$/.exec(message) ?? [];
		return { kind, constraint, table, columns: [] };
	}
	if (kind === "foreignKey") {
		const [, table, constraint, columns] =
			/\(`[^`]*`\.`([^`]*)`, CONSTRAINT `([^`]*)` FOREIGN KEY \(([^)]*)\)/.exec(
				message,
			) ?? [];
		return {
			kind,
			constraint,
			table,
			columns:
				columns?.split(",").map((name) => name.replaceAll(/[`\s]/g, "")) ?? [],
		};
	}
	if (kind === "notNull") {
		const column = /'([^']*)'/.exec(message)?.[1];
		return {
			kind,
			constraint: undefined,
			table: undefined,
			columns: column === undefined ? [] : [column],
		};
	}
	return checkOf(errno, message);
}

/** MariaDB's 4025, which is another error of MySQL's, and MySQL's 3819. */
function checkOf(errno: unknown, message: string): Broken | undefined {
	const [, name, table] =
		/^CONSTRAINT `([^`]*)` failed for `[^`]*`\.`([^`]*)`/.exec(message) ?? [];
	if (errno === 4025 && name !== undefined) {
		const constraint = name.replace(/^[^.]*\./, "");
		return { kind: "check", constraint, table, columns: [] };
	}
	if (errno === 3819) {
		const constraint = /'([^']*)'/.exec(message)?.[1];
		return { kind: "check", constraint, table: undefined, columns: [] };
	}
	return undefined;
}

/** Words before a text in quotes that is a name of the schema, or a clause. */
const named =
	/(?:\b(?:key|column|field|table|view|constraint|index|function|procedure|trigger|event|database|variable|engine|partition|collation|charset|set|savepoint|user|alias|in)\s+)$/i;

/**
 * A message without what stood in a row or in a statement: texts in quotes, but names. `Duplicate entry 'ada@example.org' for key 'email'` says
 * the row's value, and `near '…'` a piece of the statement with the values that it was sent with.
 */
function masked(message: string, errno: unknown): string {
	if (kinds.get(errno) === "duplicateKey") {
		return message.replace(
			/^(.*?)'[\s\S]*'( for key '[^']*')$/,
			(_, before, after) => `${before}'…'${after}`,
		);
	}
	if (errno === 1064) {
		return message.replace(/ near '[\s\S]*' at line /, " near '…' at line ");
	}
	// A value may have quotes in it: from the first that begins no name to the last one before the column's own.
	const [, before, after] =
		/^([^']*\bvalue(?: is out of range in|:)? )'[\s\S]*'([^']*)$/i.exec(
			message,
		) ?? [];
	if (before !== undefined) {
		return `${before}'…'${after}`;
	}
	return message.replaceAll(/'[^']*'/g, (text, at: number) =>
		named.test(message.slice(0, at)) ? text : "'…'",
	);
}
