import type { PathTemplate } from "./path-template.ts";
import {
	type BuiltInPathType,
	compileTextCheck,
	pathTypeNamed,
} from "./path-type.ts";

/** Texts of the parameters in a path that matches, `undefined` for one that doesn't. */
export type Pattern = (path: string) => readonly string[] | undefined;

/**
 * Matches a template whose parameters are not all plain `{name}` segments, in a time that is linear in the length of the path.
 *
 * The meaning is that of {@link toRegExp}: each parameter in turn is as long as the rest of the path allows. A regular expression
 * finds that by trying, which takes a power of the length where two parameters can share a text (`{a}-{b}-{c}`); such templates
 * are matched from the end by {@link greedyPattern}.
 */
export function compilePattern(template: PathTemplate): Pattern {
	const pattern = compileShape(template);
	const isRight = compileTextCheck(
		template.parameters.map(({ converter }) => converter),
	);
	if (isRight === undefined) {
		return pattern;
	}
	return (path) => {
		const texts = pattern(path);
		return texts !== undefined && isRight(texts) ? texts : undefined;
	};
}

function compileShape(template: PathTemplate): Pattern {
	const [prefix = "", end] = template.literals;
	const [first, second] = template.parameters;
	if (first?.converter === "path" && second === undefined && end === "") {
		return (path) =>
			path.startsWith(prefix) && !path.includes("\n", prefix.length)
				? [path.slice(prefix.length)]
				: undefined;
	}
	if (isAmbiguous(template)) {
		return greedyPattern(template);
	}
	const expression = toRegExp(template);
	return (path) =>
		path.startsWith(prefix) ? expression.exec(path)?.slice(1) : undefined;
}

/** The regular expression of a template, with a group for each parameter. */
export function toRegExp(template: PathTemplate): RegExp {
	const parts = template.literals.map((literal, index) => {
		const parameter = template.parameters[index];
		const group = parameter ? `(${patternOf(parameter.converter)})` : "";
		return RegExp.escape(literal) + group;
	});
	return new RegExp(`^${parts.join("")}$`, "u");
}

function patternOf(converter: string): string {
	return pathTypeNamed(converter)?.pattern ?? "";
}

/**
 * True when one text can be shared out between parameters in several ways: two of them in one segment, or two that take slashes.
 * Otherwise a slash ends each parameter, and a regular expression sees every character a fixed number of times.
 */
function isAmbiguous({ parameters, literals }: PathTemplate): boolean {
	const paths = parameters.filter(({ converter }) => converter === "path");
	const between = literals.slice(1, -1);
	return paths.length > 1 || between.some((literal) => !literal.includes("/"));
}

/**
 * For each position of a path the end of the longest parameter that begins there and after which the rest of the template matches;
 * `nowhere` where there is none.
 */
type Ends = Int32Array;
const nowhere = -1;

/** Writes the {@link Ends} of a parameter; `canEnd` holds a 1 where the rest of the template matches. */
type EndFinder = (
	path: string,
	from: number,
	canEnd: Uint8Array,
	ends: Ends,
) => void;

const endFinders: Readonly<Record<BuiltInPathType, EndFinder>> = {
	str: runsOf((code) => code !== slash, 1),
	path: runsOf((code) => code !== newline, 0),
	int: runsOf(isDigit, 1),
	float: findFloatEnds,
	uuid: matchesOf(patternOf("uuid"), "y"),
};

function endFinder(converter: string): EndFinder {
	return converter in endFinders
		? endFinders[converter as BuiltInPathType]
		: matchesOf(patternOf(converter), "uy");
}

const slash = 47;
const newline = 10;

