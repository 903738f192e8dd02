import type { AskedRoute, MatchedRoute } from "../http/matched-route.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import { SocketCount } from "../websocket/socket-count.ts";
import { resolveSocketLimits } from "../websocket/socket-limits.ts";
import type { CompileContext } from "./compile.ts";
import { compileSocket, type SocketRespond } from "./compile-socket.ts";
import { placedBelow } from "./route.ts";
import { type SocketOperation, socketGraph } from "./socket-operation.ts";

/** The thing behind a path of a handshake: a socket, or what is mounted there. */
export interface SocketRoute {
	/** The names in the mounts around and in its path template, in order. */
	readonly names: readonly string[];
	match(asked: AskedRoute, texts: readonly string[]): MatchedRoute | undefined;
	readonly respond: SocketRespond;
}

/** A compiled socket. */
export class OperationSocketRoute implements SocketRoute {
	readonly names: readonly string[];
	readonly #socket: SocketOperation;
	readonly #context: CompileContext;
	readonly #counts: readonly SocketCount[];
	readonly #matched: MatchedRoute;
	respond: SocketRespond;

	/** @param mountPath where its app is mounted in the outermost one */
	constructor(
		socket: SocketOperation,
		graph: DependencyGraph,
		context: CompileContext,
		mountPath: string,
	) {
		const { operation, options } = socket;
		this.names = [...context.outerNames, ...operation.template.names];
		this.#socket = {
			operation: placedBelow(mountPath, operation),
			options,
		};
		this.#context = context;
		const own = new SocketCount(resolveSocketLimits(options.limits));
		// one that refuses nobody has no reader, and each open socket would hold its end
		this.#counts = own.isUnlimited
			? context.socketCounts
			: [...context.socketCounts, own];
		this.#matched = Object.freeze({
			path: mountPath + operation.template.openapi,
			name: operation.name,
			methods: [],
			tags: operation.tags,
			kind: "socket",
		});
		this.respond = compileSocket(this.#socket, graph, context, this.#counts);
	}

	match(): MatchedRoute {
		return this.#matched;
	}

	/** The overrides have changed: the next handshake has it compiled anew. */
	recompile(): void {
		const socket = this.#socket;
		const context = this.#context;
		this.respond = (request, follow) => {
			const graph = socketGraph(socket, context);
			this.respond = compileSocket(socket, graph, context, this.#counts);
			return this.respond(request, follow);
		};
	}
}
