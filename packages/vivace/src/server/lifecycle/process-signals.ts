/** Called for each signal; `isFirst` is false for those that come once stopping is under way. */
type SignalListener = (signal: NodeJS.Signals, isFirst: boolean) => void;

/** A signal that follows another this closely is the same one: npm hands on what the terminal has sent to the whole group. */
const echoMs = 100;

/** How long the process has to end by itself when everything has been stopped. */
const exitMs = 1000;

const signals = ["SIGINT", "SIGTERM"] as const;
const listeners = new Set<SignalListener>();
let firstAtMs: number | undefined;

/**
 * Calls `listener` for SIGINT and SIGTERM, in place of Node's sudden end.
 *
 * @returns ends that
 */
export function listenToSignals(listener: SignalListener): () => void {
	if (listeners.size === 0) {
		for (const name of signals) {
			process.on(name, hear);
		}
	}
	listeners.add(listener);
	return () => {
		if (!listeners.delete(listener) || listeners.size > 0) {
			return;
		}
		for (const name of signals) {
			process.off(name, hear);
		}
		firstAtMs = undefined;
	};
}

/**
 * Ends the process with an exit code once nobody listens to signals any more: by itself when nothing keeps it, otherwise after a
 * second.
 *
 * @param onForced told what kept it
 * @returns false if somebody does: another server of this process
 */
export function endProcess(
	exitCode: 0 | 1,
	onForced: (kept: string) => void,
): boolean {
	process.exitCode = Math.max(exitCode, Number(process.exitCode ?? 0));
	if (listeners.size > 0) {
		return false;
	}
	// unreferenced: it can fire only if something else keeps the process
	setTimeout(() => {
		onForced(keepers());
		process.exit();
	}, exitMs).unref();
	return true;
}

function keepers(): string {
	const names = new Set(process.getActiveResourcesInfo());
	if (names.size === 0) {
		return "something that it does not name"; // on Bun, always
	}
	// the streams of the process itself, which keep nothing
	names.delete("PipeWrap");
	names.delete("TTYWrap");
	return names.size === 0 ? "a pipe or a terminal" : [...names].join(", ");
}

function hear(signal: NodeJS.Signals): void {
	const now = performance.now();
	const isFirst = firstAtMs === undefined;
	if (firstAtMs !== undefined && now - firstAtMs < echoMs) {
		return;
	}
	if (isFirst) {
		// while the stop begins, nothing is heard, and what has come meanwhile may be an echo: a thread that is made takes longer than one may
		firstAtMs = Number.POSITIVE_INFINITY;
	}
	for (const listener of [...listeners]) {
		listener(signal, isFirst);
	}
	if (isFirst) {
		setImmediate(() => {
			firstAtMs &&= performance.now();
		});
	}
}
