import type { Incoming, OpenRequest } from "../http/incoming.ts";
import { type ResolvedLimits, resolveLimits } from "../http/limits.ts";
import type { Response } from "../http/response.ts";
import { endUnsent } from "../http/response-body.ts";
import { asksForRequest } from "../inject/asks-for-request.ts";
import type { InjectedFunction } from "../inject/dependency.ts";
import { ErrorStatus, type Outcome } from "../inject/exit-stack.ts";
import { isGenerator } from "../inject/generator.ts";
import { buildGraph, type DependencyGraph } from "../inject/graph.ts";
import { compilePlan, type Ending, type Plan } from "../inject/plan.ts";
import { Run } from "../inject/run.ts";
import { awaitable } from "../inject/thenable.ts";
import { pathTypeNamed } from "../routing/path-type.ts";
import { readShapes } from "../schema/compile-schema.ts";
import type { SocketCount } from "../websocket/socket-count.ts";
import { type Answer, assertAnswer, compileAnswer } from "./answer.ts";
import { compileFields } from "./answer-fields.ts";
import type { AppContext } from "./app-scopes.ts";
import { toldHandler } from "./foreign-handler.ts";
import { chainMiddleware } from "./middleware-chain.ts";
import { operationStatus, type PathOperation } from "./path-operation.ts";
import type { SocketDefaults } from "./socket-defaults.ts";

/** The port of a compiled path operation to its app. */
export interface CompileContext extends AppContext {
	readonly strict: boolean;
	/** Takes a line for whoever runs the app. */
	readonly warn: (line: string) => void;
	readonly open: OpenRequest;
	/** The app's own, which its requests know before they are routed. */
	readonly limits: ResolvedLimits;
	/** True when a 422 body shows the values that were received. */
	readonly errorInput: boolean;
	/** The names in the paths and hosts of the mounts around. */
	readonly outerNames: readonly string[];
	/** Its app's rules for all sockets. */
	readonly sockets: SocketDefaults;
	/** Where sockets are counted: its app, and those that this one is mounted in. */
	readonly socketCounts: readonly SocketCount[];
}

/** Answers the requests of one path operation. May throw or reject with what is to be handled as an exception. */
export type Respond = (incoming: Incoming) => Response | Promise<Response>;

/**
 * The graph of a path operation.
 *
 * @param place the dependencies that stand in for others, and the names in the mounts around; without a place any name may be in these
 */
export function operationGraph(
	operation: PathOperation,
	place?: Pick<CompileContext, "overrides" | "outerNames">,
	isSocket = false,
): DependencyGraph {
	const isPlain =
		place === undefined ||
		(place.overrides.size === 0 && place.outerNames.length === 0);
	const known = isPlain ? plainGraphs.get(operation) : undefined;
	if (known !== undefined) {
		return known;
	}
	const graph = buildGraph({
		where: operation.where,
		isSocket,
		params: operation.params,
		dependencies: operation.dependencies,
		pathNames: operation.template.names,
		pathParsers: operation.template.parameters.map(
			({ converter }) => pathTypeNamed(converter)?.parse,
		),
		isPathOpen: place === undefined,
		...place,
	});
	if (isPlain && place !== undefined) {
		plainGraphs.set(operation, graph);
	}
	return graph;
}

/** The graphs in which nothing stands in for anything, with nothing around: what serves them and the document have the same. */
const plainGraphs = new WeakMap<PathOperation, DependencyGraph>();

/**
 * Finds what {@link compileOperation} would find wrong, without its work.
 *
 * @throws SetupError `VIV_RESPONSE` or `VIV_SCHEMA`
 */
export function assertCompiles(operation: PathOperation): void {
	assertAnswer(operation); // routers around it may have brought a response class
	compileFields(operation);
	const { response } = operation.options;
	if (response !== undefined) {
		readShapes(response);
	}
}

