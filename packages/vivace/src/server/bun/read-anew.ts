/**
 * Reads something for all who ask within some time after the last reading has ended: one that takes longer than that serves those too who
 * have waited for it, rather than to be begun again for each of them.
 */
export function readAnew<Value>(
	afterMs: number,
	read: () => Value,
): () => Value {
	let last: { readonly value: Value; readonly atMs: number } | undefined;
	return () => {
		if (last === undefined || performance.now() - last.atMs >= afterMs) {
			const value = read();
			last = { value, atMs: performance.now() };
		}
		return last.value;
	};
}
