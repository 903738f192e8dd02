import { decodePercent } from "../http/query-string.ts";
import type { PathTemplate } from "./path-template.ts";
import { type Route, RouteIndex, toRoute } from "./route-index.ts";

/** The result of {@link RouteTable.find}. */
export type Found<Value> =
	| {
			readonly kind: "found";
			readonly value: Value;
			/** The decoded texts of the path parameters, in the order of the template. */
			readonly texts: readonly string[];
	  }
	/** 405: the path is there, the method is not; `allowed` are the methods of the first route whose path matches. */
	| { readonly kind: "method"; readonly allowed: readonly string[] }
	/**
	 * 307: the path would match with (or without) a slash at its end; `path` is that path, encoded as it was sent. Make an absolute
	 * URL of it: `//example.org` as a `Location` would lead to another host.
	 */
	| { readonly kind: "redirect"; readonly path: string }
	/** 404. */
	| { readonly kind: "none" };

/**
 * Finds the route of a request: the first declared one whose path and method match, as in Starlette.
 *
 * The routes are indexed at the latest when the first request comes: static paths (with whatever dynamic route was declared before them) are
 * one look-up in a map, plain `{name}` segments a tree, the other templates regular expressions behind their literal beginning.
 */
export class RouteTable<Value> {
	readonly #routes: Route<Value>[] = [];
	readonly #byMethod = new Map<string, RouteIndex<Value>>();
	#anyMethod: RouteIndex<Value> | undefined;
	#paths: RouteIndex<Value> | undefined;

	/**
	 * Declares a route after those that are there.
	 *
	 * @param methods upper or lower case; `undefined` or none: every method. `HEAD` is not implied by `GET`
	 */
	add(
		methods: readonly string[] | undefined,
		template: PathTemplate,
		value: Value,
	): void {
		this.#routes.push(toRoute(this.#routes.length, methods, template, value));
		this.#byMethod.clear();
		this.#anyMethod = undefined;
		this.#paths = undefined;
	}

	/**
	 * @param method as sent, upper case
	 * @param rawPath as sent, percent-encoded, without the query
	 */
	find(method: string, rawPath: string): Found<Value> {
		const path = rawPath.includes("%") ? decodePercent(rawPath) : rawPath;
		if (this.#anyMethod === undefined) {
			this.index();
		}
		const index = this.#byMethod.get(method) ?? this.#anyMethod;
		return index?.find(path) ?? this.#miss(path, rawPath);
	}

	/** Builds the index when all routes are declared, so that the first request does not wait for it: 38 ms at 5,000 routes. */
	index(): void {
		const methods = new Set(
			this.#routes.flatMap((route) => route.methods ?? []),
		);
		for (const method of methods) {
			const routes = this.#routes.filter(
				(route) => route.methods?.includes(method) ?? true,
			);
			this.#byMethod.set(method, new RouteIndex(routes));
		}
		this.#anyMethod = new RouteIndex(
			this.#routes.filter((route) => route.methods === undefined),
		);
		this.#paths = new RouteIndex(this.#routes);
	}

	#miss(path: string, rawPath: string): Found<Value> {
		const other = this.#paths?.match(path);
		if (other?.methods) {
			return { kind: "method", allowed: other.methods };
		}
		if (path === "/") {
			return none;
		}
		const isSlashed = path.endsWith("/");
		const redirected = isSlashed ? withoutFinalSlashes(path) : `${path}/`;
		if (this.#paths?.match(redirected) === undefined) {
			return none;
		}
		return {
			kind: "redirect",
			path: isSlashed ? withoutFinalSlashes(rawPath) : `${rawPath}/`,
		};
	}
}

const none = { kind: "none" } as const;

/** Also of a path that is still encoded. By hand: a regular expression would try each slash of a long run. */
function withoutFinalSlashes(path: string): string {
	let end = path.length;
	for (;;) {
		if (path.endsWith("/", end)) {
			end -= 1;
		} else if (/^%2f$/i.test(path.slice(Math.max(end - 3, 0), end))) {
			end -= 3;
		} else {
			return path.slice(0, end);
		}
	}
}
