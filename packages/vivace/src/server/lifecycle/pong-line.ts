import type { WebSocket as WsSocket } from "ws";

/** So many answers to pings may wait to be sent. */
const mostWaiting = 60;

/**
 * The answers to a client's pings. One for several is enough (RFC 6455 §5.5.3): of those that come while many answers wait, the last is
 * answered, so that a client who takes none fills no memory, and one who asks often is not cut.
 */
export class PongLine {
	#waiting = 0;
	#latest: Buffer | undefined;

	answer(ws: WsSocket, data: Buffer): void {
		if (ws.readyState !== ws.OPEN) {
			return;
		}
		if (this.#waiting >= mostWaiting) {
			this.#latest = Buffer.from(data); // the whole piece of memory in which it has arrived would be held
			return;
		}
		this.#waiting++;
		ws.pong(data, false, () => this.#sent(ws));
	}

	#sent(ws: WsSocket): void {
		this.#waiting--;
		const latest = this.#latest;
		if (latest !== undefined) {
			this.#latest = undefined;
			this.answer(ws, latest);
		}
	}
}
