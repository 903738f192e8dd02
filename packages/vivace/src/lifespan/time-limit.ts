/**
 * Settles as `work` does, or rejects with what `onLimit` returns when `limitMs` have passed before; `0` is no limit. The work
 * itself goes on: nothing in JavaScript can stop it.
 */
export function withinLimit<Value>(
	work: Promise<Value>,
	limitMs: number,
	onLimit: () => unknown,
): Promise<Value> {
	if (limitMs === 0) {
		return work;
	}
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(onLimit()), limitMs);
		work.then(resolve, reject).finally(() => clearTimeout(timer));
	});
}

/**
 * Resolves after `delayMs`, rejects with the signal's reason as soon as it is aborted.
 *
 * @param isBackground whether the process may end while it waits.
 */
export function pause(
	delayMs: number,
	signal: AbortSignal,
	isBackground = false,
): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			return reject(signal.reason);
		}
		const onAbort = (): void => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(() => {
			signal.removeEventListener("abort", onAbort);
			resolve();
		}, delayMs);
		if (isBackground) {
			timer.unref();
		}
		signal.addEventListener("abort", onAbort, { once: true });
	});
}
