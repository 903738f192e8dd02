import type { Location } from "../errors/validation-error.ts";
import type { ReceivedForm } from "../http/form/received-form.ts";
import type { ResolvedLimits } from "../http/limits.ts";
import { allTexts, lastText } from "../http/query-string.ts";
import type { RequestSource } from "../http/request-source.ts";
import { unreadableBody } from "../json/decode.ts";
import { isJsonObject } from "../json/json-object.ts";
import type { CompiledSchema } from "../schema/compiled-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { compileWithoutUnset } from "../schema/shape/unset-fields.ts";
import { missingDetail } from "../schema/words/error-details.ts";
import { isFormField, isJsonRequest } from "./body-step.ts";
import { compileFormField, compileFormModel } from "./form-fields.ts";
import { bodySlot } from "./graph.ts";
import { compileAliasedErrors, compileModelReader } from "./model-reader.ts";
import type { ParameterField } from "./parameter-field.ts";
import type { Run } from "./run.ts";

/** Stands for a value that could not be made because a parameter is wrong. */
export const failed: unique symbol = Symbol("failed");

/** The part of a route that {@link compileParameter} needs. */
export interface ParameterContext {
	readonly pathNames: readonly string[];
	readonly isBodyEmbedded: boolean;
	/** All parameters that are read from the body. */
	readonly body: readonly ParameterField[];
	/** How often each name is read from a body of JSON: of what one alone reads nobody else holds anything. */
	readonly jsonReaders: ReadonlyMap<string, number>;
	/** A body without a content type is not taken for JSON. */
	readonly strictContentType: boolean;
	readonly strict: boolean;
	readonly limits: ResolvedLimits;
}

/** Gives a parameter's value; {@link failed} after its problems were added to the scope's errors. */
export type ParameterGetter = (scope: Run) => unknown;

/** The closure that reads and parses one parameter. */
export function compileParameter(
	field: ParameterField,
	context: ParameterContext,
): ParameterGetter {
	const parse = compileParse(field, context);
	const { problems } = context.limits;
	return (scope) => {
		const parsed = parse(scope);
		if (parsed instanceof Promise) {
			return parsed.then((later) => take(scope, later, problems));
		}
		return parsed.errors === undefined
			? parsed.value
			: take(scope, parsed, problems);
	};
}

function take(scope: Run, parsed: Parsed, limit: number): unknown {
	if (parsed.errors === undefined) {
		return parsed.value;
	}
	// another parameter's may go before these in FastAPI's order, so each has the whole limit
	scope.errors ??= [];
	for (const detail of parsed.errors.slice(0, limit)) {
		scope.errors.push(detail);
	}
	scope.moreErrors +=
		(parsed.more ?? 0) + Math.max(0, parsed.errors.length - limit);
	scope.isUncounted ||= parsed.isUncounted === true;
	return failed;
}

type Parse = (scope: Run) => Parsed | Promise<Parsed>;

function compileParse(field: ParameterField, context: ParameterContext): Parse {
	if (field.source === "body") {
		return compileBody(field, context);
	}
	if (isFormField(field)) {
		return compileForm(field, context);
	}
	const { compiled, source } = field;
	if (field.isModel) {
		return compileModel(field, context);
	}
	const readText = compileTextReader(field, context);
	const { parseText } = compiled;
	const location: Location = [source, field.name];
	const options = { problems: context.limits.problems };
	return (run) => parseText(readText(run), location, options);
}

function compileModel(
	field: ParameterField,
	{ limits }: ParameterContext,
): Parse {
	const { compiled, source } = field;
	const readTexts = compileModelReader(field);
	const named = compileAliasedErrors(field);
	const { parseTexts } = compiled;
	const location: Location = [source];
	const options = { problems: limits.problems };
	return ({ request }) => {
		const parsed = parseTexts(readTexts(request), location, options);
		return parsed instanceof Promise ? parsed.then(named) : named(parsed);
	};
}

function compileForm(
	field: ParameterField,
	{ body, limits }: ParameterContext,
): Parse {
	const { parseText, parseTexts } = field.compiled;
	const options = { problems: limits.problems };
	const formOf = ({ values }: Run) => values[bodySlot] as ReceivedForm; // the body step has read it
	if (!field.isModel) {
		const read = compileFormField(field);
		const location: Location = ["body", field.name];
		return (run) => parseText(read(formOf(run)), location, options);
	}
	const read = compileFormModel(field, body);
	const named = compileAliasedErrors(field);
	const location: Location = ["body"];
	return (run) => {
		const parsed = parseTexts(read(formOf(run)), location, options);
		return parsed instanceof Promise ? parsed.then(named) : named(parsed);
	};
}

