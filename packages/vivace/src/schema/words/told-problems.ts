import { coreShape } from "../shape/shape.ts";
import { type Place, placeOf, stepInto } from "./error-place.ts";
import { firstProblems } from "./first-problems.ts";
import type { Problem } from "./problem.ts";

/** The problems that Pydantic tells: it stops at the first problem of each place; of a set's items nobody says which is meant. */
export function problemsAt(
	start: Place,
	problems: readonly Problem[],
): readonly Problem[] {
	const meant = problems.map((problem) => aboutList(start, problem) ?? problem);
	if (meant.length < 2) {
		return meant;
	}
	const first = firstProblems(
		meant,
		(problem) =>
			isAboutItem(problem) &&
			coreShape(placeOf(start, problem).shape).kind === "set",
	);
	const told = withoutItemsOf(
		first.filter((each) => isTooLongTuple(start, each)),
		first,
	);
	return told.filter(
		(each) => !(isTooShort(each) && hasWrongItem(start, each, told)),
	);
}

/** A library that takes a list for an object misses the object's fields in it; to Pydantic the list itself is wrong. */
function aboutList(start: Place, problem: Problem): Problem | undefined {
	if (problem.preprocessed !== undefined) {
		return undefined;
	}
	const { path, about } = problem;
	let place = start;
	for (let depth = 0; depth < path.length; depth++) {
		if (isListForObject(place)) {
			return { path: path.slice(0, depth), about: "type", expected: "unknown" };
		}
		place = stepInto(place, path[depth] as string | number);
	}
	return about === "extra" && isListForObject(place)
		? { path, about: "type", expected: "unknown" }
		: undefined;
}

function isListForObject({ shape, value }: Place): boolean {
	const { kind } = coreShape(shape);
	return Array.isArray(value) && (kind === "object" || kind === "record");
}

function isTooLongTuple(start: Place, problem: Problem): boolean {
	return (
		problem.about === "bound" &&
		problem.side === "max" &&
		coreShape(placeOf(start, problem).shape).kind === "tuple"
	);
}

function isTooShort(problem: Problem): boolean {
	return (
		problem.about === "bound" &&
		problem.side === "min" &&
		(problem.of === "list" || problem.of === "set")
	);
}

/** Pydantic counts the items of a list or a set when all of them are right. */
function hasWrongItem(
	start: Place,
	short: Problem,
	problems: readonly Problem[],
): boolean {
	const { kind } = coreShape(placeOf(start, short).shape);
	return problems.some(
		(each) =>
			startsWith(each.path, short.path) &&
			(kind === "set"
				? each !== short && isAboutItem(each)
				: kind === "list" && each.path.length > short.path.length),
	);
}

function startsWith(path: Problem["path"], start: Problem["path"]): boolean {
	return start.every((step, index) => step === path[index]);
}

/** Of a tuple that is too long Pydantic looks at no item. */
function withoutItemsOf(
	tuples: readonly Problem[],
	problems: readonly Problem[],
): readonly Problem[] {
	return tuples.length === 0
		? problems
		: problems.filter(
				({ path }) =>
					!tuples.some(
						(tuple) =>
							tuple.path.length < path.length && startsWith(path, tuple.path),
					),
			);
}

/** Tells whether a problem with a set is one with an item of it. */
export function isAboutItem(problem: Problem): boolean {
	if (problem.about === "type") {
		return problem.expected !== "set";
	}
	if (problem.about === "bound") {
		return problem.of === "value" || problem.of === "text";
	}
	return ["values", "format", "multiple", "union"].includes(problem.about);
}