/** Turns a path operation and its graph into the closure that answers its requests. */
export function compileOperation(
	operation: PathOperation,
	graph: DependencyGraph,
	context: CompileContext,
): Respond {
	const limits = resolveLimits(operation.limits);
	const handler = toldHandler(operation.where, operation.handler);
	const plan = compilePlan(graph, {
		cellOf: context.cellOf,
		isWithoutRequest: false,
		handler,
		endpoint: operation.endpoint,
		strictContentType: operation.strictContentType ?? true,
		errorInput: context.errorInput,
		strict: operation.options.strict ?? context.strict,
		limits,
	});
	const answer = compileAnswer(operation, context.warn);
	const respond = plan.isEmpty
		? compileEmpty(handler, answer, context)
		: compileScoped(operation, plan, answer, context);
	const { routeMiddleware } = operation;
	const { open } = context;
	const hasLimits = hasOwnLimits(limits, context.limits);
	if (routeMiddleware.length === 0 && !hasLimits) {
		return respond;
	}
	const chain = chainMiddleware(routeMiddleware, respond);
	return (incoming) => {
		const request = open(incoming);
		if (hasLimits) {
			request.routeLimits = limits;
		}
		return chain(request);
	};
}

function hasOwnLimits(route: ResolvedLimits, app: ResolvedLimits): boolean {
	return (Object.keys(app) as (keyof ResolvedLimits)[]).some(
		(name) => route[name] !== app[name],
	);
}

/** A handler that needs nothing of the request: no scope is made for it. */
function compileEmpty(
	handler: InjectedFunction,
	answer: Answer,
	{ open }: CompileContext,
): Respond {
	const asks = asksForRequest(handler);
	return (incoming) => {
		const result = awaitable(
			asks ? handler(noValues, open(incoming)) : handler(noValues),
		);
		return result instanceof Promise
			? result.then((value) => answer(value, undefined))
			: answer(result, undefined);
	};
}

const noValues: Readonly<Record<string, never>> = Object.freeze({});

function compileScoped(
	operation: PathOperation,
	plan: Plan,
	answer: Answer,
	context: CompileContext,
): Respond {
	const status = operationStatus(operation);
	const complete = (
		scope: Run,
		result: unknown,
	): Response | Promise<Response> => {
		let response: Response | Promise<Response>;
		try {
			if (result instanceof Promise) {
				return completeLater(scope, result, complete);
			}
			response = answer(result, scope);
		} catch (error) {
			return fail(scope, error);
		}
		if (response instanceof Promise) {
			return completeLater(scope, response, (_, made) =>
				isHolding(scope) ? leave(scope, made, isGenerator(result)) : made,
			);
		}
		return isHolding(scope)
			? leave(scope, response, isGenerator(result))
			: response;
	};
	const ending: Ending<Response> = { complete, fail };
	const { exitTimeoutMs, open } = context;
	return (incoming) =>
		plan.run(new Run(incoming, exitTimeoutMs, status, open), ending);
}

/** True when something was entered that must be left. */
function isHolding(scope: Run): boolean {
	return scope.hasFunctionExits || scope.hasRequestExits;
}

/** {@link compileScoped} for what must be waited for. */
async function completeLater<Awaited>(
	scope: Run,
	pending: Promise<Awaited>,
	complete: (scope: Run, awaited: Awaited) => Response | Promise<Response>,
): Promise<Response> {
	let awaited: Awaited;
	try {
		awaited = await pending;
	} catch (error) {
		return fail(scope, error);
	}
	return complete(scope, awaited);
}

/** Leaves what was entered, telling it the error; without anything entered the error goes straight on. */
function fail(scope: Run, error: unknown): Promise<never> {
	if (!isHolding(scope)) {
		throw error;
	}
	return scope.fail(error);
}

/**
 * Leaves function scope before the response does, and lets request scope be left when the exchange is over.
 *
 * @param isRunning true when the handler gave a generator, by itself or through a wrapper: its function scope ends with that
 */
function leave(
	scope: Run,
	response: Response,
	isRunning: boolean,
): Response | Promise<Response> {
	const outcome =
		response.status >= 400
			? { error: new ErrorStatus(response.status) }
			: undefined;
	return scope.hasFunctionExits && !isRunning
		? leaveFunction(scope, response, outcome)
		: endLater(scope, response, outcome);
}

async function leaveFunction(
	scope: Run,
	response: Response,
	outcome: Outcome | undefined,
): Promise<Response> {
	try {
		await scope.leaveFunction(outcome);
	} catch (error) {
		if (!(error instanceof ErrorStatus)) {
			await endUnsent(scope.incoming.exchange, response.body);
			return scope.fail(error);
		}
	}
	return endLater(scope, response, outcome);
}

function endLater(
	scope: Run,
	response: Response,
	outcome: Outcome | undefined,
): Response {
	scope.incoming.exchange.leaveWhenSettled(({ error }) =>
		scope.end(error === undefined ? outcome : { error }),
	);
	return response;
}
