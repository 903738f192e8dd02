import type { CompiledQuery } from "kysely";

/** What a statement does to a database: reads, changes rows, changes the schema, or anything else (a pragma, `VACUUM`). */
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
};
