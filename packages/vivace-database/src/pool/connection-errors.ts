import {
	DatabaseError,
	isUndone,
	noteUndone,
} from "../errors/database-error.ts";
import type { Server } from "./server.ts";

/** The error of a statement that took too long. */
export function timeoutError(sql: string, limitMs: number): DatabaseError {
	const text = sql.length > 120 ? `${sql.slice(0, 120)}…` : sql;
	return new DatabaseError(
		"QUERY_TIMEOUT",
		`"${text}" took longer than ${limitMs} ms; its connection was destroyed, its outcome is unknown.`,
	);
}

/** The reason of a connection that was closed on purpose. */
export function closedError(): DatabaseError {
	return new DatabaseError("POOL_CLOSED", "the connection was closed.");
}

/** The error of a statement that was given to a connection after its loss. */
export function lostBefore({ name }: Server, lost: Error): DatabaseError {
	const error = new DatabaseError(
		"CONNECTION_LOST",
		`the connection to ${name} was lost before this statement; the server rolls its transaction back.`,
		{ cause: lost },
	);
	if (isUndone(lost)) {
		noteUndone(error);
	}
	return error;
}
