/** The client that a {@link Heartbeat} asks. */
interface Client {
	/** Sends a ping. */
	ask(): void;
	/** It is gone. */
	cut(): void;
}

/** Asks a client again and again whether it is there, and cuts its connection if it does not answer. */
export class Heartbeat {
	readonly #pongMs: number;
	readonly #client: Client;
	readonly #pinging: NodeJS.Timeout | undefined;
	#waiting: NodeJS.Timeout | undefined;
	/** True while nothing is read, so that no answer could be seen. */
	#isResting = false;

	constructor(
		{ pingMs, pongMs }: { readonly pingMs: number; readonly pongMs: number },
		client: Client,
	) {
		this.#pongMs = pongMs;
		this.#client = client;
		this.#pinging =
			pingMs === 0 ? undefined : setInterval(() => this.#ask(), pingMs).unref();
	}

	/** Something has come from the client. */
	hear(): void {
		this.#isResting = false;
		if (this.#waiting !== undefined) {
			clearTimeout(this.#waiting);
			this.#waiting = undefined;
		}
	}

	/** Nothing is read for a while. */
	rest(): void {
		this.hear();
		this.#isResting = true;
	}

	stop(): void {
		clearInterval(this.#pinging);
		clearTimeout(this.#waiting);
	}

	#ask(): void {
		if (this.#isResting) {
			return;
		}
		this.#client.ask();
		this.#waiting ??= setTimeout(() => {
			const asked = this.#waiting;
			// a turn later: a process that was held up finds the time over before it sees the answer
			setImmediate(() => {
				if (asked === this.#waiting) {
					this.#client.cut();
				}
			});
		}, this.#pongMs).unref();
	}
}
