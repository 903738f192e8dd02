import type { StandardSchemaV1 } from "@standard-schema/spec";
import { isJsonObject } from "../../../json/json-object.ts";
import type { Problem, ProblemKind } from "../../words/problem.ts";

/** Options of every schema of ours, beside its kind. */
export interface BuiltInOptions {
	readonly description?: string;
	/** Stands for an absent value; null also for a value that may be null. Default: none, an absent value is refused. */
	readonly default?: unknown;
	/** True when null will do. Default: false. */
	readonly isNullable?: boolean;
	/** Headers that an answer with it may have beside: header objects of the document by name (OpenAPI 3.1.1 §4.8.21). Default: none. */
	readonly answerHeaders?: AnswerHeaders;
}

/** Header objects by the header's name. */
export type AnswerHeaders = Readonly<Record<string, object>>;

/** A whole number. */
export interface IntegerOptions extends BuiltInOptions {
	readonly minimum?: number;
	readonly maximum?: number;
}

/** A text. */
export interface TextOptions extends BuiltInOptions {
	/** The source of a regular expression that it must match. */
	readonly pattern?: string;
	/** The `format` in the document; nothing is checked. */
	readonly format?: string;
	/** True when it must not be repeated in an answer or a log. Default: false. */
	readonly isSecret?: boolean;
}

/** An object of named fields; unknown ones are dropped. */
export interface ObjectOptions {
	/** The model's name in the document, asked for when the document is built; `undefined` for a model without one. */
	readonly name?: () => string | undefined;
	/** The faults of fields that are right each for itself. */
	readonly check?: (
		value: Readonly<Record<string, unknown>>,
	) => Problem | undefined;
}

/** The parts of a schema of ours: other rooms' schemas are parts of an object or a list. */
export type BuiltInParts =
	| { readonly kind: "integer"; readonly options: IntegerOptions }
	/** Any number, NaN and the infinities too. */
	| { readonly kind: "number"; readonly options: IntegerOptions }
	| { readonly kind: "text"; readonly options: TextOptions }
	/** An uploaded file, or the bytes of one. */
	| { readonly kind: "file" | "bytes"; readonly options: BuiltInOptions }
	| {
			readonly kind: "list";
			readonly items: StandardSchemaV1;
			readonly options: BuiltInOptions;
	  }
	| {
			readonly kind: "object";
			readonly fields: Readonly<Record<string, StandardSchemaV1>>;
			readonly options: BuiltInOptions & ObjectOptions;
	  };

/** An issue of a schema of ours: it needs no reader, for it is what the readers of other libraries' issues make. */
export interface BuiltInIssue extends StandardSchemaV1.Issue {
	readonly path: readonly PropertyKey[];
	readonly problem: ProblemKind;
}

type Validated = StandardSchemaV1.Result<unknown>;

const vendor = "vivace";

/**
 * A Standard Schema for what the framework itself declares (a page, the parameters of a page), so that it needs no schema library. A
 * list or an object may hold schemas of any library: they keep their own validation, description and encoding.
 */
export class BuiltInSchema<Input, Output = Input>
	implements StandardSchemaV1<Input, Output>
{
	readonly "~standard": StandardSchemaV1.Props<Input, Output>;
	/** @internal */
	readonly parts: BuiltInParts;

	constructor(parts: BuiltInParts) {
		this.parts = parts;
		this["~standard"] = {
			version: 1,
			vendor,
			validate: (value) =>
				validate(parts, value) as StandardSchemaV1.Result<Output>, // the parts are what the types say
		};
	}
}

/** The parts of a schema, if it is one of ours. */
export function builtInParts(
	schema: StandardSchemaV1,
): BuiltInParts | undefined {
	// the class of uploads is a schema of ours too
	return schema["~standard"].vendor === vendor && "parts" in schema
		? (schema.parts as BuiltInParts)
		: undefined;
}

/** The headers that an answer by a schema may have beside. */
export function answerHeadersOf(schema: StandardSchemaV1): AnswerHeaders {
	return builtInParts(schema)?.options.answerHeaders ?? {};
}

/** True when a schema of ours fills in what is absent. */
export function hasDefault(schema: StandardSchemaV1): boolean {
	const parts = builtInParts(schema);
	return parts !== undefined && "default" in parts.options;
}

/** The problems of issues of ours. */
export function problemsFromBuiltIn(
	issues: readonly StandardSchemaV1.Issue[],
): Problem[] {
	return (issues as readonly BuiltInIssue[]).map(({ path, problem }) => ({
		path: path.map((step) => (typeof step === "symbol" ? String(step) : step)),
		...problem,
	}));
}

