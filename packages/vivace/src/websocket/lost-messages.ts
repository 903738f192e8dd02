import { beginAtProgram, programPlace } from "../errors/program-stack.ts";
import { WebSocketDisconnect } from "../errors/web-socket-errors.ts";

/** The route of a socket, as far as a line about it needs that. */
interface Teller {
	readonly where: string;
	readonly warn: (line: string) => void;
}

/** The routes of which it was told. */
const told = new WeakSet<Teller>();

/**
 * Tells, once for each route, of a message behind a close of the program's own: in Starlette an error, but here another part of the program may
 * have closed the socket.
 */
export function tellLost(route: Teller): void {
	if (told.has(route)) {
		return;
	}
	told.add(route);
	const place = programPlace(beginAtProgram(new Error()));
	route.warn(
		`${route.where}${place === undefined ? "" : ` (${place})`}: a message is sent on a socket that the program has closed, and is lost; send it before close()`,
	);
}

/**
 * A promise that nobody need wait for: that the socket is closed is no error of who sends without waiting, and would else end the process. Any
 * other rejection stays unhandled.
 */
export function unlessGone(sending: Promise<void>): Promise<void> {
	const watched: Promise<void> = sending.then(undefined, (error: unknown) => {
		if (error instanceof WebSocketDisconnect) {
			watched.catch(ignore);
		}
		throw error;
	});
	return watched;
}

function ignore(): void {}
