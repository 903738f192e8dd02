import { resolve } from "node:path";
import { SetupError } from "../errors/setup-error.ts";
import { retell } from "../errors/statement-error.ts";

/** The faults of a file that no time heals, by SQLite's primary result code (https://sqlite.org/rescode.html). */
const lasting: ReadonlyMap<number, string> = new Map([
	[3, "this process may not use it"],
	[8, "it, or its folder, can't be written to"],
	[11, "it is damaged"],
	[
		14,
		"it can't be opened or made: it is a folder, or this process may not write to its folder",
	],
	[23, "this process may not use it"],
	[26, "it is there and is not a database"],
]);

/** A full disk is not the folder's fault. */
const passing: ReadonlySet<unknown> = new Set([
	"ENOSPC",
	"EMFILE",
	"ENFILE",
	"EIO",
	"EAGAIN",
]);

/** The error of a file that could not be opened: a setup error where the next try would fail as well; it names the file in any case. */
export function openError(path: string, error: unknown): unknown {
	if (!(error instanceof Error) || error instanceof SetupError) {
		return error;
	}
	const file = path === ":memory:" ? path : resolve(path);
	const { errcode, code, syscall } = error as {
		readonly errcode?: unknown;
		readonly code?: unknown;
		readonly syscall?: unknown;
	};
	// Deno's errors have no number
	const result =
		typeof errcode === "number" ? errcode & 0xff : resultOf(error.message);
	const reason = result === undefined ? undefined : lasting.get(result);
	const isFolder = syscall === "mkdir" && !passing.has(code);
	if (reason === undefined && !isFolder) {
		retell(error, `${error.message}: ${file}`);
		return error;
	}
	return new SetupError(
		"VIV_OPTION",
		`sqlite.path: the database ${file} can't be used: ${reason ?? "its folder can't be made"} (${error.message}).`,
		{ cause: error },
	);
}

function resultOf(message: string): number | undefined {
	return message.startsWith("unable to open database file") ? 14 : undefined;
}
