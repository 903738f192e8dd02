import type { Broken, ErrorRules } from "../errors/statement-error.ts";
import { retell } from "../errors/statement-error.ts";

interface MysqlError extends Error {
	readonly errno?: unknown;
	readonly sqlState?: unknown;
	sqlMessage?: unknown;
}

const duplicateErrnos: ReadonlySet<unknown> = new Set([1062, 1586]);
const foreignKeyErrnos: ReadonlySet<unknown> = new Set([
	1216, 1217, 1451, 1452,
]);
const notNullErrnos: ReadonlySet<unknown> = new Set([
	1048, // the column got null
	1364, // the column got nothing, and has no default
	1566, // a partition's column got null
]);

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
	if (duplicateErrnos.has(errno)) {
		// MySQL 8 puts the table in front of the key's name.
		const [, table, constraint] =
			/ for key '(?:([^'.]*)\.)?([^']*)'$/.exec(message) ?? [];
		return { kind: "duplicateKey", constraint, table, columns: [] };
	}
	if (foreignKeyErrnos.has(errno)) {
		const [, table, constraint, columns] =
			/\(`[^`]*`\.`([^`]*)`, CONSTRAINT `([^`]*)` FOREIGN KEY \(([^)]*)\)/.exec(
				message,
			) ?? [];
		return {
			kind: "foreignKey",
			constraint,
			table,
			columns:
				columns?.split(",").map((name) => name.replaceAll(/[`\s]/g, "")) ?? [],
		};
	}
	if (notNullErrnos.has(errno)) {
		const column = /'([^']*)'/.exec(message)?.[1];
		return {
			kind: "notNull",
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
	if (duplicateErrnos.has(errno)) {
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
