import type * as Ws from "ws";
import type { WebSocket as WsSocket } from "ws";

/** Whoever has a socket of `ws`, as its news see it. */
export interface SocketOwner {
	receive(bytes: Buffer, isBinary: boolean): void;
	/** The client asks whether we are there. */
	answerPing(data: Buffer): void;
	hearPong(): void;
	/** The client has broken the protocol, which `ws` has answered with a close frame; or the connection is lost. */
	fail(error: Error): void;
	/** The connection is closed. */
	end(code: number, reason: string): void;
}

/** A socket of `ws` that tells its owner what is new. */
interface ToldSocket extends WsSocket {
	owner: SocketOwner | undefined;
}

let known: typeof WsSocket | undefined;

/** The class of a {@link ToldSocket}: one for the process. Listeners of five events would be 250 bytes of each open socket, 800 with those while they are made. */
export function toldSocketClass(ws: typeof Ws): typeof WsSocket {
	known ??= class extends ws.WebSocket implements ToldSocket {
		owner: SocketOwner | undefined;

		override emit(
			event: string | symbol,
			first?: unknown,
			second?: unknown,
		): boolean {
			const { owner } = this;
			return owner === undefined
				? super.emit(event, first, second)
				: tell(owner, event, first, second);
		}
	};
	return known;
}

/** The types of what comes with an event are in the documentation of `ws`; its `binaryType` is left as it is. */
function tell(
	owner: SocketOwner,
	event: string | symbol,
	first: unknown,
	second: unknown,
): boolean {
	switch (event) {
		case "message":
			owner.receive(first as Buffer, second as boolean);
			return true;
		case "ping":
			owner.answerPing(first as Buffer);
			return true;
		case "pong":
			owner.hearPong();
			return true;
		case "error":
			owner.fail(first as Error);
			return true;
		case "close":
			owner.end(first as number, (second as Buffer).toString());
			return true;
		default:
			return false; // nobody else listens
	}
}

/** Has a socket tell its owner what is new; by listeners where the runtime has put a `ws` of its own in the place of that, as Bun does. */
export function giveOwner(ws: WsSocket, owner: SocketOwner): void {
	if ("owner" in ws) {
		ws.owner = owner;
	} else {
		listen(ws, owner);
	}
}

function listen(ws: WsSocket, owner: SocketOwner): void {
	for (const event of ["message", "ping", "pong", "error", "close"]) {
		ws.on(event, (first, second) => tell(owner, event, first, second));
	}
}
