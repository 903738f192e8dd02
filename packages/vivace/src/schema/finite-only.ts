import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Validation } from "./library/schema-library.ts";
import type { Problem } from "./words/problem.ts";

type Result = StandardSchemaV1.Result<unknown>;

/** An issue that no library has found. */
interface OwnIssue extends StandardSchemaV1.Issue {
	readonly [ownProblem]: Problem;
}

const ownProblem: unique symbol = Symbol("ownProblem");

/** A validation that refuses, of what its library takes, the numbers that are not finite, as Zod does. */
export function finiteOnly(
	{ validate, validateQuickly, isQuickFree = false }: Validation,
	search: (value: unknown) => readonly Problem[],
): Validation {
	const checked = (value: unknown, result: Result): Result => {
		const problems = result.issues === undefined ? search(value) : [];
		return problems.length === 0
			? result
			: {
					issues: problems.map(
						(problem): OwnIssue => ({
							message: "must be finite",
							[ownProblem]: problem,
						}),
					),
				};
	};
	return {
		isQuickFree,
		validate(value) {
			const result = validate(value);
			return result instanceof Promise
				? result.then((settled) => checked(value, settled))
				: checked(value, result);
		},
		...(validateQuickly !== undefined && {
			validateQuickly(value) {
				const result = validateQuickly(value);
				return result && checked(value, result);
			},
		}),
	};
}

/** The problems of issues that no library has found. */
export function ownProblems(
	issues: readonly StandardSchemaV1.Issue[],
): Problem[] | undefined {
	const [first] = issues;
	return first !== undefined && ownProblem in first
		? (issues as readonly OwnIssue[]).map((issue) => issue[ownProblem])
		: undefined;
}
