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

/** The error of a first connection that could not be made. */
export function unreachable(
	address: string,
	cause: Error & { readonly code?: unknown },
): DatabaseError {
	return new DatabaseError(
		"UNREACHABLE",
		`no connection to ${address}: ${textOf(cause)}${adviceOn(cause.code)}.`,
		{ cause },
	);
}

function adviceOn(code: unknown): string {
	switch (code) {
		case "ENOTFOUND":
		case "EAI_AGAIN":
			return "; no such name is known here: check the host name";
		case "ECONNREFUSED":
			return "; nothing listens there: check host and port, and whether the server runs";
		case "ENOENT":
			return "; there is no such socket: check socketPath, and whether the server runs";
		default:
			return "";
	}
}

/** Node's AggregateError (a name with several addresses) has no text of its own. */
export function textOf(error: Error & { readonly code?: unknown }): string {
	return error.message || String(error.code ?? error.name);
}
