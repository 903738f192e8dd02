import { checkProblem } from "../../words/custom-error.ts";
import {
	type ExpectedType,
	type Problem,
	type ProblemKind,
	unionProblem,
} from "../../words/problem.ts";
import { withGiven } from "../preprocessed-issue.ts";

/** The part of Zod 4's issues that is read (`zod/v4/core`, errors). */
interface ZodIssue {
	readonly code?: string;
	readonly path: readonly PropertyKey[];
	readonly message: string;
	readonly expected?: string;
	readonly origin?: string;
	readonly minimum?: number | bigint;
	readonly maximum?: number | bigint;
	readonly inclusive?: boolean;
	readonly divisor?: number | bigint;
	readonly format?: string;
	readonly pattern?: string;
	readonly prefix?: string;
	readonly suffix?: string;
	readonly includes?: string;
	readonly keys?: readonly string[];
	readonly values?: readonly unknown[];
	readonly errors?: readonly (readonly ZodIssue[])[];
	readonly discriminator?: string;
	readonly options?: readonly unknown[];
	readonly issues?: readonly ZodIssue[];
	readonly key?: unknown;
	readonly params?: unknown;
	readonly preprocessed?: Problem["preprocessed"];
}

/** Reads the issues of Zod 4. */
export function problemsFromZod(issues: readonly unknown[]): Problem[] {
	return (issues as readonly ZodIssue[]).flatMap(problemsOfIssue);
}

function problemsOfIssue(issue: ZodIssue): Problem[] {
	const { preprocessed, path } = issue;
	const problems = problemsAt(issue);
	return preprocessed === undefined
		? problems
		: problems.map((problem) => withGiven(problem, preprocessed, path.length));
}

function problemsAt(issue: ZodIssue): Problem[] {
	const path = issue.path.map((step) =>
		typeof step === "symbol" ? String(step) : step,
	);
	if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
		return [
			{
				// Zod's path ends at the discriminator, Pydantic's at the union
				path: path.slice(0, -1),
				about: "tag",
				discriminator: issue.discriminator,
				tags: issue.options ?? [],
			},
		];
	}
	if (issue.code === "invalid_union") {
		return [
			unionProblem(path, issue.message, () =>
				(issue.errors ?? []).map(problemsFromZod),
			),
		];
	}
	return [{ path, ...readIssue(issue) }];
}

function readIssue(issue: ZodIssue): ProblemKind {
	switch (issue.code) {
		case "invalid_type":
			return readType(issue);
		case "too_small":
		case "too_big":
			return readBound(issue);
		case "not_multiple_of":
			return { about: "multiple", of: issue.divisor ?? 1 };
		case "invalid_value":
			return issue.expected === "stringbool"
				? { about: "type", expected: "boolean" }
				: { about: "values", values: issue.values ?? [] };
		case "invalid_format":
			return readFormat(issue);
		case "unrecognized_keys":
			return { about: "extra", keys: issue.keys ?? [] };
		case "invalid_key":
			return { about: "key", problems: problemsFromZod(issue.issues ?? []) };
		default:
			return checkProblem(issue.message, issue.params);
	}
}

const expectedTypes: Readonly<Record<string, ExpectedType>> = {
	string: "string",
	number: "number",
	int: "integer",
	boolean: "boolean",
	bigint: "bigint",
	null: "null",
	// a member of a union that stands for absence says as little as null
	undefined: "null",
	void: "null",
	date: "date",
	file: "file",
	array: "list",
	tuple: "tuple",
	set: "set",
	map: "map",
	record: "record",
	object: "object",
	never: "never",
	nonoptional: "unknown",
};

function readType(issue: ZodIssue): ProblemKind {
	const expected = expectedTypes[issue.expected ?? ""];
	return expected === undefined
		? { about: "other", message: issue.message }
		: { about: "type", expected };
}

const boundedParts: Readonly<Record<string, "text" | "list" | "set" | "file">> =
	{
		string: "text",
		array: "list",
		set: "set",
		map: "set",
		file: "file",
	};

function readBound(issue: ZodIssue): ProblemKind {
	const side = issue.code === "too_small" ? "min" : "max";
	const limit = (side === "min" ? issue.minimum : issue.maximum) ?? 0;
	return {
		about: "bound",
		side,
		limit: issue.origin === "date" ? new Date(Number(limit)) : limit,
		isExclusive: issue.inclusive === false,
		of: boundedParts[issue.origin ?? ""] ?? "value",
	};
}

function readFormat(issue: ZodIssue): ProblemKind {
	return {
		about: "format",
		format: issue.format ?? "",
		pattern: readPattern(issue),
		message: issue.message,
	};
}

function readPattern(issue: ZodIssue): string | undefined {
	if (issue.prefix !== undefined) {
		return `^${escapePattern(issue.prefix)}.*`;
	}
	if (issue.suffix !== undefined) {
		return `.*${escapePattern(issue.suffix)}$`;
	}
	if (issue.includes !== undefined) {
		return escapePattern(issue.includes);
	}
	// Zod prints a pattern with its slashes and flags
	return issue.pattern?.replace(/^\/(.*)\/[a-z]*$/su, "$1");
}

function escapePattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
