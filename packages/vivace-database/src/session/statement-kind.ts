import type { CompiledQuery } from "kysely";

/** The SQL that a database speaks; MariaDB counts as MySQL, and `"other"` is a dialect of the program's own. */
export type Engine = "sqlite" | "mysql" | "postgres" | "other";

/** The effect of a statement on a database: it reads, changes rows, changes the schema, or does anything else (a pragma, `VACUUM`). */
export type StatementKind = "read" | "write" | "schema" | "other";

/** Tells by the builder's node, or by the first word of raw SQL; in doubt the stronger kind. */
export function statementKind({ query, sql }: CompiledQuery): StatementKind {
	switch (query.kind) {
		case "SelectQueryNode":
			return "read";
		case "InsertQueryNode":
		case "UpdateQueryNode":
		case "DeleteQueryNode":
		case "MergeQueryNode":
			return "write";
		case "RawNode":
			return byFirstWord(sql);
		default:
			return "schema";
	}
}

/** True when a statement has to run inside a transaction: it writes, locks rows, or nobody can tell. */
export function needsTransaction(
	query: CompiledQuery,
	engine: Engine,
): boolean {
	switch (statementKind(query)) {
		case "read":
			return engine !== "sqlite" && locking.test(query.sql);
		case "other":
			// a pragma or VACUUM of SQLite runs alone
			return engine !== "sqlite" && !showing.test(query.sql);
		default:
			return true;
	}
}

/** True when raw SQL begins, ends or divides a transaction. */
export function controlsTransaction({ query, sql }: CompiledQuery): boolean {
	return query.kind === "RawNode" && controlling.test(sql);
}

const locking =
	/\bfor\s+(?:(?:no\s+key\s+)?update|(?:key\s+)?share)\b|\block\s+in\s+share\s+mode\b/i;
const showing = /^\s*(?:show|desc|describe)\b/i;
const controlling =
	/^(?:\s|\/\*[\s\S]*?\*\/|(?:--|#)[^\n]*\n)*(?:begin|start|commit|rollback|savepoint|release|end)\b/i;

function byFirstWord(sql: string): StatementKind {
	const word = /^[\s(]*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase();
	return (word && byWord[word]) || "other";
}

const byWord: Readonly<Record<string, StatementKind>> = {
	select: "read",
	values: "read",
	explain: "read",
	insert: "write",
	replace: "write",
	update: "write",
	delete: "write",
	with: "write",
	create: "schema",
	alter: "schema",
	drop: "schema",
	truncate: "schema",
};

/** A statement about a savepoint; the backticks are understood by MySQL, MariaDB and SQLite. */
export function savepointSql(command: string, name: string): string {
	return `${command} \`${name.replaceAll("`", "``")}\``;
}
