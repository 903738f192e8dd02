import assert from "node:assert/strict";
import { test } from "node:test";
import {
	DatabaseError,
	isConnectionLost,
	isDeadlock,
	isDuplicateKey,
	isForeignKeyViolation,
	isNotExecuted,
	isOutcomeUnknown,
	isSafeToRetry,
	isUnavailable,
	noteOwnRefusal,
	noteUndone,
} from "../../src/errors/database-error.ts";

const predicates = {
	deadlock: isDeadlock,
	duplicate: isDuplicateKey,
	foreignKey: isForeignKeyViolation,
	notExecuted: isNotExecuted,
	unknown: isOutcomeUnknown,
	lost: isConnectionLost,
	unavailable: isUnavailable,
	retry: isSafeToRetry,
};

type Verdict = keyof typeof predicates;

function postgres(code: string, severity = "ERROR"): object {
	return { code, severity };
}

const table: readonly [name: string, error: unknown, verdicts: Verdict[]][] = [
	["nothing at all", undefined, []],
	["a plain error", new Error("no"), []],
	["a syntax error", { code: "ER_PARSE_ERROR", errno: 1064 }, []],
	["a wrong password", { code: "ER_ACCESS_DENIED_ERROR", errno: 1045 }, []],
	["a value too long", { code: "ER_DATA_TOO_LONG", errno: 1406 }, []],
	[
		"a deadlock",
		{ code: "ER_LOCK_DEADLOCK", errno: 1213 },
		["deadlock", "retry"],
	],
	[
		"a lock wait",
		{ code: "ER_LOCK_WAIT_TIMEOUT", errno: 1205 },
		["deadlock", "retry"],
	],
	["a changed record", { errno: 1020 }, ["deadlock", "retry"]],
	["SQLite busy", sqlite(5), ["deadlock", "unavailable", "retry"]],
	["SQLite busy snapshot", sqlite(517), ["deadlock", "unavailable", "retry"]],
	["a key of MySQL", { code: "ER_DUP_ENTRY", errno: 1062 }, ["duplicate"]],
	["a primary key of SQLite", sqlite(1555), ["duplicate"]],
	["a unique key of SQLite", sqlite(2067), ["duplicate"]],
	["SQLite's check", sqlite(275), []],
	["a foreign key of MySQL", { errno: 1452 }, ["foreignKey"]],
	["a foreign key of SQLite", sqlite(787), ["foreignKey"]],
	["a full disk", sqlite(13), ["unavailable"]],
	["a full disk of MySQL", { errno: 1021 }, ["unavailable"]],
	["a table of MySQL that can't grow", { errno: 1114 }, ["unavailable"]],
	[
		"a full disk, as MySQL's storage engine tells it",
		{
			errno: 1030,
			message: 'Got error 28 "No space left on device" from storage engine',
		},
		["unavailable"],
	],
	[
		"another failure of a storage engine",
		{ errno: 1030, message: "Got error 122 from storage engine" },
		[],
	],
	[
		"an account with too many connections to MySQL",
		{ errno: 1226 },
		["notExecuted", "unavailable"],
	],
	["a syntax error of PostgreSQL", postgres("42601"), []],
	["a serialization failure", postgres("40001"), ["deadlock", "retry"]],
	["a deadlock of PostgreSQL", postgres("40P01"), ["deadlock", "retry"]],
	["a lock that is not to be had", postgres("55P03"), ["deadlock", "retry"]],
	["a key of PostgreSQL", postgres("23505"), ["duplicate"]],
	["an exclusion of PostgreSQL", postgres("23P01"), ["duplicate"]],
	["a foreign key of PostgreSQL", postgres("23503"), ["foreignKey"]],
	["a check of PostgreSQL", postgres("23514"), []],
	["a spoiled transaction", postgres("25P02"), []],
	[
		"too many connections to PostgreSQL",
		postgres("53300", "FATAL"),
		["notExecuted", "unavailable"],
	],
	[
		"PostgreSQL starting",
		postgres("57P03", "FATAL"),
		["notExecuted", "unavailable"],
	],
	[
		"a standby",
		postgres("25006"),
		["notExecuted", "lost", "unavailable", "retry"],
	],
	[
		"a session that was ended",
		postgres("57P01", "FATAL"),
		["unknown", "lost", "unavailable"],
	],
	[
		"another session's crash",
		postgres("57P02", "FATAL"),
		["unknown", "lost", "unavailable"],
	],
	[
		"a broken connection",
		postgres("08006"),
		["unknown", "lost", "unavailable"],
	],
	["a statement that was cancelled", postgres("57014"), ["unavailable"]],
	["a full disk of PostgreSQL", postgres("53100"), ["unavailable"]],
	["a code without the server's word", { code: "40001" }, []],
	[
		"nobody listens",
		{ code: "ECONNREFUSED", errno: -111, syscall: "connect" },
		["notExecuted", "unavailable"],
	],
	[
		"nobody listens at any address",
		Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
		["notExecuted", "unavailable"],
	],
	[
		"an unknown host",
		{ code: "ENOTFOUND", syscall: "getaddrinfo" },
		["notExecuted", "unavailable"],
	],
	[
		"a timeout while connecting",
		{ code: "ETIMEDOUT", syscall: "connect", fatal: true },
		["notExecuted", "unavailable"],
	],
	[
		"a timeout while reading",
		{ code: "ETIMEDOUT", syscall: "read" },
		["unknown", "lost", "unavailable"],
	],
	[
		"too many connections",
		{ code: "ER_CON_COUNT_ERROR", errno: 1040 },
		["notExecuted", "unavailable"],
	],
	[
		"a node out of quorum",
		{ code: "ER_UNKNOWN_COM_ERROR", errno: 1047 },
		["notExecuted", "lost", "unavailable", "retry"],
	],
	[
		"a read-only server",
		{
			errno: 1290,
			message: "The server is running with the --read-only option",
		},
		["notExecuted", "lost", "unavailable", "retry"],
	],
	[
		"a server that is read-only for root, too",
		{
			errno: 1290,
			message: "The server is running with the --super-read-only option",
		},
		["notExecuted", "lost", "unavailable", "retry"],
	],
	[
		"a file that the server may not write",
		{
			errno: 1290,
			message: "The server is running with the --secure-file-priv option",
		},
		[],
	],
	[
		"a server whose transactions are read-only",
		{ errno: 1792 },
		["notExecuted", "lost", "unavailable", "retry"],
	],
	["a write in a transaction begun as read-only", ownRefusal(), []],
	[
		"a server in read-only mode",
		{ errno: 1836 },
		["notExecuted", "lost", "unavailable", "retry"],
	],
	[
		"a commit on a node that is cut off",
		{ code: "ER_ERROR_DURING_COMMIT", errno: 1180 },
		["unknown", "lost", "unavailable"],
	],
	[
		"a lost connection",
		{ code: "PROTOCOL_CONNECTION_LOST", fatal: true },
		["unknown", "lost", "unavailable"],
	],
	[
		"a closed state without code",
		{ fatal: true },
		["unknown", "lost", "unavailable"],
	],
	["a killed connection", { errno: 1927 }, ["unknown", "lost", "unavailable"]],
	["a killed query", { errno: 1317 }, ["unavailable"]],
	["the server's time limit", { errno: 1969 }, ["unavailable"]],
	["no turn", own("POOL_TIMEOUT"), ["notExecuted", "unavailable"]],
	["a full queue", own("POOL_QUEUE_FULL"), ["notExecuted", "unavailable"]],
	["a closed pool", own("POOL_CLOSED"), ["notExecuted", "unavailable"]],
	["our time limit", own("QUERY_TIMEOUT"), ["unknown", "unavailable"]],
	[
		"a statement on a lost connection",
		own("CONNECTION_LOST"),
		["notExecuted", "lost", "unavailable"],
	],
	[
		"a connection lost before the commit",
		beforeCommit({ code: "PROTOCOL_CONNECTION_LOST", fatal: true }),
		["unknown", "lost", "unavailable", "retry"],
	],
	[
		"a session killed before the commit",
		beforeCommit({ errno: 1927 }),
		["unknown", "lost", "unavailable", "retry"],
	],
	[
		"a statement after the loss of its transaction",
		beforeCommit(own("CONNECTION_LOST")),
		["notExecuted", "lost", "unavailable", "retry"],
	],
	[
		"our time limit before the commit",
		beforeCommit(own("QUERY_TIMEOUT")),
		["unknown", "unavailable"],
	],
	[
		"a session's time limit",
		beforeCommit(own("SESSION_TIMEOUT")),
		["unavailable"],
	],
	["a syntax error before the commit", beforeCommit({ errno: 1064 }), []],
];

test("errors are told apart by what they say about the statement", () => {
	for (const [name, error, expected] of table) {
		const verdicts = Object.entries(predicates)
			.filter(([, holds]) => holds(error))
			.map(([verdict]) => verdict);
		assert.deepEqual(verdicts, expected, name);
	}
});

function sqlite(errcode: number): Error {
	return Object.assign(new Error(), { code: "ERR_SQLITE_ERROR", errcode });
}

function own(code: DatabaseError["code"]): DatabaseError {
	return new DatabaseError(code, "for a test");
}

function ownRefusal(): object {
	const error = { errno: 1792 };
	noteOwnRefusal(error);
	return error;
}

function beforeCommit(error: object): object {
	noteUndone(error);
	return error;
}
