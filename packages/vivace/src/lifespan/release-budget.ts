/** The value to which {@link ReleaseBudget.wait} resolves when a step's own time is up. */
export const outOfTime: unique symbol = Symbol("out of time");

/** The same when its share of the time is up that is left for all. */
export const outOfBudget: unique symbol = Symbol("out of budget");

type OutOf = typeof outOfTime | typeof outOfBudget;

/** How long the steps of stopping may take: each its own limit and, once shortened, all that are left together. */
export class ReleaseBudget {
	#endsAt = Number.POSITIVE_INFINITY;
	#rearm: (() => void) | undefined;

	/** From now on all that is left, also the step that is under way, must be done within `limitMs`. */
	shorten(limitMs: number): void {
		this.#endsAt = Math.min(this.#endsAt, performance.now() + limitMs);
		this.#rearm?.();
	}

	/**
	 * Settles as `work` does, or resolves to {@link outOfTime} after `limitMs` (`0`: no limit of its own). A shortened budget is shared
	 * evenly among the `stepsLeft`, this one among them, so that a step that hangs does not keep the others from running; when that time
	 * is up, it resolves to {@link outOfBudget}.
	 */
	wait<Value>(
		work: Promise<Value>,
		limitMs: number,
		stepsLeft: number,
	): Promise<Value | OutOf> {
		const ownEnd =
			limitMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + limitMs;
		const { promise, resolve, reject } = Promise.withResolvers<Value | OutOf>();
		let timer: NodeJS.Timeout | undefined;
		this.#rearm = () => {
			clearTimeout(timer);
			const now = performance.now();
			const share = Math.max(0, this.#endsAt - now) / stepsLeft;
			const leftMs = Math.max(0, Math.min(ownEnd - now, share));
			if (leftMs === Number.POSITIVE_INFINITY) {
				return;
			}
			const end = share < ownEnd - now ? outOfBudget : outOfTime;
			timer = setTimeout(() => resolve(end), leftMs);
		};
		this.#rearm();
		work.then(resolve, reject);
		return promise.finally(() => {
			clearTimeout(timer);
			this.#rearm = undefined;
		});
	}
}
