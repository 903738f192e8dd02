import { SetupError } from "../errors/setup-error.ts";
import { compilePattern, type Pattern } from "./path-pattern.ts";
import {
	joinTemplate,
	type PathParameter,
	type PathTemplate,
} from "./path-template.ts";
import { pathTypeNamed, type RegisteredPathType } from "./path-type.ts";

/**
 * The path of a template with values in place of its parameters, percent-encoded: `/users/{name}` and `{ name: "a b" }` give
 * `/users/a%20b`; the slashes of `{name:path}` stay.
 *
 * @throws SetupError `VIV_ROUTE` where a value is missing, has no place in the template, does not fit its converter, or where the
 * path would not lead back to these values
 */
export function urlPathFor(
	template: PathTemplate,
	values: Readonly<Record<string, unknown>> = {},
): string {
	const unknown = Object.keys(values).find(
		(name) => !template.names.includes(name),
	);
	if (unknown !== undefined) {
		throw urlError(
			template,
			`has no parameter "${unknown}"; ${namesOf(template)}`,
		);
	}
	const texts = template.parameters.map((parameter) =>
		parameterText(template, parameter, values[parameter.name]),
	);
	assertLeadsBack(template, texts);
	return joinTemplate(template.literals.map(encodePath), (index) =>
		encodePath(texts[index] as string),
	);
}

function parameterText(
	template: PathTemplate,
	{ name, converter }: PathParameter,
	value: unknown,
): string {
	if (value === undefined || value === null) {
		throw urlError(
			template,
			`needs a value for "${name}"; ${namesOf(template)}`,
		);
	}
	const type = pathTypeNamed(converter) as RegisteredPathType; // the template has been read
	const text = textOf(value, type);
	if (text === undefined || !new RegExp(`^${type.pattern}$`, "u").test(text)) {
		const shown = text === undefined ? typeof value : JSON.stringify(text);
		throw urlError(
			template,
			`can't take ${shown} for "${name}"; it must match ${type.pattern} (${converter})`,
		);
	}
	return text;
}

/** A text stands for itself; `undefined` for what has none. */
function textOf(
	value: unknown,
	{ format }: RegisteredPathType,
): string | undefined {
	if (format !== undefined && typeof value !== "string") {
		const text: unknown = format(value as never); // its own type says what it takes
		return typeof text === "string" ? text.toWellFormed() : undefined;
	}
	return isScalar(value) ? String(value).toWellFormed() : undefined;
}

function isScalar(value: unknown): boolean {
	return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

/**
 * A path whose parameters can share a text may be read in another way, one that begins with two slashes is another host's, and every
 * client takes the segments "." and ".." out before it asks.
 */
function assertLeadsBack(
	template: PathTemplate,
	texts: readonly string[],
): void {
	const path = joinTemplate(
		template.literals,
		(index) => texts[index] as string,
	);
	const read = patternOf(template)(path);
	const isRead = read?.every((text, index) => text === texts[index]) === true;
	if (!isRead || path.startsWith("//") || /\/\.{1,2}(?:\/|$)/.test(path)) {
		throw urlError(
			template,
			`would become "${path}", which does not lead back to these values; give others, or change the path`,
		);
	}
}

const patterns = new WeakMap<PathTemplate, Pattern>();

function patternOf(template: PathTemplate): Pattern {
	const pattern = patterns.get(template) ?? compilePattern(template);
	patterns.set(template, pattern);
	return pattern;
}

function namesOf({ names }: PathTemplate): string {
	return names.length === 0
		? "it has none"
		: `its parameters are ${names.map((name) => `"${name}"`).join(", ")}`;
}

/** Percent-encoded but for slashes and what else RFC 3986 §3.3 allows in a segment. */
export function encodePath(text: string): string {
	return encodeURIComponent(text).replace(
		/%(?:2F|40|3A|24|26|2B|2C|3B|3D)/g,
		decodeURIComponent,
	);
}

function urlError({ text }: PathTemplate, problem: string): SetupError {
	return new SetupError("VIV_ROUTE", `the path "${text}" ${problem}.`);
}
