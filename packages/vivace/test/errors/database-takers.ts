import { Pool } from "pg";
import { assertDatabaseOptions, assertMigrated } from "vivace-database";
import {
	compileQuery,
	conflictHandler,
	database,
	databaseUnavailable,
	decodeDate,
	encodeDate,
	engineOf,
	migrate,
	migrationStatus,
	openDatabase,
	pgPool,
	retryConflicts,
	retryUnit,
	session,
	tableTypes,
	withSession,
} from "../../src/database.ts";

import type { ArgumentTaker } from "./argument-takers.ts";

const notes = database<{ note: { id: number } }>({
	sqlite: { path: ":memory:" },
});

/** An open database, for as long as the process lives: it is in memory. */
const opened = await openDatabase<{ note: { id: number } }>({
	sqlite: { path: ":memory:" },
});

/** All of `vivace/database` that is called with arguments. */
export const databaseTakers: readonly ArgumentTaker[] = [
	{
		where: "compileQuery",
		call: compileQuery,
		right: [opened.db, () => opened.db.selectFrom("note").selectAll()],
	},
	{
		where: "conflictHandler",
		call: conflictHandler,
		right: ["taken"],
		takes: ["nothing text function"],
	},
	{
		where: "database",
		call: database,
		right: ["sqlite::memory:", {}],
		takes: ["text function", "nothing record"],
	},
	{
		where: "databaseUnavailable",
		call: databaseUnavailable,
		right: [{}],
		takes: ["nothing record"],
	},
	{
		where: "decodeDate",
		call: decodeDate,
		right: ["2026-01-02"],
		takes: ["text date"],
	},
	{
		where: "encodeDate",
		call: encodeDate,
		right: [new Date(0), "seconds"],
		takes: ["date", "nothing"],
	},
	{ where: "engineOf", call: engineOf, right: [opened.db] },
	{
		where: "migrate",
		call: migrate,
		right: [opened, {}, "latest"],
		takes: ["", "record", "nothing"],
	},
	{
		where: "migrationStatus",
		call: migrationStatus,
		right: [opened, {}],
		takes: ["", "record"],
	},
	{
		where: "openDatabase",
		call: async (given: never) => {
			await using _ = await openDatabase(given);
		},
		right: [{ sqlite: { path: ":memory:" } }],
	},
	{
		where: "pgPool",
		call: pgPool,
		right: [notes, Pool, {}],
		takes: ["", "", "nothing record"],
	},
	{ where: "tableTypes", call: tableTypes, right: [opened] },
	{
		where: "retryConflicts",
		call: retryConflicts,
		right: [{}],
		takes: ["nothing record"],
	},
	{
		where: "retryUnit",
		call: retryUnit,
		right: [async () => 1, {}],
		takes: ["function", "nothing record"],
	},
	{
		where: "session",
		call: session,
		right: [notes, {}],
		takes: ["", "nothing record"],
	},
	{
		where: "Session.nested",
		call: (work: never) =>
			withSession(opened, (session) => session.nested(work)),
		right: [() => 1],
		takes: ["function"],
	},
	{
		where: "Session.afterCommit",
		call: (hook: never) =>
			withSession(opened, (session) => session.afterCommit(hook)),
		right: [() => 1],
		takes: ["function"],
	},
	{
		where: "Session.run",
		call: (work: never) => withSession(opened, (session) => session.run(work)),
		right: [() => 1],
		takes: ["function"],
	},
	{
		where: "withSession",
		call: withSession,
		right: [opened, () => 1, {}],
		takes: ["", "function", "nothing record"],
	},
];

/** The rest of `vivace-database`, which `vivace/database` hands on. */
export const drivenTakers: readonly ArgumentTaker[] = [
	{
		where: "assertDatabaseOptions",
		call: (options: never) => assertDatabaseOptions("here", options),
		right: [{ url: "sqlite::memory:" }],
	},
	{
		where: "assertMigrated",
		call: assertMigrated,
		right: [opened, {}],
		takes: ["", "record"],
	},
];
