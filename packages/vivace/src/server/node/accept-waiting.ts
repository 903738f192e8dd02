import type { Server } from "node:net";

/** How long that may take. */
const longestMs = 100;

/**
 * Has the operating system leave new connections unanswered, and takes in those that it has accepted already and would reset when the
 * socket closes. Node takes one in each turn of the event loop; two turns without one mean that there are none.
 *
 * @param acceptedCount how many connections have been taken in so far
 */
export async function acceptWaiting(
	server: Server,
	acceptedCount: () => number,
	hurry: AbortSignal,
): Promise<void> {
	shrinkBacklog(server);
	const endMs = performance.now() + longestMs;
	let quietTurns = 0;
	while (quietTurns < 2 && performance.now() < endMs && !hurry.aborted) {
		const before = acceptedCount();
		await new Promise(setImmediate);
		quietTurns = acceptedCount() === before ? quietTurns + 1 : 0;
	}
}

/**
 * Without it clients that come faster than Node accepts would be reset: of 64 that connect for each request some 40, with it 0 or 1.
 * Node has no public way to ask for it; where this one is missing, the rest still works.
 */
function shrinkBacklog(server: Server): void {
	const { _handle: handle } = server as {
		_handle?: { listen?(backlog: number): number } | null;
	};
	handle?.listen?.(0);
}
