import type { Problem } from "./problem.ts";

/**
 * Pydantic stops at the first thing that is wrong with one value, in an order of its own: the kind, a multiple, the upper bound,
 * the lower bound, the format, then the app's own checks. A library that goes on is cut down to that.
 */
export function firstProblems(problems: readonly Problem[]): Problem[] {
	if (problems.length < 2) {
		return [...problems];
	}
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
		if (rank === unranked) {
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
		return problem.side === "max" ? 2 : 3;
	}
	return ranks[problem.about] ?? unranked;
}
