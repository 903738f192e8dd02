import { type Pinged, type PingLimits, PingRound } from "./ping-round.ts";

/** Of a client whose messages nobody takes, so much more is read at least to find its answer behind them. */
const leastLookBytes = 65_536;
/** Small messages take more memory than their bytes. */
const bytesBesideMessage = 64;

/**
 * Asks a client again and again whether it is there, and cuts its connection if it does not answer. Where nobody takes its messages it is
 * not read from, and its answer stands behind them: then some more is read, up to a limit. A client that sends more than that is left to
 * TCP, which our pings tell of a connection that is lost.
 */
export abstract class Heartbeat implements Pinged {
	previous: Pinged | undefined;
	next: Pinged | undefined;
	#round: PingRound | undefined;
	#waiting: NodeJS.Timeout | undefined;
	#takenBytes: number | undefined;
	/** How much more may be read while nobody takes messages; undefined while they are taken. */
	#lookBytes: number | undefined;

	constructor(limits: PingLimits) {
		this.#round = PingRound.join(limits, this);
	}

	/** Sends a ping. */
	abstract ask(): void;
	/** The client is gone. */
	abstract cut(): void;
	/** Reads on, or stops doing so. */
	abstract read(isOn: boolean): void;
	/** While some wait to be sent, the bytes that have left so far; who takes them is there. Undefined while none wait. */
	abstract takenBytes(): number | undefined;

	/** A message has come. */
	hearMessage(bytes: number): void {
		this.#stopWaiting();
		if (this.#lookBytes !== undefined && this.#lookBytes > 0) {
			this.#lookBytes -= bytes + bytesBesideMessage;
			if (this.#lookBytes <= 0) {
				this.read(false);
			}
		}
	}

	/** The client has answered. */
	hearPong(): void {
		this.#stopWaiting();
		if (this.#lookBytes !== undefined) {
			this.read(false);
		}
	}

	/** Nobody takes messages for a while. */
	rest(): void {
		this.#stopWaiting();
		const messageBytes = this.#round?.limits.messageBytes ?? 0;
		this.#lookBytes = Math.max(messageBytes, leastLookBytes);
		this.read(false);
	}

	/** Messages are taken again. */
	wake(): void {
		this.#stopWaiting();
		this.#lookBytes = undefined;
		this.read(true);
	}

	stop(): void {
		this.#round?.leave(this);
		this.#round = undefined;
		this.#stopWaiting();
	}

	#stopWaiting(): void {
		if (this.#waiting !== undefined) {
			clearTimeout(this.#waiting);
			this.#waiting = undefined;
		}
	}

	onRound(): void {
		if (this.#round === undefined) {
			return; // it was stopped because of one before it
		}
		this.ask();
		if (this.#lookBytes !== undefined) {
			if (this.#lookBytes <= 0) {
				return; // its answer could not be seen
			}
			this.read(true);
		}
		if (this.#waiting === undefined) {
			this.#wait();
		}
	}

	#wait(): void {
		this.#takenBytes = this.takenBytes();
		const waiting = setTimeout(() => {
			// a turn later: a process that was held up finds the time over before it sees the answer
			setImmediate(() => {
				if (waiting === this.#waiting) {
					this.#onSilence();
				}
			});
		}, this.#round?.limits.pongMs).unref();
		this.#waiting = waiting;
	}

	/** The ping may still be behind much that a slow client takes. */
	#onSilence(): void {
		const before = this.#takenBytes;
		const now = this.takenBytes();
		if (before !== undefined && (now === undefined || now > before)) {
			this.#wait();
		} else {
			this.cut();
		}
	}
}
