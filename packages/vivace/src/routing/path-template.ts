import { SetupError } from "../errors/setup-error.ts";
import type { PathTypes } from "../http/matched-route.ts";
import { withoutForeignSegments } from "./foreign-path.ts";
import {
	type BuiltInPathType,
	pathTypeNamed,
	pathTypeNames,
} from "./path-type.ts";

/**
 * The parameters in a path template, as they stand between its braces: `"item_id" | "file_path:path"`; `never` when there are none,
 * `string` when the text is not known at compile time.
 *
 * @typeParam Others what is named beside it, such as the names in a router's prefix: a union of the two costs 6 instantiations more a route
 */
export type PathPlaceholders<
	Template extends string,
	Others extends string = never,
> = string extends Template
	? string
	: Template extends `${string}{${infer Parameter}}${infer Rest}`
		? Parameter | PathPlaceholders<Rest, Others>
		: Others;

/** The name of a parameter. */
export type PlaceholderName<Placeholder extends string> =
	Placeholder extends `${infer Name}:${string}` ? Name : Placeholder;

/** The value of a parameter that is not declared: a text, or what its own type makes of that. */
export type PlaceholderValue<Placeholder extends string> =
	Placeholder extends `${string}:${infer Type}`
		? Type extends keyof PathTypes
			? PathTypes[Type]
			: Type extends BuiltInPathType
				? string
				: unknown
		: string;

/** A parameter of a {@link PathTemplate}. */
export interface PathParameter {
	readonly name: string;
	/** A path type; `str` is what `{name}` stands for. */
	readonly converter: string;
}

/** A path as it was declared, taken apart: `/files/{file_path:path}`. */
export interface PathTemplate {
	/** As declared. */
	readonly text: string;
	/** As OpenAPI writes it, without converters: `/files/{file_path}`. */
	readonly openapi: string;
	/** The names of the parameters, in order. */
	readonly names: readonly string[];
	/** Literal texts and parameters in turn, beginning and ending with a (perhaps empty) literal. */
	readonly literals: readonly string[];
	/** `parameters[i]` stands between `literals[i]` and `literals[i + 1]`. */
	readonly parameters: readonly PathParameter[];
}

/**
 * The template that a text declares.
 *
 * @throws SetupError `VIV_PATH` where the text does not begin with `/`, a brace has no partner, a name is used twice or is no
 * identifier, or a converter is not known
 * @see FastAPI, "Path Parameters"; Starlette, "Routing"
 */
export function parsePathTemplate(text: string): PathTemplate {
	if (text === "") {
		throw pathError(
			text,
			'is empty; write "/", or include its router with a prefix',
		);
	}
	if (!text.startsWith("/")) {
		throw pathError(text, `must start with "/"; write "/${text}"`);
	}
	const meant = withoutForeignSegments(text);
	if (meant !== undefined) {
		throw pathError(
			text,
			`has a parameter in another framework's form; write "${meant}"`,
		);
	}
	const literals: string[] = [];
	const parameters: PathParameter[] = [];
	let position = 0;
	for (;;) {
		const open = text.indexOf("{", position);
		literals.push(literalOf(text, position, open));
		if (open === -1) {
			break;
		}
		const close = text.indexOf("}", open);
		if (close === -1) {
			throw pathError(text, `has a "{" without "}"; close the parameter`);
		}
		parameters.push(parseParameter(text, text.slice(open + 1, close)));
		position = close + 1;
	}
	const names = parameters.map((parameter) => parameter.name);
	assertDistinct(text, names);
	return {
		text,
		openapi: joinTemplate(literals, (index) => `{${names[index]}}`),
		names,
		literals,
		parameters,
	};
}

function literalOf(text: string, start: number, end: number): string {
	const literal = end === -1 ? text.slice(start) : text.slice(start, end);
	if (literal.includes("}")) {
		throw pathError(text, `has a "}" without "{"; open the parameter`);
	}
	if (/[?#]/.test(literal)) {
		throw pathError(
			text,
			`holds more than a path; declare what stands after "?" as query parameters`,
		);
	}
	return literal;
}

function parseParameter(text: string, inside: string): PathParameter {
	const colon = inside.indexOf(":");
	const name = colon === -1 ? inside : inside.slice(0, colon);
	const converter = colon === -1 ? "str" : inside.slice(colon + 1);
	if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
		throw pathError(
			text,
			`has the parameter "{${inside}}"; ${parameterRemedy(inside)}`,
		);
	}
	if (pathTypeNamed(converter) === undefined) {
		throw pathError(
			text,
			`has the unknown converter "${converter}" in "{${inside}}"; use one of ${pathTypeNames().join(", ")}, or make it before with registerPathType() of vivace/routing`,
		);
	}
	return { name, converter };
}

function assertDistinct(text: string, names: readonly string[]): void {
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated !== undefined) {
		throw pathError(
			text,
			`has the parameter "${repeated}" twice; give each a name of its own`,
		);
	}
}

/** `{*rest}`, `{...rest}` and `{rest...}` are the rest of the path to others. */
function parameterRemedy(inside: string): string {
	const [, name] = /^(?:\*+|\.{3})?(\w+)(?:\*|\.{3})?$/.exec(inside) ?? [];
	return name !== undefined && !/^\d/.test(name)
		? `write "{${name}:path}" for the rest of the path`
		: 'a name is made of letters, digits and "_", for instance "{item_id}"';
}

/** Literals and what stands for the parameters, in turn. */
export function joinTemplate(
	literals: readonly string[],
	parameterText: (index: number) => string,
): string {
	return literals
		.map((literal, index) =>
			index === 0 ? literal : parameterText(index - 1) + literal,
		)
		.join("");
}

function pathError(text: string, problem: string): SetupError {
	return new SetupError("VIV_PATH", `the path "${text}" ${problem}`);
}
