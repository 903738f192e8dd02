import { assertOptions, type OptionRules, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";

/** A kind of text that a path parameter may be: `{day:date}`. */
export interface PathType<Value = string> {
	/**
	 * The pattern of the whole text: no flags but `u`, no `^` and `$`, no capturing groups. A slash ends the text, so that it can't have
	 * any; the path is decoded.
	 */
	readonly pattern: RegExp;
	/**
	 * The value that a handler gets for a parameter that its record does not declare; `undefined` or an error: the text is none of this
	 * type, the path does not match. Default: the text.
	 */
	readonly parse?: (text: string) => Value | undefined;
	/** The text of a value, for `urlPathFor` and `urlFor`; it must match, and give the value again. Default: `String(value)`. */
	readonly format?: (value: Value) => string;
}

/** Types of path parameters, as templates name them. */
export interface RegisteredPathType {
	/** The source of a regular expression. */
	readonly pattern: string;
	readonly parse?: ((text: string) => unknown) | undefined;
	readonly format?: ((value: never) => string) | undefined;
	/** False for those that a program has registered. */
	readonly isBuiltIn: boolean;
}

/**
 * The regular expression of each built-in type. The path is decoded before it is matched, so that an encoded slash is a slash:
 * `{name}` never takes it, `{name:path}` does.
 */
const builtInPatterns = {
	str: "[^/]+",
	path: "[^\\n]*",
	int: "[0-9]+",
	float: "[0-9]+(?:\\.[0-9]+)?",
	uuid: "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
} as const;

export type BuiltInPathType = keyof typeof builtInPatterns;

const types = new Map<string, RegisteredPathType>(
	Object.entries(builtInPatterns).map(([name, pattern]) => [
		name,
		{ pattern, isBuiltIn: true },
	]),
);
/** The types by name, to tell one that is registered twice from another. */
const registered = new Map<string, object>();

/** The type with a name; `undefined` if there is none. */
export function pathTypeNamed(name: string): RegisteredPathType | undefined {
	return types.get(name);
}

/** The names that templates may use. */
export function pathTypeNames(): readonly string[] {
	return [...types.keys()];
}

/**
 * Makes a type of path parameters, for all apps of the process and all paths that are declared from then on: `{day:date}`.
 *
 * @param name letters, digits and `_`, as it stands in templates
 * @throws SetupError `VIV_PATH` when another type has the name, or the pattern can't be a part of a path's
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { registerPathType } from "vivace/routing";
 *
 * declare module "vivace/routing" {
 * 	interface PathTypes {
 * 		date: Date;
 * 	}
 * }
 *
 * registerPathType("date", {
 * 	pattern: /\d{4}-\d{2}-\d{2}/,
 * 	parse: (text) => {
 * 		const date = new Date(text);
 * 		return Number.isNaN(date.getTime()) ? undefined : date;
 * 	},
 * 	format: (date: Date) => date.toISOString().slice(0, 10),
 * });
 *
 * const app = new App();
 * app.get("/days/{day:date}", function read_day({ day }) {
 * 	return { year: day.getUTCFullYear() };
 * });
 * console.log(app.urlPathFor("read_day", { day: new Date("2026-03-01") })); // /days/2026-03-01
 * ```
 * @see Starlette, "Routing": `register_url_convertor`
 */
export function registerPathType<Value>(
	name: string,
	type: PathType<Value>,
): void {
	if (typeof name !== "string" || !/^\w+$/.test(name)) {
		throw wrongType(name, "its name must be made of letters, digits and _");
	}
	if (typeof type === "object" && type !== null) {
		assertOptions<object>(`registerPathType("${name}")`, type, rules);
	}
	const before = registered.get(name);
	if (types.has(name)) {
		if (before === type) {
			return; // a module that is loaded twice
		}
		throw wrongType(
			name,
			before === undefined
				? "this type is built in; give yours another name"
				: "another type has this name; register each once, at the top of a module",
		);
	}
	const pattern = patternSource(name, type);
	const { parse, format } = type;
	for (const [member, value] of Object.entries({ parse, format })) {
		if (value !== undefined && typeof value !== "function") {
			throw wrongType(name, `${member} must be a function`);
		}
	}
	registered.set(name, type);
	types.set(name, { pattern, parse, format, isBuiltIn: false });
}

/** The values by {@link registerPathType}. */
const rules: OptionRules<PathType> = {
	pattern: { required: "any" },
	parse: "any",
	format: "any",
};

/** @throws SetupError `VIV_PATH` when it can't be put among others */
function patternSource(name: string, type: unknown): string {
	const { pattern } = Object(type) as Partial<PathType>;
	if (!(pattern instanceof RegExp)) {
		throw wrongType(name, "pattern must be a regular expression");
	}
	const { source, flags } = pattern;
	if (flags !== "" && flags !== "u") {
		throw wrongType(
			name,
			`its pattern has the flags "${flags}"; write it without`,
		);
	}
	if (/^\^|(?<!\\)\$$/.test(source)) {
		throw wrongType(
			name,
			"its pattern has ^ or $; the whole text must match anyway",
		);
	}
	let groups: number;
	try {
		groups = (new RegExp(`${source}|`, "u").exec("")?.length ?? 1) - 1;
	} catch (error) {
		throw wrongType(name, `its pattern is none with the flag "u": ${error}`);
	}
	if (groups > 0) {
		throw wrongType(name, "its pattern has a capturing group; write (?:…)");
	}
	if (new RegExp(`^(?:${source})$`, "u").test("")) {
		throw wrongType(name, "its pattern matches the empty text");
	}
	return `(?:${source})`;
}

function wrongType(name: string, problem: string): SetupError {
	return new SetupError(
		"VIV_PATH",
		`registerPathType(${told(name)}): ${problem}.`,
	);
}

/** Checks texts of a path beyond their patterns; `undefined` where nothing is to check. */
export function compileTextCheck(
	names: readonly string[],
): ((texts: readonly string[]) => boolean) | undefined {
	const checks = names.map(textCheck);
	return checks.every((check) => check === undefined)
		? undefined
		: (texts) => texts.every((text, index) => checks[index]?.(text) !== false);
}

function textCheck(name: string): ((text: string) => boolean) | undefined {
	const type = types.get(name);
	if (type === undefined || type.isBuiltIn) {
		return undefined;
	}
	const { parse } = type;
	return (text) =>
		!text.includes("/") &&
		(parse === undefined || parsed(parse, text) !== undefined);
}

/** The value of a text; `undefined` where it has none. */
function parsed(parse: (text: string) => unknown, text: string): unknown {
	try {
		return parse(text);
	} catch {
		return undefined; // a text that it refuses is none of the type
	}
}
