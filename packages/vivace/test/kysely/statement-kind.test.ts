import assert from "node:assert/strict";
import { test } from "node:test";
import { CompiledQuery } from "kysely";
import { statementKind } from "../../src/kysely/statement-kind.ts";

test("raw SQL is told by its first word, in doubt as the stronger kind", () => {
	const table: readonly [sql: string, kind: string][] = [
		["select 1", "read"],
		["  (SELECT 1) union select 2", "read"],
		["values (1)", "read"],
		["explain query plan select 1", "read"],
		["insert into note values (1)", "write"],
		["REPLACE INTO note values (1)", "write"],
		["with a as (select 1) select * from a", "write"],
		["with a as (select 1) delete from note", "write"],
		["create table note (id int)", "schema"],
		["drop table note", "schema"],
		["pragma journal_mode", "other"],
		["vacuum", "other"],
		["begin", "other"],
		["-- a comment\nselect 1", "other"],
		["", "other"],
	];
	for (const [sql, kind] of table)
		assert.equal(statementKind(CompiledQuery.raw(sql)), kind, sql);
});
