/** Stands for what did not come in time. */
export const late: unique symbol = Symbol("late");

/**
 * Settles as `work` does, or resolves to {@link late} when `limitMs` have passed before or `hurry` is aborted; `Infinity` is no limit.
 * The work itself goes on: nothing in JavaScript can stop it.
 */
export function waitAtMost<Value>(
	work: PromiseLike<Value>,
	limitMs: number,
	hurry?: AbortSignal,
): Promise<Value | typeof late> {
	const { promise, resolve, reject } = Promise.withResolvers<
		Value | typeof late
	>();
	const giveUp = () => resolve(late);
	const timer =
		limitMs === Number.POSITIVE_INFINITY
			? undefined
			: setTimeout(giveUp, limitMs);
	if (hurry?.aborted) {
		giveUp();
	}
	hurry?.addEventListener("abort", giveUp);
	const forget = () => {
		clearTimeout(timer);
		hurry?.removeEventListener("abort", giveUp);
	};
	work.then(resolve, reject);
	promise.then(forget, forget);
	return promise;
}

/** Ends many waits when a signal is aborted, by one listener: one for each takes as long as publishing a message in memory. */
export class SharedHurry {
	readonly #signal: AbortSignal;
	readonly #givingUp = new Set<() => void>();

	constructor(signal: AbortSignal) {
		this.#signal = signal;
		signal.addEventListener("abort", () => {
			for (const giveUp of this.#givingUp) {
				giveUp();
			}
		});
	}

	/** Settles as `work` does, or resolves to {@link late} when the signal is aborted before. */
	wait<Value>(work: PromiseLike<Value>): Promise<Value | typeof late> {
		return new Promise((resolve, reject) => {
			const giveUp = () => resolve(late);
			if (this.#signal.aborted) {
				giveUp();
			}
			this.#givingUp.add(giveUp);
			work.then(
				(value) => {
					this.#givingUp.delete(giveUp);
					resolve(value);
				},
				(error) => {
					this.#givingUp.delete(giveUp);
					reject(error);
				},
			);
		});
	}
}

/** Settles as `work` does, or rejects with what `onLimit` returns when `limitMs` have passed before; `0` is no limit. */
export async function withinLimit<Value>(
	work: Promise<Value>,
	limitMs: number,
	onLimit: () => unknown,
): Promise<Value> {
	const value = await waitAtMost(work, limitMs || Number.POSITIVE_INFINITY);
	if (value === late) {
		throw onLimit();
	}
	return value;
}

/**
 * Resolves after `delayMs`, rejects with the signal's reason as soon as it is aborted.
 *
 * @param isBackground true lets the process end meanwhile
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

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) {
			resolve();
		}
		signal.addEventListener("abort", () => resolve(), { once: true });
	});
}

/** After whatever has come in meanwhile. */
export function nextTurn(): Promise<void> {
	return new Promise((resolve) => afterTurn(resolve));
}

/** Calls a function after whatever has come in meanwhile; by a timer where the runtime has nothing sooner. */
export function afterTurn(run: () => void): void {
	(globalThis.setImmediate ?? setTimeout)(run);
}
