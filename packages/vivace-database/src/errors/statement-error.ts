import { callerStack } from "./caller-stack.ts";
import {
	type BrokenConstraint,
	type ConstraintKind,
	constraintClasses,
} from "./constraint-error.ts";

/** The constraint that refused a row, as the engine's rules tell it. */
export interface Broken extends BrokenConstraint {
	readonly kind: ConstraintKind;
}

/** Of a driver: what its errors mean, and what in them is not for the log. */
export interface ErrorRules {
	/** The constraint that an error speaks of; undefined for any other error. */
	brokenBy(error: Error): Broken | undefined;
	/** Takes the values of rows out of an error that the database has given; true for such an error. */
	withoutValues(error: Error, sql: string): boolean;
}

/** Statements of a program may be long; a line of a log should not be. */
const excerptLength = 300;

/** The words of SQLite, PostgreSQL and MySQL for a table that is not there. */
const noTable =
	/^no such table: |^relation ".*" does not exist$|^Table '.*' doesn't exist$/;
const tableHint =
	" (tables are made by migrations: has the one that makes it run? database() runs its option migrations)";

/** A lost connection ends all its statements with one error: it names the first. */
const told = new WeakSet<Error>();

/**
 * The error that the program gets for a statement's: a class of ours for a broken constraint, else the driver's own. It names the statement, with
 * placeholders, and the line of the program that waits for it, and has no value of a row: drivers make their errors in the callback of a
 * socket or of a shared commit, with all that was sent.
 */
export function statementError(
	error: unknown,
	sql: string,
	rules: ErrorRules,
): unknown {
	if (!(error instanceof Error) || told.has(error)) {
		return error;
	}
	told.add(error);
	const broken = rules.brokenBy(error);
	const isReported = rules.withoutValues(error, sql);
	if (isReported) {
		Object.assign(error, { sql });
		const hint = noTable.test(error.message) ? tableHint : "";
		retell(error, `${error.message}; in: ${excerpt(sql)}${hint}`);
	}
	if (broken === undefined) {
		callerStack(error);
		return error;
	}
	const made = new constraintClasses[broken.kind](
		broken.kind,
		broken,
		sql,
		error,
	);
	callerStack(made);
	return made;
}

/** Gives an error another message, in its stack too. */
export function retell(error: Error, message: string): void {
	const { stack = "" } = error;
	const at = stack.search(/\n\s+at /);
	error.message = message;
	error.stack = `${error.name}: ${message}${at === -1 ? "" : stack.slice(at)}`;
}

function excerpt(sql: string): string {
	const line = sql.replaceAll(/\s+/g, " ").trim();
	return line.length > excerptLength
		? `${line.slice(0, excerptLength)}…`
		: line;
}
