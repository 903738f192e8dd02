import type { StandardSchemaV1 } from "@standard-schema/spec";
import { SetupError } from "../errors/setup-error.ts";
import { headerName } from "../http/header-name.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { CompiledSchema } from "../schema/compiled-schema.ts";
import { AliasedSchema } from "../schema/library/aliased/aliased-schema.ts";
import { coreShape, type ShapeKind } from "../schema/shape/shape.ts";
import { isSchema } from "../schema/standard-schema.ts";
import { isAlike } from "./alike-names.ts";
import { assertFiles, isFileShape } from "./file-field.ts";
import {
	type AnyOptions,
	Parameter,
	type ParameterSource,
} from "./parameter.ts";
import { undeclaredError } from "./undeclared.ts";

/** The names that a route gives its parameters. */
export interface RouteNames {
	/** How messages name the route: `GET /items/{item_id}`. */
	readonly where: string;
	/** The names in the path template, in order. */
	readonly pathNames: readonly string[];
	/** Names that stand in the paths and hosts of mounts around: `Path()` reads them, what is bare does not. Default: none. */
	readonly outerNames?: readonly string[];
	/** Makes the value of a name that nothing declares, where that is not its text; in the order of the names. */
	readonly pathParsers?: readonly (((text: string) => unknown) | undefined)[];
	/** True for a socket's, whose record may ask for the socket. Default: false. */
	readonly isSocket?: boolean;
	/** True when a prefix that is not known yet may bring further names. Default: false. */
	readonly isPathOpen?: boolean;
}

/** A parameter as its route reads it: which text of the request, by which schema. */
export interface ParameterField {
	/** Its name in the record of parameters. */
	readonly key: string;
	/** Its name on the wire. */
	readonly name: string;
	readonly source: ParameterSource;
	readonly schema: StandardSchemaV1;
	readonly compiled: CompiledSchema;
	readonly options: AnyOptions;
	/** True when it is an object whose fields are parameters of their own. */
	readonly isModel: boolean;
}

/**
 * Finds out where a parameter comes from: what the declaration says, or FastAPI's rule: named in the path, else a scalar is a
 * query parameter, an object or a list the body.
 */
export function parameterField(
	key: string,
	declaration: unknown,
	route: RouteNames,
): ParameterField {
	const parameter =
		declaration instanceof Parameter
			? declaration
			: bareParameter(key, declaration, route);
	const compiled = compileSchema(parameter.schema);
	const field: ParameterField = {
		key,
		name: wireName(key, parameter),
		source: parameter.source,
		schema: parameter.schema,
		compiled,
		options:
			parameter.schema instanceof AliasedSchema
				? { ...parameter.options, convertUnderscores: false } // its names are those on the wire
				: parameter.options,
		isModel: compiled.kind === "object" && modelSources.has(parameter.source),
	};
	assertReadable(field, route, declaration instanceof Parameter);
	if (declaration instanceof Parameter) {
		assertPlace(field, route);
	}
	if (field.source === "path") {
		assertPathField(field, route, declaration instanceof Parameter);
	}
	assertTexts(field, route);
	assertFiles(field, route);
	assertAliases(field, route);
	return field;
}

/** The sources over whose texts an object schema is spread. */
const modelSources: ReadonlySet<ParameterSource> = new Set([
	"query",
	"header",
	"cookie",
	"form",
]);

function bareParameter(
	key: string,
	declaration: unknown,
	route: RouteNames,
): Parameter<unknown> {
	if (!isSchema(declaration)) {
		throw undeclaredError(route.where, key, declaration);
	}
	if (route.pathNames.includes(key)) {
		return new Parameter("path", declaration, {});
	}
	const { kind, shape } = compileSchema(declaration);
	if (isFileShape(shape)) {
		return new Parameter("file", declaration, {});
	}
	const isBody = kind === "object" || kind === "list";
	return new Parameter(isBody ? "body" : "query", declaration, {});
}

function wireName(key: string, parameter: Parameter<unknown>): string {
	const { alias, convertUnderscores } = parameter.options;
	if (alias !== undefined) {
		return alias;
	}
	return parameter.source === "header" && convertUnderscores !== false
		? headerName(key)
		: key;
}

