/** A member of a {@link SilenceWatch}. */
export interface Watched {
	/** How often it was looked at since something was sent; its own part is to set it to 0 then. */
	quietLooks: number;
	/** Nothing was sent for the whole time. */
	onSilence(): void;
}

/** Silence is noticed at most this part of its time too early. */
const looksPerInterval = 15;

/** By their intervals. */
const watches = new Map<number, SilenceWatch>();

/**
 * Streams that say something of themselves when nothing was sent for a while: one timer for all of them, since ten thousand take 2 MB, and no
 * clock that is read for each item.
 */
export class SilenceWatch {
	readonly #intervalMs: number;
	readonly #members = new Set<Watched>();
	readonly #mostLooks: number;
	readonly #timer: ReturnType<typeof setInterval>;

	private constructor(intervalMs: number) {
		const lookMs = Math.max(1, Math.floor(intervalMs / looksPerInterval));
		this.#intervalMs = intervalMs;
		this.#mostLooks = Math.ceil(intervalMs / lookMs);
		this.#timer = setInterval(() => this.#look(), lookMs);
		// browsers and edge runtimes have numbers for timers
		if (typeof this.#timer === "object") {
			this.#timer.unref();
		}
	}

	/** Watches over one from now on. */
	static join(intervalMs: number, member: Watched): SilenceWatch {
		let watch = watches.get(intervalMs);
		if (watch === undefined) {
			watch = new SilenceWatch(intervalMs);
			watches.set(intervalMs, watch);
		}
		member.quietLooks = 0;
		watch.#members.add(member);
		return watch;
	}

	leave(member: Watched): void {
		this.#members.delete(member);
		if (this.#members.size === 0) {
			clearInterval(this.#timer);
			watches.delete(this.#intervalMs);
		}
	}

	#look(): void {
		for (const member of [...this.#members]) {
			member.quietLooks++;
			if (member.quietLooks >= this.#mostLooks) {
				member.quietLooks = 0;
				member.onSilence();
			}
		}
	}
}
