import type { ConstraintKind } from "./constraint-error.ts";
import { type DriverError, type ErrorKind, kindsByCode } from "./error-kind.ts";
import { type Broken, type ErrorRules, retell } from "./statement-error.ts";

/** An error as the server reports it (PostgreSQL's manual, "Error and Notice Message Fields"). */
interface PostgresError extends Error {
	readonly code?: unknown;
	readonly constraint?: string;
	readonly table?: string;
	readonly column?: string;
	detail?: string;
}

/** SQLSTATEs (PostgreSQL's manual, appendix A). */
const kinds = kindsByCode({
	conflict: [
		"40001", // serialization failure, also at COMMIT
		"40P01", // deadlock
		"55P03", // a lock was not to be had within lock_timeout, or at once (NOWAIT)
	],
	duplicateKey: [
		"23505",
		"23P01", // an exclusion constraint
	],
	foreignKey: ["23503"],
	check: ["23514"],
	notNull: ["23502"],
	refused: [
		"53300", // too many connections, of everybody, this account or this database
		"57P03", // starting, shutting down, or a standby that takes nobody yet
		"08001",
		"08004",
	],
	readOnly: ["25006"],
	lost: [
		"57P01", // an administrator ended the session, or the server
		"57P02", // another session has crashed, and all end with it
		"57P05", // idle_session_timeout
		"25P03", // idle_in_transaction_session_timeout
		"40003", // nobody knows whether the statement was completed
		"08000",
		"08003",
		"08006",
		"08007", // nobody knows whether the transaction was committed
		"08P01",
	],
	interrupted: ["57014"], // cancelled, or statement_timeout
	outage: [
		"53000",
		"53100", // disk full
		"53200", // out of memory
		"53400", // a limit of the configuration
		"58000",
		"58030", // an error of the disk
		"XX001", // damage
		"XX002",
	],
});

/** The meaning of an error of PostgreSQL, by whichever driver. */
export function postgresKind(error: DriverError): ErrorKind | undefined {
	return typeof error.severity === "string" ? kinds.get(error.code) : undefined;
}

/** True when the server has refused a statement, or the session, with a message of its own. */
export function isReported(error: unknown): boolean {
	const { severity, code } = Object(error) as DriverError;
	return typeof severity === "string" && typeof code === "string";
}

/** True when a statement fails only because it was prepared: the schema has changed since, or a proxy has changed the session. */
export function isStalePlan(error: unknown): boolean {
	const { code, message } = error as DriverError;
	return (
		code === "26000" ||
		(code === "0A000" && /cached plan/.test(String(message)))
	);
}

/** The server's errors. */
export const postgresErrors: ErrorRules = {
	brokenBy: (error) => brokenBy(error),
	withoutValues(error) {
		if (!isReported(error)) {
			return false;
		}
		const reported = error as PostgresError;
		// the row that failed, the key that is there, the text of a statement within a function
		if (reported.detail !== undefined) {
			reported.detail = masked(reported.detail);
		}
		Reflect.deleteProperty(reported, "where");
		Reflect.deleteProperty(reported, "internalQuery");
		retell(error, withoutQuoted(error.message, reported.code));
		return true;
	},
};

const constraints: ReadonlySet<ErrorKind | undefined> = new Set([
	"duplicateKey",
	"foreignKey",
	"check",
	"notNull",
]);

function brokenBy(error: PostgresError): Broken | undefined {
	const kind = kinds.get(error.code);
	if (!constraints.has(kind)) {
		return undefined;
	}
	const columns =
		error.column === undefined ? keyColumns(error.detail) : [error.column];
	return {
		kind: kind as ConstraintKind,
		constraint: error.constraint,
		table: error.table,
		columns,
	};
}

/** `Key (owner, email)=(1, ada@example.org) already exists.` */
function keyColumns(detail: string = ""): string[] {
	const names = /^Key \(((?:[^()]|\([^()]*\))*)\)=/.exec(detail)?.[1];
	return names?.split(", ").map((name) => name.replaceAll('"', "")) ?? [];
}

/** The names of columns stay, the values of the row go. */
function masked(detail: string): string {
	return detail
		.replace(/^(Key \((?:[^()]|\([^()]*\))*\))=\([\s\S]*\)/, "$1=(…)")
		.replace(/^(Failing row contains )\([\s\S]*\)/, "$1(…)");
}

/** Classes of errors whose message ends with the text that could not be read. */
const quoting = /^(?:22|2200)/;

function withoutQuoted(message: string, code: unknown): string {
	return typeof code === "string" && quoting.test(code)
		? message.replace(/"[\s\S]*"/, '"…"')
		: message;
}