/** Refuses a parameter whose maker contradicts the path; a bare schema is in the path when the path has its name. */
function assertPlace(
	{ key, name, source }: ParameterField,
	route: RouteNames,
): void {
	if (source !== "path") {
		// under another name it is another parameter: a query may have a name that the path has too
		if (!bodySources.has(source) && route.pathNames.includes(key)) {
			throw new SetupError(
				"VIV_PARAMETER",
				`${route.where}: "${key}" stands in the path but is declared as a ${source} parameter; declare it with Path().`,
			);
		}
		return;
	}
	const { isPathOpen = false, outerNames = [], pathNames } = route;
	const inPath = [...outerNames, ...pathNames];
	if (!isPathOpen && !inPath.includes(name)) {
		const near = inPath.find((other) => isAlike(name, other));
		throw new SetupError(
			"VIV_PARAMETER",
			`${route.where}: path parameter "${name}" is not in the path template; ${near === undefined ? "" : `did you mean {${near}}? `}write {${name}} into it or use Query().`,
		);
	}
}

function assertPathField(
	{ name, compiled }: ParameterField,
	{ where }: RouteNames,
	isExplicit: boolean,
): void {
	const { kind } = compiled;
	if (kind === "object" || kind === "list") {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: path parameter "${name}" is an ${kind === "list" ? "array" : kind}, but a path holds single values; declare a parameter for each.`,
		);
	}
	// a bare schema may be optional: one router can stand below paths with the name and without
	if (isExplicit && !compiled.isRequired) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: path parameter "${name}" has a default, but a path always has it; leave the default out.`,
		);
	}
}

const structures: Readonly<Partial<Record<ShapeKind, string>>> = {
	object: "objects",
	record: "objects",
	map: "objects",
	list: "lists",
	set: "lists",
	tuple: "lists",
};

/** Refuses a list whose items no text can be, so that no request could be right. */
function assertTexts(
	{ key, source, compiled }: ParameterField,
	{ where }: RouteNames,
): void {
	const { items, positions } = coreShape(compiled.shape);
	if (!modelSources.has(source) || compiled.kind !== "list") {
		return;
	}
	const wrong = [...positions, ...(items === undefined ? [] : [items])]
		.filter(({ isPreprocessed }) => !isPreprocessed)
		.map((item) => structures[coreShape(item).kind])
		.find((words) => words !== undefined);
	if (wrong !== undefined) {
		const maker = source[0]?.toUpperCase() + source.slice(1);
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: ${source} parameter "${key}" is a list of ${wrong}, but each item is a text; declare their fields as a model, ${maker}(z.object({ … })), or read the text by z.preprocess(JSON.parse, …).`,
		);
	}
}

/** A text can be converted only to what is known. */
function assertReadable(
	{ key, source, schema, compiled }: ParameterField,
	{ where }: RouteNames,
	isExplicit: boolean,
): void {
	if (compiled.shape.isKnown || bodySources.has(source)) {
		return;
	}
	const { vendor } = schema["~standard"];
	const body = isExplicit ? "" : "; if it is the body, write Body(…)";
	throw new SetupError(
		"VIV_SCHEMA",
		`${where}: ${source} parameter "${key}" has a schema of "${vendor}" that says nothing of its shape, so that a text can't be converted to it; ` +
			`${adapters[vendor] ?? 'give it Standard JSON Schema ("~standard".jsonSchema)'}, as the guide "Schema libraries" shows${body}.`,
	);
}

/** By library: what makes its schemas readable. */
const adapters: Readonly<Record<string, string>> = {
	effect: "wrap it with Schema.toStandardJSONSchemaV1",
	typebox: "wrap it with an adapter of a few lines",
	valibot: "wrap it with toStandardJsonSchema of @valibot/to-json-schema",
};

function assertAliases(field: ParameterField, { where }: RouteNames): void {
	const { aliases } = field.options;
	if (aliases === undefined) {
		return;
	}
	if (!field.isModel) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: "${field.key}" has aliases for its fields but is no object schema; write alias: "…" for its own name.`,
		);
	}
	const names = field.compiled.fields.map(({ name }) => name);
	const wrong = Object.keys(aliases).find((name) => !names.includes(name));
	if (wrong !== undefined) {
		throw new SetupError(
			"VIV_PARAMETER",
			`${where}: aliases of "${field.key}" names "${wrong}", which is no field of it; its fields are ${names.join(", ")}.`,
		);
	}
}

/** The parameters that are read from the body, each name once, each form model once. */
export function bodyFields(
	fields: readonly ParameterField[],
): readonly ParameterField[] {
	const known = new Map<unknown, ParameterField>();
	for (const field of fields) {
		// a model's own name is not in the form
		const key = field.isModel ? field.schema : field.name;
		if (bodySources.has(field.source) && !known.has(key)) {
			known.set(key, field);
		}
	}
	return [...known.values()];
}

const bodySources: ReadonlySet<ParameterSource> = new Set([
	"body",
	"form",
	"file",
]);
