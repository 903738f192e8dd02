/** A resource on the page about the lifespan: an entry of the app's timeline. Times are milliseconds since the start. */
export interface ChartedResource {
	/** Unique among the resources. */
	readonly name: string;
	/** Names of the resources that it needs. */
	readonly needs: readonly string[];
	/** Its users: names of resources, then path operations. */
	readonly neededBy: readonly string[];
	readonly optional: boolean;
	readonly state: string;
	readonly attempts: number;
	readonly startedAtMs: number | undefined;
	readonly readyAtMs: number | undefined;
	readonly waitedForMs: number;
	readonly waitingFor: readonly string[];
	/** Of those that it needs, the one that was there last. */
	readonly heldUpBy: string | undefined;
	readonly error: string | undefined;
}

/** For instance `0.4 ms`, `12 ms`, `3.2 s` or `1 min 5 s`. */
export function durationLabel(ms: number): string {
	if (ms < 9.95) {
		return `${ms.toFixed(1)} ms`;
	}
	if (ms < 999.5) {
		return `${Math.round(ms)} ms`;
	}
	if (ms < 59_950) {
		return `${(ms / 1_000).toFixed(1)} s`;
	}
	const seconds = Math.round(ms / 1_000);
	return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How a state is coloured. */
export function stateClass(state: string): string {
	return /^(?:waiting|starting|ready|degraded|failed)$/.test(state)
		? state
		: "released";
}

/**
 * The chain for which start-up took as long as it did, the last resource first: each was held up by the one after it.
 */
export function criticalChain(
	resources: readonly ChartedResource[],
): readonly string[] {
	const byName = new Map(resources.map((each) => [each.name, each]));
	let current = resources
		.filter((each) => isOfStartUp(each) && each.readyAtMs !== undefined)
		.toSorted((a, b) => (b.readyAtMs ?? 0) - (a.readyAtMs ?? 0))[0];
	const chain: string[] = [];
	while (current !== undefined && !chain.includes(current.name)) {
		chain.push(current.name);
		current = byName.get(current.heldUpBy ?? "");
	}
	return chain;
}

/** True when start-up waited for it: what is tried again in the background does not count. */
export function isOfStartUp(resource: ChartedResource): boolean {
	return !(resource.optional && resource.attempts > 1);
}

/** How long start-up took, or has taken so far. */
export function startUpMs(resources: readonly ChartedResource[]): number {
	const times = resources.flatMap((each) => [
		each.startedAtMs ?? each.waitedForMs,
		isOfStartUp(each) ? (each.readyAtMs ?? 0) : 0,
	]);
	return Math.max(0, ...times);
}
