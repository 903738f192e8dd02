import { converterPatterns, type PathTemplate } from "./path-template.ts";

/** A declared route, its template prepared for matching. */
export interface Route<Value> {
	/** Place in the order of declaration; the lowest that matches wins. */
	readonly rank: number;
	/** Upper case; `undefined` is every method. */
	readonly methods: readonly string[] | undefined;
	readonly value: Value;
	readonly template: PathTemplate;
	/** Answer of a route without parameters, shared by all requests; `undefined` for others. */
	readonly answer: Answer<Value> | undefined;
	/** For templates whose parameters are not all plain `{name}` segments. */
	readonly pattern: Pattern | undefined;
}

/** A match: `find` returns it as it is. */
export interface Answer<Value> {
	readonly kind: "found";
	readonly value: Value;
	readonly texts: readonly string[];
}

/** Texts of the parameters in a path that matches, `undefined` for one that doesn't. */
type Pattern = (path: string) => readonly string[] | undefined;

/** A place in the tree: the beginning of a segment. */
interface Branch<Value> {
	/** The lowest rank below, so that a search can pass by what would lose. */
	rank: number;
	/** By the code of their first character. */
	readonly literals: Map<number, Literal<Value>[]>;
	/** Below a `{name}` with further segments. */
	parameter: Branch<Value> | undefined;
	/** The route that ends with a `{name}` here. */
	lastParameter: Route<Value> | undefined;
}

/** A literal segment: with its slash and a branch, or the last one and a route. */
interface Literal<Value> {
	readonly text: string;
	readonly below: Branch<Value> | undefined;
	readonly route: Route<Value> | undefined;
}

/** The route of a declaration. */
export function toRoute<Value>(
	rank: number,
	methods: readonly string[] | undefined,
	template: PathTemplate,
	value: Value,
): Route<Value> {
	const isStatic = template.parameters.length === 0;
	return {
		rank,
		methods: methods?.length
			? methods.map((method) => method.toUpperCase())
			: undefined,
		value,
		template,
		answer: isStatic ? { kind: "found", value, texts: noTexts } : undefined,
		pattern:
			isStatic || hasPlainSegments(template) ? undefined : patternOf(template),
	};
}

/** The first declared route for a path among those given. */
export class RouteIndex<Value> {
	readonly #root: Branch<Value> = emptyBranch();
	/** In the order of declaration. */
	readonly #patterns: Route<Value>[] = [];
	readonly #statics = new Map<string, Answer<Value>>();
	readonly #staticRoutes = new Map<string, Route<Value>>();

	constructor(routes: readonly Route<Value>[]) {
		for (const route of routes) {
			if (route.pattern !== undefined) this.#patterns.push(route);
			else if (route.answer === undefined) plant(this.#root, route);
			else if (!this.#staticRoutes.has(route.template.text)) {
				this.#staticRoutes.set(route.template.text, route);
			}
		}
		// a dynamic route that was declared earlier hides a static one: decided here, once
		for (const [path, route] of this.#staticRoutes) {
			const earlier = this.#search(path, route);
			this.#staticRoutes.set(path, earlier);
			this.#statics.set(path, answerOf(earlier, path));
		}
	}

	find(path: string): Answer<Value> | undefined {
		const answer = this.#statics.get(path);
		if (answer !== undefined) return answer;
		const route = this.#search(path, undefined);
		return route && answerOf(route, path);
	}

	/** The route alone. */
	match(path: string): Route<Value> | undefined {
		return this.#staticRoutes.get(path) ?? this.#search(path, undefined);
	}

	#search(path: string, best: Route<Value>): Route<Value>;
	#search(
		path: string,
		best: Route<Value> | undefined,
	): Route<Value> | undefined;
	#search(
		path: string,
		best: Route<Value> | undefined,
	): Route<Value> | undefined {
		if (path.charCodeAt(0) !== slash) return best;
		const found = searchBranch(this.#root, path, 1, best);
		for (const route of this.#patterns) {
			if (found !== undefined && route.rank > found.rank) break;
			if (route.pattern?.(path) !== undefined) return route;
		}
		return found;
	}
}

const noTexts: readonly string[] = Object.freeze([]);
const slash = 47;

