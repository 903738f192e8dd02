import { type Linked, LinkedSet } from "./linked-set.ts";

/** A member of a {@link PingRound}. */
export interface Pinged extends Linked<Pinged> {
	/** The time has come to ask its client. */
	onRound(): void;
}

/** The times at which clients are asked, and the room of those that are not listened to. */
export interface PingLimits {
	readonly pingMs: number;
	readonly pongMs: number;
	readonly messageBytes: number;
}

/** A round takes in whom a sixteenth of its interval brings. */
const roundsAtOnce = 16;

/** The rounds that still take somebody in, by their limits. */
const filling = new Map<string, PingRound>();

/**
 * Clients that have come at about the same time and are asked together: one timer, and one copy of their limits, for all of them. Ten thousand timers take
 * 2 MB.
 */
export class PingRound {
	readonly limits: PingLimits;
	readonly #name: string;
	readonly #isFullMs: number;
	readonly #members = new LinkedSet<Pinged>();
	readonly #timer: NodeJS.Timeout | undefined;

	private constructor(name: string, limits: PingLimits) {
		const { pingMs, pongMs, messageBytes } = limits;
		this.#name = name;
		this.limits = { pingMs, pongMs, messageBytes };
		this.#isFullMs = performance.now() + pingMs / roundsAtOnce;
		this.#timer =
			pingMs === 0 ? undefined : setInterval(() => this.#ask(), pingMs).unref();
	}

	/** Asks a member from now on; `pingMs` 0: never. */
	static join(limits: PingLimits, member: Pinged): PingRound {
		const { pingMs, pongMs, messageBytes } = limits;
		const name = `${pingMs} ${pongMs} ${messageBytes}`;
		let round = filling.get(name);
		if (round === undefined || round.#isFull) {
			round = new PingRound(name, limits);
			filling.set(name, round);
		}
		round.#members.add(member);
		return round;
	}

	leave(member: Pinged): void {
		this.#members.delete(member);
		if (this.#members.size === 0) {
			clearInterval(this.#timer);
			if (filling.get(this.#name) === this) {
				filling.delete(this.#name);
			}
		}
	}

	get #isFull(): boolean {
		return this.limits.pingMs > 0 && performance.now() > this.#isFullMs;
	}

	#ask(): void {
		for (const member of this.#members.members()) {
			member.onRound();
		}
	}
}
