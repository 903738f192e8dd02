import type { ErrorDetail } from "../errors/validation-error.ts";

/**
 * The first problems of a request, and after them one that tells how many there are beside: a client that sends 1 MB of wrong items
 * gets neither 1 MB of words nor the impression that it has heard all.
 *
 * @param more how many problems have no error already
 */
export function boundedErrors(
	errors: readonly ErrorDetail[],
	more: number,
	limit: number,
): readonly ErrorDetail[] {
	const told = errors.slice(0, limit);
	const left = more + errors.length - told.length;
	if (left === 0) {
		return told;
	}
	const source = told.at(-1)?.loc[0];
	const problems = left === 1 ? "problem is" : "problems are";
	const rest: ErrorDetail = {
		type: "too_many_errors",
		loc: source === undefined ? [] : [source],
		msg: `${left} more ${problems} not listed`,
		ctx: { limit, more: left },
	};
	return [...told, rest];
}
