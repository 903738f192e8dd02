import type { ErrorDetail } from "../errors/validation-error.ts";

/** How many problems have no error already. */
export interface UntoldErrors {
	readonly moreErrors: number;
	/** There may be more than that. */
	readonly isUncounted: boolean;
}

/**
 * The first problems of a request, and after them one that tells how many there are beside, or at least: a client that sends 1 MB of
 * wrong items gets neither 1 MB of words nor the impression that it has heard all.
 */
export function boundedErrors(
	errors: readonly ErrorDetail[],
	{ moreErrors, isUncounted }: UntoldErrors,
	limit: number,
): readonly ErrorDetail[] {
	const told = errors.slice(0, limit);
	const left = moreErrors + errors.length - told.length;
	if (left === 0 && !isUncounted) {
		return told;
	}
	const source = told.at(-1)?.loc[0];
	const more = `${left} more ${left === 1 ? "problem is" : "problems are"} not listed`;
	const rest: ErrorDetail = {
		type: "too_many_errors",
		loc: source === undefined ? [] : [source],
		msg: isUncounted ? `at least ${more}` : more,
		ctx: { limit, more: left },
	};
	return [...told, rest];
}