function searchBranch<Value>(
	branch: Branch<Value>,
	path: string,
	start: number,
	best: Route<Value> | undefined,
): Route<Value> | undefined {
	let found = best;
	if (found !== undefined && branch.rank > found.rank) return found;
	const literals = branch.literals.get(path.charCodeAt(start));
	if (literals !== undefined) {
		for (const { text, below, route } of literals) {
			if (!path.startsWith(text, start)) continue;
			const end = start + text.length;
			if (below !== undefined) found = searchBranch(below, path, end, found);
			else if (end === path.length) found = firstOf(found, route);
		}
	}
	const { parameter, lastParameter } = branch;
	if (parameter === undefined && lastParameter === undefined) return found;
	const end = path.indexOf("/", start);
	if (end === -1) {
		return start < path.length ? firstOf(found, lastParameter) : found;
	}
	return end > start && parameter !== undefined
		? searchBranch(parameter, path, end + 1, found)
		: found;
}

function firstOf<Value>(
	a: Route<Value> | undefined,
	b: Route<Value> | undefined,
): Route<Value> | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return a.rank < b.rank ? a : b;
}

function answerOf<Value>(route: Route<Value>, path: string): Answer<Value> {
	if (route.answer !== undefined) return route.answer;
	const texts = route.pattern?.(path) ?? segmentTexts(route.template, path);
	return { kind: "found", value: route.value, texts };
}

function segmentTexts(template: PathTemplate, path: string): string[] {
	const texts: string[] = [];
	const { literals } = template;
	let position = 0;
	for (let index = 0; index < literals.length - 1; index++) {
		const start = position + (literals[index] as string).length;
		const end = path.indexOf("/", start);
		position = end === -1 ? path.length : end;
		texts.push(path.slice(start, position));
	}
	return texts;
}

function emptyBranch<Value>(): Branch<Value> {
	return {
		rank: Number.POSITIVE_INFINITY,
		literals: new Map(),
		parameter: undefined,
		lastParameter: undefined,
	};
}

/** Adds a route of plain segments to the tree; of two with the same shape the first stays. */
function plant<Value>(root: Branch<Value>, route: Route<Value>): void {
	const segments = route.template.openapi.slice(1).split("/");
	const last = segments.pop() as string;
	let branch = root;
	branch.rank = Math.min(branch.rank, route.rank);
	for (const segment of segments) {
		if (isParameter(segment)) {
			branch.parameter ??= emptyBranch();
			branch = branch.parameter;
		} else {
			branch = literalBranch(branch, `${segment}/`);
		}
		branch.rank = Math.min(branch.rank, route.rank);
	}
	if (isParameter(last)) branch.lastParameter ??= route;
	else addLiteral(branch, { text: last, below: undefined, route });
}

function literalBranch<Value>(
	branch: Branch<Value>,
	text: string,
): Branch<Value> {
	const known = branch.literals
		.get(text.charCodeAt(0))
		?.find((literal) => literal.text === text && literal.below);
	if (known?.below !== undefined) return known.below;
	const below: Branch<Value> = emptyBranch();
	addLiteral(branch, { text, below, route: undefined });
	return below;
}

function addLiteral<Value>(
	branch: Branch<Value>,
	literal: Literal<Value>,
): void {
	// the code of an empty last segment is NaN, as charCodeAt says at the end of a path
	const code = literal.text.charCodeAt(0);
	const literals = branch.literals.get(code);
	if (literals === undefined) branch.literals.set(code, [literal]);
	else literals.push(literal);
}

function isParameter(segment: string): boolean {
	return segment.startsWith("{");
}

function hasPlainSegments(template: PathTemplate): boolean {
	return (
		template.parameters.every(({ converter }) => converter === "str") &&
		template.openapi
			.split("/")
			.every(
				(segment) => !segment.includes("{") || /^\{[^{}]*\}$/.test(segment),
			)
	);
}

function patternOf(template: PathTemplate): Pattern {
	const [prefix = "", end] = template.literals;
	if (
		template.parameters.length === 1 &&
		template.parameters[0]?.converter === "path" &&
		end === ""
	) {
		return (path) =>
			path.startsWith(prefix) && !path.includes("\n", prefix.length)
				? [path.slice(prefix.length)]
				: undefined;
	}
	const expression = toRegExp(template);
	return (path) =>
		path.startsWith(prefix) ? expression.exec(path)?.slice(1) : undefined;
}

/** The regular expression of a template, with a group for each parameter. */
export function toRegExp(template: PathTemplate): RegExp {
	const parts = template.literals.map((literal, index) => {
		const parameter = template.parameters[index];
		const group = parameter
			? `(${converterPatterns[parameter.converter]})`
			: "";
		return RegExp.escape(literal) + group;
	});
	return new RegExp(`^${parts.join("")}$`, "u");
}
