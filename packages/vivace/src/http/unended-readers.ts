/** How many wait for more of what never ends by itself, without a signal that ends them, by what that is. */
const readers = new Map<string, number>();

/** Counts one more, until the function that it gives is called. */
export function countUnended(what: string): () => void {
	readers.set(what, (readers.get(what) ?? 0) + 1);
	return () => {
		const left = (readers.get(what) ?? 1) - 1;
		if (left === 0) {
			readers.delete(what);
		} else {
			readers.set(what, left);
		}
	};
}

/** Says, behind the line about requests that were cut off, that these may be why; empty where there are none. */
export function toldUnended(): string {
	if (readers.size === 0) {
		return "";
	}
	const told = Array.from(readers, ([what, count]) => `${what} (${count})`);
	return `; subscriptions without a signal, which may be what was waited for: ${told.join(", ")}; write subscribe({ signal: request.signal }), or socket.signal`;
}
