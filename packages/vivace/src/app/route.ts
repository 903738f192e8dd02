import { keepLimitsOf, resolveLimits } from "../http/limits.ts";
import type { AskedRoute, MatchedRoute } from "../http/matched-route.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import {
	type CompileContext,
	compileOperation,
	operationGraph,
	type Respond,
} from "./compile.ts";
import type { PathOperation } from "./path-operation.ts";

/** The target of a path: a path operation, or a mount. */
export interface Route {
	/** The names in the mounts around and in its path template, in order. */
	readonly names: readonly string[];
	/** The route that a request is told; `undefined` when what is mounted has none for it. */
	match(asked: AskedRoute, texts: readonly string[]): MatchedRoute | undefined;
	/** May throw or reject with what is to be handled as an exception. */
	readonly respond: Respond;
}

/** A compiled path operation. */
export class OperationRoute implements Route {
	readonly names: readonly string[];
	readonly #operation: PathOperation;
	readonly #context: CompileContext;
	readonly #matched: MatchedRoute;
	respond: Respond;

	/** @param mountPath where its app is mounted in the outermost one */
	constructor(
		operation: PathOperation,
		graph: DependencyGraph,
		context: CompileContext,
		mountPath: string,
	) {
		this.names = [...context.outerNames, ...operation.template.names];
		this.#operation = placedBelow(mountPath, operation);
		this.#context = context;
		this.#matched = Object.freeze({
			path: mountPath + operation.template.openapi,
			name: operation.name,
			methods: operation.methods,
			tags: operation.tags,
			kind: "operation",
		});
		keepLimitsOf(this.#matched, resolveLimits(operation.limits));
		this.respond = compileOperation(this.#operation, graph, context);
	}

	match(): MatchedRoute {
		return this.#matched;
	}

	/** The overrides have changed: the next request has it compiled anew. */
	recompile(): void {
		const operation = this.#operation;
		const context = this.#context;
		this.respond = (request) => {
			const graph = operationGraph(operation, context);
			this.respond = compileOperation(operation, graph, context);
			return this.respond(request);
		};
	}
}

/** Errors name a path operation by its whole path. */
export function placedBelow(
	mountPath: string,
	operation: PathOperation,
): PathOperation {
	return mountPath === ""
		? operation
		: { ...operation, endpoint: operation.endpoint.below(mountPath) };
}
