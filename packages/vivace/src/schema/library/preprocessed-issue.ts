import type { Problem } from "../words/problem.ts";

/** An issue that a schema behind a function has found. */
export interface PreprocessedIssue {
	readonly path?: readonly unknown[];
	/** The value that the function gave, and how long the path from there is. */
	preprocessed?: NonNullable<Problem["preprocessed"]>;
}

/** Says in issues that a schema has just found what they are about: the value that a function gave. */
export function noteGiven(
	issues: readonly PreprocessedIssue[],
	value: unknown,
): void {
	for (const issue of issues) {
		issue.preprocessed ??= { value, steps: issue.path?.length ?? 0 };
	}
}

/**
 * The problem of an issue with what that says of a function's value.
 *
 * @param pathLength of the issue, which may be longer than the problem's
 */
export function withGiven(
	problem: Problem,
	preprocessed: Problem["preprocessed"],
	pathLength: number,
): Problem {
	if (preprocessed === undefined) {
		return problem;
	}
	const lost = pathLength - problem.path.length;
	const steps = Math.max(preprocessed.steps - lost, 0);
	// not a copy: that would read the members of a union
	return Object.assign(problem, { preprocessed: { ...preprocessed, steps } });
}
