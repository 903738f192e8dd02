/**
 * The own names of an object's fields by their names on the wire, where a codec stands between two objects. A field that is there by the
 * same name, or by one that differs in nothing but `-`, `_` and capitals (`list-price`, `listPrice`), is the same; of what is left the
 * fields stand in the same order. `undefined` where nothing is renamed, or nothing can be said.
 */
export function pairedNames(
	wire: readonly string[] | undefined,
	own: readonly string[] | undefined,
): ReadonlyMap<string, string> | undefined {
	if (wire === undefined || own === undefined) {
		return undefined;
	}
	const names = new Map<string, string>();
	const free = new Set(own);
	const pair = (isSame: (wireName: string, ownName: string) => boolean) => {
		for (const wireName of wire) {
			const found = names.has(wireName)
				? undefined
				: [...free].find((ownName) => isSame(wireName, ownName));
			if (found !== undefined) {
				names.set(wireName, found);
				free.delete(found);
			}
		}
	};
	pair((wireName, ownName) => wireName === ownName);
	pair((wireName, ownName) => letters(wireName) === letters(ownName));
	const left = wire.filter((name) => !names.has(name));
	if (left.length === free.size) {
		for (const [index, ownName] of [...free].entries()) {
			names.set(left[index] as string, ownName);
		}
	}
	return [...names].some(([wireName, ownName]) => wireName !== ownName)
		? names
		: undefined;
}

function letters(name: string): string {
	return name.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}
