import type {
	MatchedRoute,
	PathValue,
	RequestRoutes,
} from "../http/matched-route.ts";
import { RouteTable } from "../routing/route-table.ts";
import { encodePath } from "../routing/url-path.ts";
import type { Route } from "./route.ts";
import { type NamedRoutes, pathFor, pathIfNamed } from "./route-names.ts";

/** The routes of one app of an assembly: found by requests, made paths of by their names. */
export class UnitRoutes implements RequestRoutes {
	readonly table: RouteTable<Route> = new RouteTable<Route>();
	readonly #names: NamedRoutes;
	/** Where the app is mounted in the outermost one, without a final slash. */
	readonly #path: string;
	readonly #outermost: UnitRoutes;

	constructor(names: NamedRoutes, path: string, outermost?: UnitRoutes) {
		this.#names = names;
		this.#path = path;
		this.#outermost = outermost ?? this;
	}

	/** Of what is mounted the innermost route. */
	match(method: string, rawPath: string): MatchedRoute | undefined {
		const found = this.table.find(method, rawPath);
		return found.kind === "found"
			? found.value.match(method, rawPath)
			: undefined;
	}

	pathFor(name: string, values: Readonly<Record<string, PathValue>>): string {
		const outermost = this.#outermost;
		if (outermost !== this) {
			const path = pathIfNamed(outermost.#names, name, values);
			if (path !== undefined) {
				return path;
			}
		}
		return encodePath(this.#path) + pathFor(this.#names, name, values);
	}
}
