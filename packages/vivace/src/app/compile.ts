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
import { type Reply, type Respond, replied, responseOf } from "./reply.ts";
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
	const wrapped =
		routeMiddleware.length === 0
			? respond
			: wrappedBy(chainMiddleware(routeMiddleware, responseOf(respond)), open);
	if (!hasOwnLimits(limits, context.limits)) {
		return wrapped;
	}
	return (incoming, reply) => {
		const request = open(incoming);
		request.routeLimits = limits; // middleware may read the body, too
		return wrapped(request, reply);
	};
}

function wrappedBy(
	chain: ReturnType<typeof chainMiddleware>,
	open: OpenRequest,
): Respond {
	return (incoming, reply) => replied(incoming, chain(open(incoming)), reply);
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
	return (incoming, reply) => {
		const result = awaitable(
			asks ? handler(noValues, open(incoming)) : handler(noValues),
		);
		if (result instanceof Promise) {
			return answerLater(incoming, result, answer, reply);
		}
		const response = answer(result, undefined);
		return response instanceof Promise
			? replied(incoming, response, reply)
			: response;
	};
}

const noValues: Readonly<Record<string, never>> = Object.freeze({});

async function answerLater(
	incoming: Incoming,
	result: Promise<unknown>,
	answer: Answer,
	reply: Reply,
): Promise<unknown> {
	let response: Response | Promise<Response>;
	try {
		response = answer(await result, undefined);
		if (response instanceof Promise) {
			response = await response;
		}
	} catch (error) {
		return reply.fail(incoming, error);
	}
	return reply.complete(incoming, response);
}

/** The run of a request, which knows what becomes of a response that comes later. */
class RequestRun extends Run {
	readonly reply: Reply;

	constructor(
		incoming: Incoming,
		exitTimeoutMs: number,
		status: number,
		open: OpenRequest,
		reply: Reply,
	) {
		super(incoming, exitTimeoutMs, status, open);
		this.reply = reply;
	}
}

function compileScoped(
	operation: PathOperation,
	plan: Plan,
	answer: Answer,
	context: CompileContext,
): Respond {
	const status = operationStatus(operation);
	const later: Ending<RequestRun, unknown> = {
		complete(scope, result) {
			let response: Response | Promise<Response>;
			try {
				response = answer(result, scope);
			} catch (error) {
				return failLater(scope, error);
			}
			return response instanceof Promise
				? finishWhenMade(scope, response, result)
				: finishLater(scope, response, isGenerator(result));
		},
		fail: failLater,
	};
	const ending: Ending<RequestRun, Response, unknown> = {
		complete(scope, result) {
			if (result instanceof Promise) {
				return whenMade(scope, result, later.complete);
			}
			let response: Response | Promise<Response>;
			try {
				response = answer(result, scope);
			} catch (error) {
				return fail(scope, error);
			}
			if (response instanceof Promise) {
				return finishWhenMade(scope, response, result);
			}
			return isHolding(scope)
				? replied(
						scope.incoming,
						leave(scope, response, isGenerator(result)),
						scope.reply,
					)
				: response;
		},
		fail,
		later,
	};
	const { exitTimeoutMs, open } = context;
	return (incoming, reply) =>
		plan.run(
			new RequestRun(incoming, exitTimeoutMs, status, open, reply),
			ending,
		);
}

/** True when something was entered that must be left. */
function isHolding(scope: Run): boolean {
	return scope.hasFunctionExits || scope.hasRequestExits;
}

/** Goes on with what must be waited for. */
async function whenMade<Awaited>(
	scope: RequestRun,
	pending: Promise<Awaited>,
	goOn: (scope: RequestRun, made: Awaited) => unknown,
): Promise<unknown> {
	let made: Awaited;
	try {
		made = await pending;
	} catch (error) {
		return failLater(scope, error);
	}
	return goOn(scope, made);
}

/** {@link finishLater} for a response that a schema makes later. */
function finishWhenMade(
	scope: RequestRun,
	response: Promise<Response>,
	result: unknown,
): Promise<unknown> {
	return whenMade(scope, response, (_, made) =>
		finishLater(scope, made, isGenerator(result)),
	);
}

/** Leaves what was entered, and replies. */
function finishLater(
	scope: RequestRun,
	response: Response,
	isRunning: boolean,
): unknown {
	const { incoming, reply } = scope;
	if (!isHolding(scope)) {
		return reply.complete(incoming, response);
	}
	let left: Response | Promise<Response>;
	try {
		left = leave(scope, response, isRunning);
	} catch (error) {
		return reply.fail(incoming, error);
	}
	return left instanceof Promise
		? replied(incoming, left, reply)
		: reply.complete(incoming, left);
}

/** Leaves what was entered, telling it the error; without anything entered the error goes straight on. */
function fail(scope: RequestRun, error: unknown): Promise<unknown> {
	if (!isHolding(scope)) {
		throw error;
	}
	return failLater(scope, error);
}

async function failLater(scope: RequestRun, error: unknown): Promise<unknown> {
	const { incoming, reply } = scope;
	try {
		await scope.fail(error);
	} catch (thrown) {
		return reply.fail(incoming, thrown);
	}
	return undefined; // it always throws
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

/** Stays synchronous where all that is left does. */
function leaveFunction(
	scope: Run,
	response: Response,
	outcome: Outcome | undefined,
): Response | Promise<Response> {
	const left = () =>
		scope.hasRequestExits ? endLater(scope, response, outcome) : response;
	const failed = (error: unknown) =>
		error instanceof ErrorStatus ? left() : failUnsent(scope, response, error);
	try {
		const leaving = scope.leaveFunction(outcome);
		return leaving === undefined ? left() : leaving.then(left, failed);
	} catch (error) {
		return failed(error);
	}
}

async function failUnsent(
	scope: Run,
	response: Response,
	error: unknown,
): Promise<never> {
	await endUnsent(scope.incoming.exchange, response.body);
	return scope.fail(error);
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
