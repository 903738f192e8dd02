import { isRecord } from "../errors/options.ts";
import type { OpenApiDocument } from "./operation.ts";
import { type JsonSchema, misfits, type SchemaPair } from "./schema-misfits.ts";

/** A change that breaks clients which were written for the document before. */
export interface BreakingChange {
	/** `GET /items/{item_id}` */
	readonly operation: string;
	/** Of the operation: `query parameter "q" is required now`. */
	readonly change: string;
}

interface Parameter {
	readonly name: string;
	readonly in: string;
	readonly required?: boolean;
	readonly schema?: JsonSchema;
}

type Contents = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

interface Described {
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: {
		readonly required?: boolean;
		readonly content?: Contents;
	};
	readonly responses?: Readonly<
		Record<string, { readonly content?: Contents }>
	>;
	readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

const methods = [
	..."get put post delete options head patch trace".split(" "),
	"query",
];

/**
 * Compares two documents for clients of the first: operations, parameters and answers that are gone, requests that are refused now, answers
 * that they do not expect. What only adds is none: new operations, optional parameters and fields, wider rules for requests, new errors.
 */
export function breakingChanges(
	before: OpenApiDocument,
	after: OpenApiDocument,
): BreakingChange[] {
	const now = operationsOf(after);
	const found: BreakingChange[] = [];
	for (const [key, { name, described }] of operationsOf(before)) {
		const next = now.get(key);
		const changes =
			next === undefined
				? ["is gone"]
				: operationChanges(described, next.described, { before, after });
		for (const change of new Set(changes)) {
			found.push({ operation: name, change });
		}
	}
	return found;
}

interface Documents {
	readonly before: OpenApiDocument;
	readonly after: OpenApiDocument;
}

/** By method and path, whose parameters may be called otherwise: no client sends their names. */
function operationsOf(
	document: OpenApiDocument,
): Map<string, { readonly name: string; readonly described: Described }> {
	const all = new Map<string, { name: string; described: Described }>();
	for (const [path, item] of Object.entries(document.paths ?? {})) {
		if (!isRecord(item)) {
			continue;
		}
		const shared = (item as Described).parameters ?? [];
		for (const method of methods) {
			const described = (item as Record<string, Described>)[method];
			if (!isRecord(described)) {
				continue;
			}
			const name = `${method.toUpperCase()} ${path}`;
			const parameters = [...shared, ...(described.parameters ?? [])];
			all.set(name.replaceAll(/\{[^}]*\}/g, "{}"), {
				name,
				described: { ...described, parameters },
			});
		}
	}
	return all;
}

function* operationChanges(
	was: Described,
	is: Described,
	documents: Documents,
): Generator<string> {
	yield* parameterChanges(was, is, documents);
	yield* bodyChanges(was, is, documents);
	yield* responseChanges(was, is, documents);
	yield* securityChanges(was, is, documents);
}

/** Those of the path stand in its order, and are compared so. */
function keyed(parameters: readonly Parameter[] = []): Map<string, Parameter> {
	let position = 0;
	return new Map(
		parameters.map((parameter) => {
			const { name, in: source } = parameter;
			const key =
				source === "path"
					? position++
					: source === "header"
						? name.toLowerCase()
						: name;
			return [`${source} ${key}`, parameter];
		}),
	);
}

function* parameterChanges(
	was: Described,
	is: Described,
	{ before, after }: Documents,
): Generator<string> {
	const old = keyed(was.parameters);
	const now = keyed(is.parameters);
	for (const [key, parameter] of old) {
		if (!now.has(key)) {
			yield `${named(parameter)} is gone: it is ignored now`;
		}
	}
	for (const [key, parameter] of now) {
		const previous = old.get(key);
		if (parameter.required === true && previous?.required !== true) {
			yield `${named(parameter)} is required now`;
		}
		if (previous !== undefined) {
			yield* requestMisfits(named(parameter), {
				sent: previous.schema,
				sentIn: before,
				accepted: parameter.schema,
				acceptedIn: after,
			});
		}
	}
}

function named({ in: source, name }: Parameter): string {
	return `${source} parameter "${name}"`;
}

