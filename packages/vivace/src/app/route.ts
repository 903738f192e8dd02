import { keepLimitsOf, resolveLimits } from "../http/limits.ts";
import type { AskedRoute, MatchedRoute } from "../http/matched-route.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import {
	assertCompiles,
	type CompileContext,
	compileOperation,
	operationGraph,
} from "./compile.ts";
import type { PathOperation } from "./path-operation.ts";
import type { Respond } from "./reply.ts";

/** The target of a path: a path operation, or a mount. */
export interface Route {
	/** The names in the mounts around and in its path template, in order. */
	readonly names: readonly string[];
	/** The route that a request is told; `undefined` when what is mounted has none for it. */
	match(asked: AskedRoute, texts: readonly string[]): MatchedRoute | undefined;
	readonly respond: Respond;
}

/** A path operation, checked when the app is built and compiled by its first request. */
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
		assertCompiles(this.#operation);
		this.respond = this.#compiledWhenAsked(() => graph);
	}

	match(): MatchedRoute {
		return this.#matched;
	}

	/** The overrides have changed: the next request has it compiled anew. */
	recompile(): void {
		this.respond = this.#compiledWhenAsked(() =>
			operationGraph(this.#operation, this.#context),
		);
	}

	/** Compiling the readers of an app's 300 routes takes a third of its start; most starts ask for few of them. */
	#compiledWhenAsked(graph: () => DependencyGraph): Respond {
		return (incoming, reply) => {
			this.respond = compileOperation(this.#operation, graph(), this.#context);
			return this.respond(incoming, reply);
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