/** Goes through the parameters from the last to the first, so that what can follow a parameter is known before it is asked. */
function greedyPattern({ literals, parameters }: PathTemplate): Pattern {
	const [prefix = ""] = literals;
	const suffix = literals.at(-1) ?? "";
	const finders = parameters.map(({ converter }) => endFinder(converter));
	return (path) => {
		const from = prefix.length;
		const to = path.length - suffix.length;
		if (to < from || !path.startsWith(prefix) || !path.endsWith(suffix)) {
			return undefined;
		}
		const table: Ends[] = [];
		let canEnd: Uint8Array = new Uint8Array(path.length + 1);
		canEnd[to] = 1;
		for (let index = parameters.length - 1; index >= 0; index--) {
			const ends = new Int32Array(path.length + 1).fill(nowhere);
			finders[index]?.(path, from, canEnd, ends);
			table[index] = ends;
			if (index > 0) {
				canEnd = startsAfter(path, literals[index] as string, ends, from);
			}
		}
		return textsOf(path, literals, table);
	};
}

/** Where a literal stands whose end begins one of `ends`. */
function startsAfter(
	path: string,
	literal: string,
	ends: Ends,
	from: number,
): Uint8Array {
	const starts = new Uint8Array(path.length + 1);
	const { length } = literal;
	for (let start = from; start <= path.length - length; start++) {
		if (
			ends[start + length] !== nowhere &&
			(length === 0
				? !splitsCharacter(path, start)
				: path.startsWith(literal, start))
		) {
			starts[start] = 1;
		}
	}
	return starts;
}

function textsOf(
	path: string,
	literals: readonly string[],
	table: readonly Ends[],
): readonly string[] | undefined {
	const texts: string[] = [];
	let position = 0;
	for (let index = 0; index < table.length; index++) {
		const start = position + (literals[index] as string).length;
		const end = table[index]?.[start] ?? nowhere;
		if (end === nowhere) {
			return undefined;
		}
		texts.push(path.slice(start, end));
		position = end;
	}
	return texts;
}

/** Finds the ends of parameters that are `minLength` or more characters of one kind. */
function runsOf(
	isOfKind: (code: number) => boolean,
	minLength: number,
): EndFinder {
	return (path, from, canEnd, ends) => {
		let last: number = canEnd[path.length] === 1 ? path.length : nowhere;
		for (let start = path.length; start >= from; start--) {
			if (start < path.length && !isOfKind(path.charCodeAt(start))) {
				// a match that begins here is empty, and none that begins before it goes on behind it
				last = canEnd[start] === 1 ? start : nowhere;
			} else if (last === nowhere && canEnd[start] === 1) {
				last = start;
			}
			if (last >= start + minLength) {
				ends[start] = last;
			}
		}
	};
}

const findDigitEnds = runsOf(isDigit, 1);

/** Digits, and perhaps a point and more digits: the longest end is behind the point where there can be one. */
function findFloatEnds(
	path: string,
	from: number,
	canEnd: Uint8Array,
	ends: Ends,
): void {
	const digits = new Int32Array(ends.length).fill(nowhere);
	findDigitEnds(path, from, canEnd, digits);
	let endBehindPoint: number = nowhere;
	for (let start = path.length - 1; start >= from; start--) {
		const code = path.charCodeAt(start);
		if (isDigit(code)) {
			ends[start] =
				endBehindPoint === nowhere ? (digits[start] as number) : endBehindPoint;
		} else {
			endBehindPoint = code === point ? (digits[start + 1] as number) : nowhere;
		}
	}
}

/** One length at most fits, that of the expression's own match: a UUID has but one, dashes are no digits. */
function matchesOf(source: string, flags: string): EndFinder {
	const expression = new RegExp(source, flags);
	return (path, from, canEnd, ends) => {
		for (let start = from; start < path.length; start++) {
			expression.lastIndex = start;
			if (
				!splitsCharacter(path, start) &&
				expression.test(path) &&
				canEnd[expression.lastIndex] === 1
			) {
				ends[start] = expression.lastIndex;
			}
		}
	};
}

const point = 46;

function isDigit(code: number): boolean {
	return code >= 48 && code <= 57;
}

/** True between the two halves of a character beyond the basic plane: no text of a parameter begins or ends there. */
function splitsCharacter(path: string, position: number): boolean {
	return (
		isBetween(path.charCodeAt(position - 1), 0xd800, 0xdbff) &&
		isBetween(path.charCodeAt(position), 0xdc00, 0xdfff)
	);
}

function isBetween(code: number, first: number, last: number): boolean {
	return code >= first && code <= last;
}
