/** The first folder of a path; undefined for a file that is in none. */
export function roomOf(path: string): string | undefined {
	return path.includes("/") ? path.slice(0, path.indexOf("/")) : undefined;
}

/** The first circle of a graph as a chain of its nodes. */
export function findCircle(
	graph: ReadonlyMap<string, readonly string[]>,
): string | undefined {
	const finished = new Set<string>();
	const visit = (node: string, chain: string[]): string | undefined => {
		if (finished.has(node)) {
			return undefined;
		}
		const position = chain.indexOf(node);
		if (position !== -1) {
			return [...chain.slice(position), node].join(" → ");
		}
		for (const next of graph.get(node) ?? []) {
			const circle = visit(next, [...chain, node]);
			if (circle !== undefined) {
				return circle;
			}
		}
		finished.add(node);
		return undefined;
	};
	for (const node of graph.keys()) {
		const circle = visit(node, []);
		if (circle !== undefined) {
			return circle;
		}
	}
	return undefined;
}
