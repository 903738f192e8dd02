import { checkProblem } from "../../words/custom-error.ts";
import type {
	ExpectedType,
	Problem,
	ProblemKind,
} from "../../words/problem.ts";

/** The part of ArkType 2's errors that is read. */
interface ArkError {
	readonly code: string;
	readonly path: readonly PropertyKey[];
	readonly data: unknown;
	readonly description?: string;
	readonly expected: string;
	readonly rule?: unknown;
	readonly exclusive?: boolean;
	readonly domain?: string;
	readonly unit?: unknown;
	readonly proto?: { readonly name?: string } | string;
	readonly errors?: readonly ArkError[];
	/** ArkType's own account of the error; the app's own checks say less. */
	readonly input?: { readonly actual?: string; readonly params?: unknown };
}

/** Reads the errors of ArkType 2. */
export function problemsFromArkType(errors: readonly unknown[]): Problem[] {
	return Array.from(errors as readonly ArkError[]).flatMap((error) => {
		if (error.code === "intersection") {
			return problemsFromArkType(error.errors ?? []);
		}
		const path = Array.from(error.path, (step) =>
			typeof step === "symbol" ? String(step) : step,
		);
		if (error.code === "predicate" && error.expected === "removed") {
			return [
				{
					path: path.slice(0, -1),
					about: "extra",
					keys: [String(path.at(-1))],
				},
			];
		}
		return [{ path, ...readError(error) }];
	});
}

function readError(error: ArkError): ProblemKind {
	switch (error.code) {
		case "required":
			return { about: "missing" };
		case "domain":
			return {
				about: "type",
				expected: domains[error.domain ?? ""] ?? "unknown",
			};
		case "proto":
			return { about: "type", expected: readProto(error) };
		case "unit":
			return { about: "values", values: [error.unit] };
		case "divisor":
			return error.rule === 1
				? { about: "type", expected: "integer" }
				: { about: "multiple", of: error.rule as number };
		case "union":
			return readUnion(error);
		case "pattern":
			return {
				about: "format",
				format: formatOf(error.description),
				pattern: String(error.rule),
				message: wordsOf(error),
			};
		case "predicate":
			return readPredicate(error);
		default:
			return readBound(error) ?? { about: "other", message: wordsOf(error) };
	}
}

/** ArkType's own message also quotes the value. */
function wordsOf(error: ArkError): string {
	return `must be ${error.expected}`;
}

const domains: Readonly<Record<string, ExpectedType>> = {
	string: "string",
	number: "number",
	bigint: "bigint",
	object: "object",
	boolean: "boolean",
};

const protos: Readonly<Record<string, ExpectedType>> = {
	Date: "date",
	Array: "list",
	Set: "set",
	Map: "map",
	File: "file",
	Blob: "file",
	Uint8Array: "bytes",
};

function readProto(error: ArkError): ExpectedType {
	const proto = error.proto;
	const name = typeof proto === "string" ? proto : proto?.name;
	return protos[name ?? ""] ?? "unknown";
}

function readUnion(error: ArkError): ProblemKind {
	const errors = error.errors ?? [];
	if (errors.every((member) => member.code === "unit")) {
		return { about: "values", values: errors.map((member) => member.unit) };
	}
	return {
		about: "union",
		members: errors.map((member) => problemsFromArkType([member])),
		message: wordsOf(error),
	};
}

/** A union that ArkType decides by the value's domain fails as a predicate that names what it expected. */
function readPredicate(error: ArkError): ProblemKind {
	if (error.description === "a URL string") {
		return {
			about: "format",
			format: "url",
			pattern: undefined,
			message: wordsOf(error),
		};
	}
	return error.input?.actual === undefined
		? checkProblem(wordsOf(error), error.input?.params)
		: { about: "type", expected: "unknown" };
}

const bounds: Readonly<
	Record<string, ["min" | "max", "value" | "length", boolean?]>
> = {
	min: ["min", "value"],
	max: ["max", "value"],
	after: ["min", "value"],
	before: ["max", "value"],
	minLength: ["min", "length"],
	maxLength: ["max", "length"],
};

function readBound(error: ArkError): ProblemKind | undefined {
	const isExact = error.code === "exactLength";
	const size = (error.data as { length?: number } | undefined)?.length ?? 0;
	const bound = isExact
		? ([size < Number(error.rule) ? "min" : "max", "length"] as const)
		: bounds[error.code];
	if (bound === undefined) {
		return undefined;
	}
	const lengthOf = typeof error.data === "string" ? "text" : "list";
	return {
		about: "bound",
		side: bound[0],
		limit: error.rule as number | Date,
		isExclusive: error.exclusive === true,
		of: bound[1] === "value" ? "value" : lengthOf,
	};
}

const formatWords: readonly (readonly [string, string])[] = [
	["email", "email"],
	["UUID", "uuid"],
	["ISO 8601", "datetime"],
	["URL", "url"],
	["IPv4", "ipv4"],
	["IPv6", "ipv6"],
];

function formatOf(description = ""): string {
	return formatWords.find(([word]) => description.includes(word))?.[1] ?? "";
}
