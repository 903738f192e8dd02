/** An error and its causes, each once, the outermost first. */
export function causesOf(error: unknown): unknown[] {
	const chain: unknown[] = [];
	for (
		let link = error;
		link !== undefined && !chain.includes(link);
		link = link instanceof Error ? link.cause : undefined
	) {
		chain.push(link);
	}
	return chain;
}