function* bodyChanges(
	was: Described,
	is: Described,
	{ before, after }: Documents,
): Generator<string> {
	if (is.requestBody === undefined) {
		if (was.requestBody !== undefined) {
			yield "the body is gone: it is ignored now";
		}
		return;
	}
	if (is.requestBody.required === true && was.requestBody?.required !== true) {
		yield "a body is required now";
	}
	const now = is.requestBody.content ?? {};
	for (const [type, { schema }] of Object.entries(
		was.requestBody?.content ?? {},
	)) {
		if (now[type] === undefined) {
			yield `a body of ${type} is not taken any more`;
			continue;
		}
		yield* requestMisfits("body", {
			sent: schema,
			sentIn: before,
			accepted: now[type].schema,
			acceptedIn: after,
		});
	}
}

function* requestMisfits(where: string, pair: SchemaPair): Generator<string> {
	for (const { path, misfit } of misfits(pair, { bounds: true })) {
		yield `${where}${path}: ${requestWords[misfit.kind](misfit.detail)}`;
	}
}

function* responseChanges(
	was: Described,
	is: Described,
	{ before, after }: Documents,
): Generator<string> {
	for (const [status, { content = {} }] of Object.entries(
		was.responses ?? {},
	)) {
		if (!/^2/.test(status)) {
			continue; // errors come and go
		}
		const next = is.responses?.[status];
		if (next === undefined) {
			yield `there is no answer ${status} any more`;
			continue;
		}
		for (const [type, { schema }] of Object.entries(content)) {
			const now = next.content?.[type];
			if (now === undefined) {
				yield `answer ${status} is no ${type} any more`;
				continue;
			}
			for (const { path, misfit } of misfits(
				{
					sent: now.schema,
					sentIn: after,
					accepted: schema,
					acceptedIn: before,
				},
				{ bounds: false },
			)) {
				yield `answer ${status}${path}: ${responseWords[misfit.kind](misfit.detail)}`;
			}
		}
	}
}

function* securityChanges(
	was: Described,
	is: Described,
	{ before, after }: Documents,
): Generator<string> {
	const old = was.security ?? securityOf(before);
	const now = is.security ?? securityOf(after);
	const isOpenNow = now.length === 0 || now.some(isNone);
	if (isOpenNow) {
		return;
	}
	if (old.length === 0 || old.some(isNone)) {
		yield "credentials are required now";
		return;
	}
	for (const alternative of old) {
		if (!now.some((other) => isMetBy(other, alternative))) {
			yield `the credentials of ${Object.keys(alternative).join(" and ")} do not suffice any more`;
		}
	}
}

type Alternative = Readonly<Record<string, readonly string[]>>;

/** Of a whole document, where an operation says nothing of its own. */
function securityOf({ security }: OpenApiDocument): readonly Alternative[] {
	return (security ?? []) as readonly Alternative[];
}

function isNone(alternative: Alternative): boolean {
	return Object.keys(alternative).length === 0;
}

function isMetBy(asked: Alternative, held: Alternative): boolean {
	return Object.entries(asked).every(
		([scheme, scopes]) =>
			scopes.every((scope) => held[scheme]?.includes(scope) === true) &&
			held[scheme] !== undefined,
	);
}

type Words = Readonly<
	Record<
		"type" | "values" | "required" | "closed" | "bound" | "variant",
		(detail: string) => string
	>
>;

const requestWords: Words = {
	type: (detail) => `${detail} is refused now`,
	values: (detail) => `${detail} is refused now`,
	required: (detail) => `"${detail}" is required now`,
	closed: (detail) => `"${detail}" is refused now`,
	bound: (detail) => `${detail} is narrower now`,
	variant: (detail) => `${detail} is refused now`,
};

const responseWords: Words = {
	type: (detail) => `may be ${detail} now`,
	values: (detail) => `may be ${detail} now`,
	required: (detail) => `"${detail}" may be missing now`,
	closed: (detail) => `has "${detail}" now`,
	bound: (detail) => `${detail} is wider now`,
	variant: (detail) => `may be ${detail} now`,
};