function validate(
	parts: BuiltInParts,
	value: unknown,
): Validated | Promise<Validated> {
	const { options } = parts;
	if (value === undefined && "default" in options) {
		return { value: options.default };
	}
	if (value === null && options.isNullable) {
		return { value };
	}
	switch (parts.kind) {
		case "integer":
			return Number.isSafeInteger(value)
				? validateBounds(parts.options, value as number)
				: wrongType("integer");
		case "number":
			return typeof value === "number"
				? validateBounds(parts.options, value)
				: wrongType("number");
		case "text":
			return typeof value === "string"
				? validatePattern(parts.options, value)
				: wrongType("string");
		case "file":
			return value instanceof Blob ? { value } : wrongType("file");
		case "bytes":
			return value instanceof Uint8Array ? { value } : wrongType("bytes");
		case "list":
			return Array.isArray(value)
				? validateEach(
						value.map((item, index) => [index, parts.items, item]),
						(results) => ({ value: results.map((result) => result[1]) }),
					)
				: wrongType("list");
		case "object":
			return isJsonObject(value)
				? validateEach(
						Object.entries(parts.fields).map(([name, schema]) => [
							name,
							schema,
							value[name],
						]),
						(results) => checked(parts.options, Object.fromEntries(results)),
					)
				: wrongType("object");
	}
}

function validateBounds(
	{ minimum, maximum }: IntegerOptions,
	number: number,
): Validated {
	const bound = (side: "min" | "max", limit: number): Validated =>
		wrong({ about: "bound", side, limit, isExclusive: false, of: "value" });
	// NaN is not within any bounds
	if (maximum !== undefined && !(number <= maximum)) {
		return bound("max", maximum);
	}
	if (minimum !== undefined && !(number >= minimum)) {
		return bound("min", minimum);
	}
	return { value: number };
}

function validatePattern({ pattern }: TextOptions, text: string): Validated {
	if (pattern === undefined || new RegExp(pattern, "u").test(text)) {
		return { value: text };
	}
	const message = `must match ${pattern}`;
	return wrong({ about: "format", format: "regex", pattern, message });
}

type Member = readonly [
	key: string | number,
	schema: StandardSchemaV1,
	value: unknown,
];

/** Validates the members of a list or an object, each by its own schema. */
function validateEach(
	members: readonly Member[],
	finish: (
		values: readonly (readonly [string | number, unknown])[],
	) => Validated,
): Validated | Promise<Validated> {
	const results = members.map(([, schema, value]) =>
		// another library decides for itself what it makes of an absent value
		value === undefined && builtInParts(schema) && !hasDefault(schema)
			? wrong({ about: "missing" })
			: schema["~standard"].validate(value),
	);
	const conclude = (settled: readonly Validated[]): Validated => {
		const issues = settled.flatMap(({ issues = [] }, index) =>
			issues.map((issue) => below(issue, members[index]?.[0] ?? index)),
		);
		if (issues.length > 0) {
			return { issues };
		}
		return finish(
			settled.map((result, index) => [
				members[index]?.[0] ?? index,
				(result as StandardSchemaV1.SuccessResult<unknown>).value,
			]),
		);
	};
	return results.some((result) => result instanceof Promise)
		? Promise.all(results).then(conclude)
		: conclude(results as Validated[]); // none is a promise
}

function below(
	issue: StandardSchemaV1.Issue,
	key: string | number,
): BuiltInIssue {
	const path = (issue.path ?? []).map((step) =>
		typeof step === "object" ? step.key : step,
	);
	const { problem = { about: "other", message: issue.message } } =
		issue as Partial<BuiltInIssue>;
	return { message: issue.message, path: [key, ...path], problem };
}

function checked(
	{ check }: ObjectOptions,
	value: Readonly<Record<string, unknown>>,
): Validated {
	const problem = check?.(value);
	return problem === undefined ? { value } : wrong(problem, problem.path);
}

function wrongType(
	expected: Extract<ProblemKind, { readonly about: "type" }>["expected"],
): Validated {
	return wrong({ about: "type", expected });
}

function wrong(
	problem: ProblemKind,
	path: readonly (string | number)[] = [],
): Validated {
	const message =
		problem.about === "other" ? problem.message : `wrong: ${problem.about}`;
	const issue: BuiltInIssue = { message, path, problem };
	return { issues: [issue] };
}
