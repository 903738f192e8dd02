import type { Location } from "../errors/validation-error.ts";
import { headerName } from "../http/header-name.ts";
import type { Request } from "../http/request.ts";
import type { CompiledSchema } from "../schema/compile-schema.ts";
import type { Parsed } from "../schema/shape/parsed.ts";
import { withoutUnset } from "../schema/shape/unset-fields.ts";
import type { ParameterField } from "./parameter-field.ts";
import type { RequestScope } from "./scope.ts";

/** What stands for a value that could not be made because a parameter is wrong. */
export const failed: unique symbol = Symbol("failed");

/** What {@link compileParameter} needs of the route. */
export interface ParameterContext {
	readonly pathNames: readonly string[];
	readonly isBodyEmbedded: boolean;
	readonly strict: boolean;
}

/** Gives a parameter's value; {@link failed} after its problems were added to the scope's errors. */
export type ParameterGetter = (scope: RequestScope) => unknown;

/** The closure that reads and parses one parameter. */
export function compileParameter(
	field: ParameterField,
	context: ParameterContext,
): ParameterGetter {
	const parse = compileParse(field, context);
	return (scope) => {
		const parsed = parse(scope);
		return parsed instanceof Promise
			? parsed.then((later) => take(scope, later))
			: take(scope, parsed);
	};
}

function take(scope: RequestScope, parsed: Parsed): unknown {
	if (parsed.errors === undefined) {
		return parsed.value;
	}
	scope.errors ??= [];
	scope.errors.push(...parsed.errors);
	return failed;
}

type Parse = (scope: RequestScope) => Parsed | Promise<Parsed>;

function compileParse(field: ParameterField, context: ParameterContext): Parse {
	if (field.source === "body") {
		return compileBody(field, context);
	}
	const { compiled, source } = field;
	if (field.isModel) {
		const readTexts = compileModelReader(field);
		const location: Location = [source];
		return ({ request }) => compiled.parseTexts(readTexts(request), location);
	}
	const readText = compileTextReader(field, context);
	const location: Location = [source, field.name];
	return ({ request }) => compiled.parseText(readText(request), location);
}

function compileBody(field: ParameterField, context: ParameterContext): Parse {
	const { compiled, name } = field;
	const options = { strict: context.strict };
	const parsePresent = field.options.excludeUnset
		? withoutUnsetFields(compiled)
		: compiled.parseJson;
	const parse = (value: unknown, location: Location) =>
		value === undefined || value === null
			? compiled.parseText(undefined, location) // FastAPI: a body that is null counts as absent
			: parsePresent(value, location, options);
	if (!context.isBodyEmbedded) {
		const location: Location = ["body"];
		return (scope) => parse(scope.body, location);
	}
	const location: Location = ["body", name];
	return (scope) => parse(memberOf(scope.body, name), location);
}

function withoutUnsetFields({
	parseJson,
}: CompiledSchema): CompiledSchema["parseJson"] {
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

function memberOf(body: unknown, name: string): unknown {
	return body !== null && typeof body === "object" && Object.hasOwn(body, name)
		? (body as Record<string, unknown>)[name]
		: undefined;
}

type TextReader = (request: Request) => string | readonly string[] | undefined;

function compileTextReader(
	field: ParameterField,
	context: ParameterContext,
): TextReader {
	const { name } = field;
	const isList = field.compiled.kind === "list";
	switch (field.source) {
		case "path": {
			const index = context.pathNames.indexOf(name);
			return (request) => request.pathTexts[index];
		}
		case "query":
			return isList
				? (request) => presentTexts(request.queryTexts(name))
				: (request) => request.queryText(name);
		case "header": {
			const key = name.toLowerCase(); // of an alias: Idempotency-Key
			return isList
				? (request) => presentTexts(headerTexts(request, key))
				: (request) => request.header(key);
		}
		case "cookie":
			return (request) => request.cookies[name];
		default:
			throw new TypeError(`no reader for ${field.source} parameters`);
	}
}

function presentTexts(texts: readonly string[]): readonly string[] | undefined {
	return texts.length === 0 ? undefined : texts;
}

function headerTexts(request: Request, name: string): string[] {
	const texts: string[] = [];
	for (const [key, value] of request.source.headerEntries()) {
		if (key === name) {
			texts.push(value);
		}
	}
	return texts;
}

type Texts = Record<string, string | readonly string[]>;

/**
 * Reads what an object schema is spread over: its fields by their own names, and all else that was received, so that a schema can
 * forbid it and an error can show it.
 */
function compileModelReader(
	field: ParameterField,
): (request: Request) => Texts {
	const fields = field.compiled.fields.map(({ name, isList }) => ({
		name,
		isList,
		wireName:
			field.source === "header" && field.options.convertUnderscores !== false
				? headerName(name)
				: name,
	}));
	const known = new Set(fields.map((each) => each.wireName));
	return (request) => {
		const received = receivedTexts(field, request);
		const texts: Texts = {};
		for (const { name, wireName, isList } of fields) {
			const values = received.get(wireName);
			if (values === undefined) {
				continue;
			}
			texts[name] = isList ? values : (values.at(-1) as string);
		}
		for (const [name, values] of received) {
			if (!known.has(name)) {
				texts[name] = values.length === 1 ? (values[0] as string) : values;
			}
		}
		return texts;
	};
}

function receivedTexts(
	field: ParameterField,
	request: Request,
): ReadonlyMap<string, readonly string[]> {
	const received = new Map<string, string[]>();
	for (const [name, value] of receivedPairs(field, request)) {
		const values = received.get(name);
		if (values === undefined) {
			received.set(name, [value]);
		} else {
			values.push(value);
		}
	}
	return received;
}

function receivedPairs(
	field: ParameterField,
	request: Request,
): Iterable<readonly [string, string]> {
	if (field.source === "header") {
		return request.source.headerEntries();
	}
	if (field.source === "cookie") {
		return Object.entries(request.cookies);
	}
	return request.query;
}
