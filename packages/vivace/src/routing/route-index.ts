import { compilePattern, type Pattern } from "./path-pattern.ts";
import type { PathTemplate } from "./path-template.ts";

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

/**
 * A branch of the tree of plain templates: a piece of literal text, and what follows it. Literals that begin alike share their
 * beginning (a radix tree), so that a path is compared once however many routes there are.
 */
interface Branch<Value> {
	/** The lowest rank in this branch, so that a search can pass by what would lose. */
	rank: number;
	/** Empty after a parameter. */
	text: string;
	/** The route whose path ends here. */
	route: Route<Value> | undefined;
	/** By the code of the first character of their text. */
	readonly children: Map<number, Branch<Value>>;
	/** The branch behind a `{name}` that begins here. */
	parameter: Branch<Value> | undefined;
	/** Routes with a pattern whose first literal ends here, in the order of declaration; in the tree of these alone. */
	readonly patterns: Route<Value>[];
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
			isStatic || hasPlainSegments(template)
				? undefined
				: compilePattern(template),
	};
}

/** The first declared route for a path among those given. */
export class RouteIndex<Value> {
	readonly #root: Branch<Value> = newBranch("", 0);
	/** By the literal that each begins with: a thousand mounts have a thousand patterns, of which a path can fit few. */
	readonly #patterns: Branch<Value> = newBranch("", 0);
	readonly #statics = new Map<string, Answer<Value>>();
	readonly #staticRoutes = new Map<string, Route<Value>>();

	constructor(routes: readonly Route<Value>[]) {
		for (const route of routes) {
			if (route.pattern !== undefined) {
				const [literal = ""] = route.template.literals;
				grow(this.#patterns, literal, route.rank).patterns.push(route);
			} else if (route.answer === undefined) {
				plant(this.#root, route);
			} else if (!this.#staticRoutes.has(route.template.text)) {
				this.#staticRoutes.set(route.template.text, route);
			}
		}
		// a dynamic route that was declared earlier hides a static one: decided here, once
		for (const [path, route] of this.#staticRoutes) {
			const earlier = this.#search(path, route);
			this.#staticRoutes.set(path, earlier.route);
			this.#statics.set(path, answerOf(earlier, path));
		}
	}

	find(path: string): Answer<Value> | undefined {
		const answer = this.#statics.get(path);
		if (answer !== undefined) {
			return answer;
		}
		const hit = this.#search(path, undefined);
		return hit && answerOf(hit, path);
	}

	/** The route alone. */
	match(path: string): Route<Value> | undefined {
		return this.#staticRoutes.get(path) ?? this.#search(path, undefined)?.route;
	}

	#search(path: string, best: Route<Value>): Hit<Value>;
	#search(path: string, best: Route<Value> | undefined): Hit<Value> | undefined;
	#search(
		path: string,
		best: Route<Value> | undefined,
	): Hit<Value> | undefined {
		const found = searchBranch(this.#root, path, 0, best);
		const hit = searchPatterns(this.#patterns, path, found?.rank);
		return hit ?? (found && { route: found, texts: undefined });
	}
}

/** The first of the patterns that fits and comes before a rank. */
function searchPatterns<Value>(
	root: Branch<Value>,
	path: string,
	before: number = Number.POSITIVE_INFINITY,
): Hit<Value> | undefined {
	let hit: Hit<Value> | undefined;
	let branch: Branch<Value> | undefined = root;
	let position = 0;
	while (branch !== undefined && path.startsWith(branch.text, position)) {
		for (const route of branch.patterns) {
			if (route.rank > (hit?.route.rank ?? before)) {
				break;
			}
			const texts = route.pattern?.(path);
			if (texts !== undefined) {
				hit = { route, texts };
				break;
			}
		}
		position += branch.text.length;
		branch = branch.children.get(path.charCodeAt(position));
	}
	return hit;
}

/** A route that takes a path, with the texts that its pattern found in it. */
interface Hit<Value> {
	readonly route: Route<Value>;
	readonly texts: readonly string[] | undefined;
}

const noTexts: readonly string[] = Object.freeze([]);
const slash = 47;

function searchBranch<Value>(
	branch: Branch<Value>,
	path: string,
	start: number,
	best: Route<Value> | undefined,
): Route<Value> | undefined {
	if (best !== undefined && branch.rank > best.rank) {
		return best;
	}
	if (!path.startsWith(branch.text, start)) {
		return best;
	}
	const position = start + branch.text.length;
	if (position === path.length) {
		return firstOf(best, branch.route);
	}
	const code = path.charCodeAt(position);
	const child = branch.children.get(code);
	const found =
		child === undefined ? best : searchBranch(child, path, position, best);
	if (branch.parameter === undefined || code === slash) {
		return found;
	}
	const end = path.indexOf("/", position);
	return searchBranch(
		branch.parameter,
		path,
		end === -1 ? path.length : end,
		found,
	);
}

function firstOf<Value>(
	a: Route<Value> | undefined,
	b: Route<Value> | undefined,
): Route<Value> | undefined {
	if (a === undefined || b === undefined) {
		return a ?? b;
	}
	return a.rank < b.rank ? a : b;
}

function answerOf<Value>(
	{ route, texts }: Hit<Value>,
	path: string,
): Answer<Value> {
	return (
		route.answer ?? {
			kind: "found",
			value: route.value,
			texts: texts ?? segmentTexts(route.template, path),
		}
	);
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

/** Adds a route of plain segments to the tree; of two with the same shape the first stays. */
function plant<Value>(root: Branch<Value>, route: Route<Value>): void {
	let branch = root;
	route.template.literals.forEach((literal, index) => {
		if (index > 0) {
			branch = branch.parameter ??= newBranch("", route.rank);
		}
		branch = grow(branch, literal, route.rank);
	});
	branch.route ??= route;
}

/** The branch at the end of `literal` below `branch`. */
function grow<Value>(
	branch: Branch<Value>,
	literal: string,
	rank: number,
): Branch<Value> {
	if (literal === "") {
		return branch;
	}
	const code = literal.charCodeAt(0);
	const child = branch.children.get(code);
	if (child === undefined) {
		const grown: Branch<Value> = newBranch(literal, rank);
		branch.children.set(code, grown);
		return grown;
	}
	const length = sharedLength(child.text, literal);
	const upper =
		length < child.text.length ? fork(branch, child, length) : child;
	return grow(upper, literal.slice(length), rank);
}

/** Parts a child after `length` characters; returns the upper part. */
function fork<Value>(
	branch: Branch<Value>,
	child: Branch<Value>,
	length: number,
): Branch<Value> {
	const upper: Branch<Value> = newBranch(
		child.text.slice(0, length),
		child.rank,
	);
	branch.children.set(upper.text.charCodeAt(0), upper);
	child.text = child.text.slice(length);
	upper.children.set(child.text.charCodeAt(0), child);
	return upper;
}

function sharedLength(a: string, b: string): number {
	let length = 0;
	while (length < a.length && a[length] === b[length]) {
		length++;
	}
	return length;
}

function newBranch<Value>(text: string, rank: number): Branch<Value> {
	return {
		rank,
		text,
		route: undefined,
		children: new Map(),
		parameter: undefined,
		patterns: [],
	};
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
