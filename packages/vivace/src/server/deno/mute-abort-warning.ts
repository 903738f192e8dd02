const begin = "Deno.serve: request.signal aborts on successful responses";
let isMuted = false;

/**
 * Leaves out one line that Deno writes once, when the first request is over whose signal somebody has asked for: it says that the signal is
 * aborted with the answer, which ours are not.
 */
export function muteAbortWarning(): void {
	if (isMuted) {
		return;
	}
	isMuted = true;
	const { warn } = console;
	const muted = (...values: readonly unknown[]): void => {
		if (typeof values[0] === "string" && values[0].startsWith(begin)) {
			if (console.warn === muted) {
				console.warn = warn;
			}
			return;
		}
		warn(...values);
	};
	console.warn = muted;
}
