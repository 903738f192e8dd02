import { checkProblem } from "../../words/custom-error.ts";
import {
	type ExpectedType,
	type Problem,
	type ProblemKind,
	unionProblem,
} from "../../words/problem.ts";
import { withGiven } from "../preprocessed-issue.ts";
import { ofMember } from "./valibot-internals.ts";

/** The part of Valibot 1's issues that is read. */
interface ValibotIssue {
	readonly kind: "schema" | "validation" | "transformation";
	readonly type: string;
	readonly input: unknown;
	readonly expected: string | null;
	readonly message: string;
	readonly requirement?: unknown;
	readonly path?: readonly {
		readonly type: string;
		readonly origin: string;
		readonly key: unknown;
		readonly input: unknown;
	}[];
	readonly issues?: readonly ValibotIssue[];
	/** Put there by a message that is a function. */
	readonly params?: unknown;
	readonly preprocessed?: Problem["preprocessed"];
	readonly [ofMember]?: object;
}

/** Reads the issues of Valibot 1. */
export function problemsFromValibot(issues: readonly unknown[]): Problem[] {
	return (issues as readonly ValibotIssue[]).map((issue) => {
		const path = (issue.path ?? [])
			// an item of a set has no key
			.filter(({ type }) => type !== "set")
			.map(({ key }) => (typeof key === "number" ? key : String(key)));
		const problem = readIssue(issue, path);
		return withGiven(problem, issue.preprocessed, path.length);
	});
}

function readIssue(issue: ValibotIssue, path: (string | number)[]): Problem {
	if (isUnionIssue(issue)) {
		return unionProblem(path, issue.message, () =>
			groupByMember(issue.issues ?? []),
		);
	}
	const kind =
		issue.kind === "schema" ? readSchemaIssue(issue) : readAction(issue);
	// Valibot's path of a surplus key or position ends at it, Pydantic speaks of the whole
	if (kind.about === "extra" || issue.type === "strict_tuple") {
		return {
			path: issue.expected === "never" ? path.slice(0, -1) : path,
			...kind,
		};
	}
	const isKey = issue.path?.at(-1)?.origin === "key";
	if (issue.type === "variant" && isDiscriminatorIssue(issue)) {
		return {
			path: path.slice(0, -1),
			about: "tag",
			discriminator: String(path.at(-1)),
			tags: [],
		};
	}
	if (isKey && kind.about !== "missing") {
		return { path, about: "key", problems: [{ path: [], ...kind }] };
	}
	return { path, ...kind };
}

/** An absent key is the object's, and no union's. */
function isUnionIssue({ kind, type, path, input }: ValibotIssue): boolean {
	const isAbsentKey = path?.at(-1)?.origin === "key" && input === undefined;
	return kind === "schema" && type === "union" && !isAbsentKey;
}

function isDiscriminatorIssue(issue: ValibotIssue): boolean {
	return issue.path !== undefined && issue.expected !== "Object";
}

const expectedTypes: Readonly<Record<string, ExpectedType>> = {
	string: "string",
	number: "number",
	boolean: "boolean",
	bigint: "bigint",
	null: "null",
	date: "date",
	file: "file",
	blob: "file",
	array: "list",
	tuple: "tuple",
	loose_tuple: "tuple",
	strict_tuple: "tuple",
	tuple_with_rest: "tuple",
	set: "set",
	map: "map",
	record: "record",
	object: "object",
	loose_object: "object",
	strict_object: "object",
	object_with_rest: "object",
	variant: "object",
	never: "never",
	non_optional: "unknown",
	non_nullish: "unknown",
	non_nullable: "unknown",
};

function readSchemaIssue(issue: ValibotIssue): ProblemKind {
	if (issue.type === "strict_object" && issue.expected === "never") {
		return {
			about: "extra",
			keys: [String(issue.path?.at(-1)?.key)],
			mayBeMore: true,
		};
	}
	if (issue.type === "strict_tuple" && issue.expected === "never") {
		return {
			about: "bound",
			side: "max",
			limit: Number(issue.path?.at(-1)?.key),
			isExclusive: false,
			of: "list",
		};
	}
	// an absent key of an object is reported by the object, with the key in quotes as what was expected
	if (issue.path?.at(-1)?.origin === "key" && issue.input === undefined) {
		return { about: "missing" };
	}
	if (
		issue.type === "picklist" ||
		issue.type === "enum" ||
		issue.type === "literal"
	) {
		return { about: "values", values: [] };
	}
	const expected = expectedTypes[issue.type];
	return expected === undefined
		? { about: "other", message: issue.message }
		: { about: "type", expected };
}

