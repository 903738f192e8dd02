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
	const root = new Place();
	for (const problem of problems) {
		const place = root.at(problem.path);
		place.best = Math.min(place.best, rankOf(problem));
	}
	return problems.filter((problem) => {
		const rank = rankOf(problem);
		// several of these may stand side by side
		if (rank === unranked || isOneOfMany(problem)) {
			return true;
		}
		const place = root.at(problem.path);
		if (place.best !== rank || place.isTaken) {
			return false;
		}
		place.isTaken = problem.about !== "other" && problem.about !== "custom";
		return true;
	});
}

/** A value that has problems. By its keys one by one: as one text they would be made anew for each problem, and a key may be as long as a body. */
class Place {
	/** The lowest rank of its problems. */
	best = Number.POSITIVE_INFINITY;
	/** True when its one problem was taken. */
	isTaken = false;
	#inner: Map<unknown, Place> | undefined;

	at(path: Problem["path"]): Place {
		let place: Place = this;
		for (const key of path) {
			place.#inner ??= new Map();
			let next = place.#inner.get(key);
			if (next === undefined) {
				next = new Place();
				place.#inner.set(key, next);
			}
			place = next;
		}
		return place;
	}
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
