import { ClientGoneError } from "../../errors/client-gone.ts";

/** True when an error only says that a signal was aborted, which had this reason. */
export function saysAborted(error: unknown, reason: unknown): boolean {
	if (error instanceof ClientGoneError) {
		return true;
	}
	if (reason !== undefined && error === reason) {
		return true;
	}
	return error instanceof Error && error.name === "AbortError";
}