function compileBody(field: ParameterField, context: ParameterContext): Parse {
	const { compiled, name } = field;
	const { parseAbsent } = compiled;
	const { strict, limits } = context;
	const isOwn = context.jsonReaders.get(name) === 1;
	const options = { strict, isOwn, problems: limits.problems };
	const shortOptions = { ...options, isShort: true };
	const shortBytes = limits.problems * shortBytesPerProblem;
	const parsePresent = field.options.excludeUnset
		? withoutUnsetFields(compiled)
		: compiled.parseJson;
	const parse = (value: unknown, location: Location, bodyBytes: number) => {
		if (value === undefined || value === null) {
			return parseAbsent(location); // FastAPI: a body that is null counts as absent
		}
		const isShort = bodyBytes <= shortBytes;
		try {
			return parsePresent(value, location, isShort ? shortOptions : options);
		} catch (error) {
			throw withinStack(error);
		}
	};
	if (!context.isBodyEmbedded) {
		const location: Location = ["body"];
		return ({ values, bodyBytes }) =>
			parse(values[bodySlot], location, bodyBytes);
	}
	const location: Location = ["body", name];
	const missing: Parsed = { errors: [missingDetail(location, null)] };
	return ({ body, bodyBytes, incoming }) => {
		if (isJsonObject(body)) {
			return parse(
				Object.hasOwn(body, name) ? body[name] : undefined,
				location,
				bodyBytes,
			);
		}
		// FastAPI: JSON that has no members lacks each of them; null, and what is not JSON, count as no body
		const isAbsent =
			body === undefined ||
			body === null ||
			(typeof body === "string" &&
				!isJsonRequest(incoming, context.strictContentType));
		return isAbsent ? parse(undefined, location, bodyBytes) : missing;
	};
}

/** A body of so few bytes for each problem that is told needs no pruning: its schema finds all there are in a millisecond. */
const shortBytesPerProblem = 40;

/** A recursive schema may need more of the stack than there is, for a value that is not too deep by itself. */
function withinStack(error: unknown): unknown {
	return error instanceof RangeError && /call stack/.test(error.message)
		? unreadableBody(error)
		: error;
}

function withoutUnsetFields({
	parseJson,
	shape,
}: CompiledSchema): CompiledSchema["parseJson"] {
	const withoutUnset = compileWithoutUnset(shape, "received");
	return (received, location, options) => {
		const keepGiven = (parsed: Parsed): Parsed =>
			parsed.errors === undefined
				? { value: withoutUnset(parsed.value, received) }
				: parsed;
		const parsed = parseJson(received, location, options);
		return parsed instanceof Promise
			? parsed.then(keepGiven)
			: keepGiven(parsed);
	};
}

type TextReader = (run: Run) => string | readonly string[] | undefined;

function compileTextReader(
	field: ParameterField,
	context: ParameterContext,
): TextReader {
	const { name } = field;
	const isList = field.compiled.kind === "list";
	switch (field.source) {
		case "path": {
			const index = context.pathNames.indexOf(name);
			return (run) => run.incoming.pathTexts[index];
		}
		case "query":
			return isList
				? (run) => presentTexts(allTexts(run.incoming.queryPairs, name))
				: (run) => lastText(run.incoming.queryPairs, name);
		case "header": {
			const key = name.toLowerCase(); // of an alias: Idempotency-Key
			return isList
				? (run) => presentTexts(headerTexts(run.incoming.source, key))
				: (run) => firstHeader(run.incoming.source, key);
		}
		case "cookie":
			return ({ request }) => request.cookies[name];
		default:
			throw new TypeError(`no reader for ${field.source} parameters`);
	}
}

function presentTexts(texts: readonly string[]): readonly string[] | undefined {
	return texts.length === 0 ? undefined : texts;
}

/** The first of several lines with the same name; a value may have commas of its own. */
export function firstHeader(
	source: RequestSource,
	name: string,
): string | undefined {
	const text = source.header(name);
	return text?.includes(", ") ? headerTexts(source, name)[0] : text;
}

function headerTexts(source: RequestSource, name: string): string[] {
	const texts: string[] = [];
	for (const [key, value] of source.headerEntries()) {
		if (key === name) {
			texts.push(value);
		}
	}
	return texts;
}
