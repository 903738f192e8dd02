import { type Linked, LinkedSet } from "../../time/linked-set.ts";

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

/** The rounds that still take somebody in: one for each kind of limits. */
const filling: PingRound[] = [];

/**
 * Clients that have come at about the same time and are asked together: one timer, and one copy of their limits, for all of them. Ten thousand timers take
 * 2 MB.
 */
export class PingRound {
	readonly limits: PingLimits;
	readonly #members = new LinkedSet<Pinged>();
	readonly #asking: NodeJS.Timeout | undefined;
	readonly #closing: NodeJS.Timeout | undefined;

	private constructor({ pingMs, pongMs, messageBytes }: PingLimits) {
		this.limits = { pingMs, pongMs, messageBytes };
		if (pingMs > 0) {
			const fillingMs = pingMs / roundsAtOnce;
			this.#asking = setInterval(() => this.#ask(), pingMs).unref();
			this.#closing = setTimeout(() => this.#close(), fillingMs).unref();
		}
	}

	/** Asks a member from now on; `pingMs` 0: never. */
	static join(limits: PingLimits, member: Pinged): PingRound {
		let round = roundFor(limits);
		if (round === undefined) {
			round = new PingRound(limits);
			filling.push(round);
		}
		round.#members.add(member);
		return round;
	}

	leave(member: Pinged): void {
		this.#members.delete(member);
		if (this.#members.size === 0) {
			clearInterval(this.#asking);
			clearTimeout(this.#closing);
			this.#close();
		}
	}

	#close(): void {
		const index = filling.indexOf(this);
		if (index !== -1) {
			filling.splice(index, 1);
		}
	}

	#ask(): void {
		for (const member of this.#members.members()) {
			member.onRound();
		}
	}
}

function roundFor(limits: PingLimits): PingRound | undefined {
	for (let index = 0; index < filling.length; index++) {
		const round = filling[index] as PingRound;
		const { pingMs, pongMs, messageBytes } = round.limits;
		if (
			pingMs === limits.pingMs &&
			pongMs === limits.pongMs &&
			messageBytes === limits.messageBytes
		) {
			return round;
		}
	}
	return undefined;
}
