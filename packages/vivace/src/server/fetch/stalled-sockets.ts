/** An open socket, as far as the limit on clients that take nothing sees it. */
export interface SendingSocket {
	/** True when some of what was sent had not left when that was looked at last. */
	readonly hasWaiting: boolean;
	/** While some waits to be sent, the bytes that have left so far. */
	takenBytes(): number | undefined;
	/** Cuts its connection. */
	terminate(): void;
}

interface Progress {
	readonly takenBytes: number;
	readonly sinceMs: number;
}

/** The socket that an exchange has become. */
export function upgradedOf({
	upgraded,
}: {
	readonly upgraded: object | undefined;
}): SendingSocket | undefined {
	return upgraded as SendingSocket | undefined; // a server of this kind has no others
}

/** Knows for how long clients of sockets have taken nothing; of those alone for which something waits, since most sockets are idle. */
export class StalledSockets {
	readonly #slow = new WeakMap<SendingSocket, Progress>();

	/** Whether the client has taken nothing for longer than that, as of now. */
	isStalled(socket: SendingSocket, nowMs: number, limitMs: number): boolean {
		if (!socket.hasWaiting) {
			return false;
		}
		const takenBytes = socket.takenBytes();
		if (takenBytes === undefined) {
			this.#slow.delete(socket);
			return false;
		}
		const before = this.#slow.get(socket);
		if (before?.takenBytes !== takenBytes) {
			this.#slow.set(socket, { takenBytes, sinceMs: nowMs });
			return false;
		}
		return nowMs - before.sinceMs > limitMs;
	}
}
