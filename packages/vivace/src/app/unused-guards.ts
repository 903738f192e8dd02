import { answersPreflights } from "../http/middleware.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import { givesUnverified } from "../inject/security-scopes.ts";
import type { PathOperation } from "./path-operation.ts";

/**
 * Tells of what is to guard a path operation and guards nothing: a scheme that only reads credentials, where nobody gets what it read, so that
 * any key is good; and CORS around a route, which no preflight reaches.
 */
export function warnOfUnusedGuards(
	graphs: ReadonlyMap<PathOperation, DependencyGraph>,
	warn: (line: string) => void,
): void {
	const seen = new Set<unknown>();
	const once = (what: unknown, line: () => string): void => {
		if (!seen.has(what)) {
			seen.add(what);
			warn(line());
		}
	};
	for (const [{ endpoint, methods, routeMiddleware }, graph] of graphs) {
		for (const { dependency, name } of graph.effects) {
			if (givesUnverified(dependency.call)) {
				once(
					dependency,
					() =>
						`${endpoint.told}: nobody looks at the credentials that "${name}" reads, so that any are good; write a dependency that has it in its record and compares them`,
				);
			}
		}
		const layer = routeMiddleware.find(answersPreflights);
		if (layer !== undefined && !methods.includes("OPTIONS")) {
			once(
				layer,
				() =>
					`${endpoint.told}: cors() stands in routeMiddleware, where no preflight of a browser comes; write app.use(cors(…))`,
			);
		}
	}
}
