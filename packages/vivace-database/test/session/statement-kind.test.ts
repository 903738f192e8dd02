import assert from "node:assert/strict";
import { test } from "node:test";
import { CompiledQuery } from "kysely";
import {
	controlsTransaction,
	needsTransaction,
	statementKind,
} from "../../src/session/statement-kind.ts";

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
	for (const [sql, kind] of table) {
		assert.equal(statementKind(CompiledQuery.raw(sql)), kind, sql);
	}
});

test("a transaction is needed for what writes or locks, and where nobody can tell", () => {
	const table: readonly [sql: string, onMysql: boolean, onSqlite: boolean][] = [
		["select 1", false, false],
		["select * from note for update", true, false],
		["select * from note FOR\nSHARE skip locked", true, false],
		["select * from note lock in share mode", true, false],
		["select information from note", false, false],
		["insert into note values (1)", true, true],
		["create table note (id int)", true, true],
		["set @a = 1", true, false],
		["call refresh()", true, false],
		["show tables", false, false],
		["desc note", false, false],
		["pragma foreign_keys", true, false],
		["vacuum", true, false],
	];
	for (const [sql, onMysql, onSqlite] of table) {
		const query = CompiledQuery.raw(sql);
		assert.equal(needsTransaction(query, "mysql"), onMysql, sql);
		assert.equal(needsTransaction(query, "sqlite"), onSqlite, sql);
	}
});

test("what begins, ends or divides a transaction is found behind comments too", () => {
	const table: readonly [sql: string, controls: boolean][] = [
		["begin", true],
		[" Start Transaction", true],
		["COMMIT", true],
		["rollback to savepoint a", true],
		["/* a */ -- b\n # c\n commit", true],
		["release a", true],
		["select 1 -- commit", false],
		["select 'commit'", false],
		["committed", false],
	];
	for (const [sql, controls] of table) {
		assert.equal(controlsTransaction(CompiledQuery.raw(sql)), controls, sql);
	}
});
