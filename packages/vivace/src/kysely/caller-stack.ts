/**
 * The error with the stack of who awaits it: drivers make their errors in the callback of a socket or of a shared commit, where
 * nothing is left of the statement's place.
 */
export function withCaller(error: unknown): unknown {
	if (error instanceof Error) {
		const caller = new Error().stack?.split("\n").slice(2).join("\n");
		error.stack += `\n${caller}`;
	}
	return error;
}
