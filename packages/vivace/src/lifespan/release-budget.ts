/** The value to which {@link ReleaseBudget.wait} resolves when the time is up. */
export const outOfTime: unique symbol = Symbol("out of time");

/** How long the steps of stopping may take: each its own limit and, once shortened, all that are left together. */
export class ReleaseBudget {
	readonly #now: () => number;
	#endsAt = Number.POSITIVE_INFINITY;
	#rearm: (() => void) | undefined;

	constructor(now: () => number) {
		this.#now = now;
	}

	/** Whether what is left shares one limit. */
	get isShort(): boolean {
		return this.#endsAt !== Number.POSITIVE_INFINITY;
	}

	/** From now on all that is left, also the step that is under way, must be done within `limitMs`. */
	shorten(limitMs: number): void {
		this.#endsAt = Math.min(this.#endsAt, this.#now() + limitMs);
		this.#rearm?.();
	}

	/**
	 * Settles as `work` does, or resolves to {@link outOfTime} after `limitMs` (`0`: no limit of its own). A shortened budget is shared
	 * evenly among the `stepsLeft`, this one among them, so that a step that hangs does not keep the others from running.
	 */
	wait<Value>(
		work: Promise<Value>,
		limitMs: number,
		stepsLeft: number,
	): Promise<Value | typeof outOfTime> {
		const ownEnd =
			limitMs === 0 ? Number.POSITIVE_INFINITY : this.#now() + limitMs;
		const { promise, resolve, reject } = Promise.withResolvers<
			Value | typeof outOfTime
		>();
		let timer: NodeJS.Timeout | undefined;
		this.#rearm = () => {
			clearTimeout(timer);
			const now = this.#now();
			const share = Math.max(0, this.#endsAt - now) / stepsLeft;
			const leftMs = Math.max(0, Math.min(ownEnd - now, share));
			if (leftMs === Number.POSITIVE_INFINITY) return;
			timer = setTimeout(() => resolve(outOfTime), leftMs);
		};
		this.#rearm();
		work.then(resolve, reject);
		return promise.finally(() => {
			clearTimeout(timer);
			this.#rearm = undefined;
		});
	}
}
