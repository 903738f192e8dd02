import { answersPreflights } from "../http/middleware.ts";
import {
	type DependencyGraph,
	type GraphNode,
	type Input,
	nodesOf,
} from "../inject/graph.ts";
import { givesUnverified, SecurityScopes } from "../inject/security-scopes.ts";
import type { PathOperation } from "./path-operation.ts";

/**
 * Tells of what is to guard a path operation and guards nothing: a scheme that only reads credentials, where nobody gets what it read, so that
 * any key is good; scopes that nothing compares with those of the credentials; and CORS around a route, which no preflight reaches.
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
		for (const { dependency, name, securityScopes } of uncompared(graph)) {
			once(
				dependency,
				() =>
					`${endpoint.told}: nobody compares the scopes (${securityScopes.join(", ")}) that Security() asks of "${name}", so that any credentials have them; write SecurityScopes into the record of a dependency there, and compare them`,
			);
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

/** Those at which scopes are asked for, where nothing at or below them gets to know these. */
function uncompared({ order }: DependencyGraph): readonly GraphNode[] {
	const asking = order.filter((node) => node.securityScopes.length > 0);
	if (asking.length === 0) {
		return [];
	}
	const reading = new Set<GraphNode>();
	const covered = new Map<GraphNode, Set<string>>();
	// each stands behind what it needs
	for (const node of order) {
		const below = nodesOf(node.inputs);
		if (node.inputs.some(isScopes) || below.some((each) => reading.has(each))) {
			reading.add(node);
		}
		for (const each of below) {
			const told = covered.get(each) ?? new Set();
			covered.set(each, told);
			for (const scope of node.securityScopes) {
				told.add(scope);
			}
		}
	}
	return asking.filter(
		(node) =>
			!reading.has(node) &&
			node.securityScopes.some((scope) => !covered.get(node)?.has(scope)),
	);
}

function isScopes(input: Input): boolean {
	return input.kind === "constant" && input.value instanceof SecurityScopes;
}