/** Valibot lists the issues of all members in one row; those without a mark of their member stop at its kind: one problem, one member. */
function groupByMember(issues: readonly ValibotIssue[]): Problem[][] {
	const groups = new Map<unknown, ValibotIssue[]>();
	for (const issue of issues) {
		const member = issue[ofMember] ?? issue;
		groups.set(member, [...(groups.get(member) ?? []), issue]);
	}
	return Array.from(groups.values(), problemsFromValibot);
}

const boundActions: Readonly<
	Record<string, ["min" | "max", boolean, "length" | "value"]>
> = {
	min_value: ["min", false, "value"],
	max_value: ["max", false, "value"],
	gt_value: ["min", true, "value"],
	lt_value: ["max", true, "value"],
	min_length: ["min", false, "length"],
	max_length: ["max", false, "length"],
	min_size: ["min", false, "length"],
	max_size: ["max", false, "length"],
	min_entries: ["min", false, "length"],
	max_entries: ["max", false, "length"],
};

function readAction(issue: ValibotIssue): ProblemKind {
	if (issue.params !== undefined) {
		return checkProblem(issue.message, issue.params);
	}
	const bound = boundActions[issue.type];
	const requirement = issue.requirement;
	if (bound !== undefined && isLimit(requirement)) {
		const [side, isExclusive, part] = bound;
		return {
			about: "bound",
			side,
			limit: requirement,
			isExclusive,
			of: part === "value" ? "value" : partOf(issue.input),
		};
	}
	switch (issue.type) {
		case "length":
		case "size":
			return readExactLength(issue);
		case "mime_type":
			return { about: "values", values: requirement as readonly string[] };
		case "integer":
		case "safe_integer":
			return { about: "type", expected: "integer" };
		case "finite":
			return { about: "type", expected: "number" };
		case "not_value":
		case "check":
			return { about: "other", message: issue.message };
		case "multiple_of":
			return { about: "multiple", of: requirement as number };
		case "non_empty":
			return {
				about: "bound",
				side: "min",
				limit: 1,
				isExclusive: false,
				of: partOf(issue.input),
			};
		default:
			return readFormat(issue);
	}
}

function readExactLength(issue: ValibotIssue): ProblemKind {
	const limit = issue.requirement as number;
	return {
		about: "bound",
		side:
			Number(issue.expected) > Number(readSize(issue.input)) ? "min" : "max",
		limit,
		isExclusive: false,
		of: partOf(issue.input),
	};
}

function readSize(value: unknown): number {
	const { length, size } = value as { length?: number; size?: number };
	return length ?? size ?? 0;
}

function isLimit(value: unknown): value is number | bigint | Date {
	return (
		typeof value === "number" ||
		typeof value === "bigint" ||
		value instanceof Date
	);
}

function partOf(value: unknown): "text" | "list" | "set" | "record" | "file" {
	if (typeof value === "string") {
		return "text";
	}
	if (Array.isArray(value)) {
		return "list";
	}
	if (value instanceof Blob) {
		return "file";
	}
	return value instanceof Set || value instanceof Map ? "set" : "record";
}

const formats: Readonly<Record<string, string>> = {
	iso_timestamp: "datetime",
	iso_date_time: "datetime",
	iso_date_time_second: "datetime",
	iso_date: "date",
	iso_time: "time",
	iso_time_second: "time",
	uuid: "uuid",
	url: "url",
	email: "email",
	rfc_email: "email",
	ipv4: "ipv4",
	ipv6: "ipv6",
};

function readFormat(issue: ValibotIssue): ProblemKind {
	const { requirement } = issue;
	return {
		about: "format",
		format: formats[issue.type] ?? issue.type,
		pattern: requirement instanceof RegExp ? requirement.source : undefined,
		message: issue.message,
	};
}
