import type { Problem } from "./problem.ts";

/**
 * Pydantic stops at the first thing that is wrong with one value, in an order of its own: the kind, a multiple, the upper bound,
 * the lower bound, the format, then the app's own checks. A library that goes on is cut down to that.
 *
 * @param isOneOfMany tells problems that have a path in common and are about different values
 */
export function firstProblems(
	problems: readonly Problem[],
	isOneOfMany: (problem: Problem) => boolean = () => false,
): Problem[] {
	const best = new Map<string, number>();
	for (const problem of problems) {
		const key = JSON.stringify(problem.path);
		const rank = rankOf(problem);
		best.set(key, Math.min(best.get(key) ?? rank, rank));
	}
	const taken = new Set<string>();
	return problems.filter((problem) => {
		const rank = rankOf(problem);
		// several of these may stand side by side
		if (rank === unranked || isOneOfMany(problem)) {
			return true;
		}
		const key = JSON.stringify(problem.path);
		if (best.get(key) !== rank || taken.has(key)) {
			return false;
		}
		if (problem.about !== "other" && problem.about !== "custom") {
			taken.add(key);
		}
		return true;
	});
}

const unranked = -1;
const ranks: Readonly<Partial<Record<Problem["about"], number>>> = {
	type: 0,
	values: 0,
	multiple: 1,
	format: 4,
	custom: 5,
	other: 5,
};

function rankOf(problem: Problem): number {
	if (problem.about === "bound") {
		// that of JavaScript's numbers is nobody's: the schema's own bounds go before it
		return isSafeBound(problem.limit) ? 3.5 : problem.side === "max" ? 2 : 3;
	}
	return ranks[problem.about] ?? unranked;
}

function isSafeBound(limit: unknown): boolean {
	return limit === Number.MAX_SAFE_INTEGER || limit === Number.MIN_SAFE_INTEGER;
}
