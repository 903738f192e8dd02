/** How often a worker is asked whether it is still there, at most. */
const longestLookMs = 5000;
const looksPerLimit = 8;

/** Asks a worker again and again, and says when it has not answered for too long. */
export class Heartbeat {
	readonly #timer: NodeJS.Timeout | undefined;
	#isAwaited = false;
	#missedLooks = 0;

	/**
	 * @param limitMs how long it may say nothing; `0` is no limit
	 * @param onSilent called once
	 */
	constructor(limitMs: number, ask: () => void, onSilent: () => void) {
		if (limitMs === 0 || isDebugged()) {
			return;
		}
		const lookMs = Math.ceil(Math.min(limitMs / looksPerLimit, longestLookMs));
		// looks are counted, not time: a machine that was asleep must not look like a worker that was
		const mostLooks = Math.ceil(limitMs / lookMs);
		this.#timer = setInterval(() => {
			if (!this.#isAwaited) {
				this.#isAwaited = true;
				this.#missedLooks = 0;
				ask();
			} else if (++this.#missedLooks >= mostLooks) {
				this.end();
				onSilent();
			}
		}, lookMs).unref();
	}

	/** It has answered. */
	hear(): void {
		this.#isAwaited = false;
	}

	end(): void {
		clearInterval(this.#timer);
	}
}

/** True when workers are started so that a debugger may stop them. */
function isDebugged(): boolean {
	return process.execArgv.some((word) => word.startsWith("--inspect"));
}
