import { HTTPException } from "../errors/http-exception.ts";
import { told } from "../errors/options.ts";
import { unansweredText } from "../errors/thrown-value.ts";
import { ownResponse } from "../http/complete-answer.ts";
import type { Incoming, OpenRequest } from "../http/incoming.ts";
import type { Middleware } from "../http/middleware.ts";
import { PlainTextResponse } from "../http/plain-text-response.ts";
import { RedirectResponse } from "../http/redirect-response.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse, isWebResponse } from "../http/web-response.ts";
import type { RouteTable } from "../routing/route-table.ts";
import {
	type ExceptionHandler,
	type ExceptionHandlers,
	isBuiltIn,
} from "./exception-handlers.ts";
import type { FrontRoutes } from "./front-routes.ts";
import type { Logger } from "./logger.ts";
import { chainMiddleware } from "./middleware-chain.ts";
import type { MountSite } from "./mount-site.ts";
import { type Reply, type Respond, replied } from "./reply.ts";
import type { Route } from "./route.ts";
import type { HostRoute } from "./unit-routes.ts";

/** Everything that requests are dispatched with. */
export interface DispatchContext {
	readonly table: RouteTable<Route>;
	/** Asked before the table. */
	readonly hosts: readonly HostRoute[];
	/** True when the request has texts of parameters in the mounts around. */
	readonly hasOuterNames: boolean;
	/** Outermost first. */
	readonly middleware: readonly Middleware[];
	readonly handlers: ExceptionHandlers;
	readonly logger: Logger;
	/** Asked for what no route takes. */
	readonly fronts: FrontRoutes;
	/** True when a path that only lacks (or has too many of) a final slash is redirected. */
	readonly redirectSlashes: boolean;
	/** Makes of a response the answer that leaves; the outermost app's alone. */
	readonly complete:
		| ((request: Request, response: Response) => Response | Promise<Response>)
		| undefined;
	readonly open: OpenRequest;
}

/**
 * Answers any request; never throws and never rejects. What comes later is a response where the app is mounted in another one, and otherwise what
 * the taker of its exchange has given for it.
 */
export type Dispatch = (incoming: Incoming) => Response | Promise<unknown>;

/**
 * The way of a request: through the middleware, to the route, and where something is thrown to its exception handler. As in
 * Starlette, the handlers of expected errors stand inside the middleware, the one for whatever else happens around it.
 */
export function compileDispatch(context: DispatchContext): Dispatch {
	const { middleware, open } = context;
	const route = compileRouting(context);
	if (middleware.length === 0) {
		return answering(route, recover, context);
	}
	const inside: Reply = {
		complete: (_, response) => response,
		fail: (incoming, error) => expectedOnce(open(incoming), error, context),
	};
	const chain = chainMiddleware(middleware, (request) => {
		try {
			return route(request, inside) as Response | Promise<Response>; // the reply gives these
		} catch (error) {
			return expectedOnce(request, error, context);
		}
	});
	return answering(
		(incoming, reply) => replied(incoming, chain(open(incoming)), reply),
		thrownByMiddleware,
		context,
	);
}

type Recover = (
	request: Request,
	error: unknown,
	context: DispatchContext,
) => Promise<Response>;

/** Nothing is thrown any more: `onError` answers what is. The answers of the outermost app that come later are taken from here. */
function answering(
	respond: Respond,
	onError: Recover,
	context: DispatchContext,
): Dispatch {
	const { open } = context;
	const isOutermost = context.complete !== undefined;
	const later = (
		{ exchange }: Incoming,
		response: Promise<Response>,
	): Promise<unknown> =>
		isOutermost ? exchange.giveLater(response) : response;
	const reply: Reply = {
		complete(incoming, response) {
			const finished = finish(incoming, response, context);
			if (finished instanceof Promise) {
				return later(incoming, finished);
			}
			return isOutermost ? incoming.exchange.give(finished) : finished;
		},
		fail: (incoming, error) =>
			later(incoming, onError(open(incoming), error, context)),
	};
	return (incoming) => {
		try {
			const response = respond(incoming, reply);
			if (response instanceof Promise) {
				return response;
			}
			const finished = finish(incoming, response, context);
			return finished instanceof Promise ? later(incoming, finished) : finished;
		} catch (error) {
			return later(incoming, onError(open(incoming), error, context));
		}
	};
}

/** {@link expected}, for what is inside the middleware: an error that passes through it is not answered again. */
async function expectedOnce(
	request: Request,
	error: unknown,
	context: DispatchContext,
): Promise<Response> {
	try {
		return await expected(request, error, context);
	} catch (unhandled) {
		request.exchange.unhandled = unhandled;
		throw unhandled;
	}
}

/** A middleware that reads a body may be the first to find that it is none: its handler answers that too. In Starlette it is a 500. */
function thrownByMiddleware(
	request: Request,
	error: unknown,
	context: DispatchContext,
): Promise<Response> {
	return request.exchange.unhandled === error
		? unexpected(request, error, context)
		: recover(request, error, context);
}

/** Answers an error as its handler says, or as the last resort. */
async function recover(
	request: Request,
	error: unknown,
	context: DispatchContext,
): Promise<Response> {
	let response: Response;
	try {
		response = await expected(request, error, context);
	} catch (unhandled) {
		return unexpected(request, unhandled, context);
	}
	return finish(request, response, context);
}

/** The answer that leaves this app; what goes wrong in making it is an unexpected error. */
function finish(
	incoming: Incoming,
	response: Response,
	context: DispatchContext,
): Response | Promise<Response> {
	const { exchange } = incoming;
	const { body, background, status } = response;
	if (context.complete === undefined) {
		return response;
	}
	// most answers: nothing is left to do
	if (
		(typeof body === "string" || body === null || body instanceof Uint8Array) &&
		background === undefined &&
		exchange.changes === undefined &&
		status >= 200 &&
		status <= 599 &&
		(status | 0) === status
	) {
		exchange.isAnswered = true;
		return response;
	}
	const request = context.open(incoming);
	try {
		const completed = context.complete(request, response);
		return completed instanceof Promise
			? completed.catch((error) => notSendable(request, error, context))
			: completed;
	} catch (error) {
		return notSendable(request, error, context);
	}
}

/** The route has given an answer which could not be made ready: its request scope is told, as FastAPI's is. */
function notSendable(
	request: Request,
	error: unknown,
	context: DispatchContext,
): Promise<Response> {
	request.exchange.failure = error;
	return unexpected(request, error, context);
}

/** To the route that takes the request; throws what is not answered. */
function compileRouting(context: DispatchContext): Respond {
	const { table, hosts, hasOuterNames, open } = context;
	const byPath: Respond = (incoming, reply) => {
		const found = table.find(incoming.source.method, incoming.routePath);
		if (found.kind !== "found") {
			return missed(open(incoming), found, context, reply);
		}
		incoming.pathTexts = hasOuterNames
			? [...incoming.pathTexts, ...found.texts]
			: found.texts;
		incoming.pathNames = found.value.names;
		incoming.isRouted = true;
		return found.value.respond(incoming, reply);
	};
	return hosts.length === 0 ? byPath : byHost(hosts, byPath, open);
}

/** A mount at a host takes every path of that host. */
function byHost(
	hosts: readonly HostRoute[],
	others: Respond,
	open: OpenRequest,
): Respond {
	return (incoming, reply) => {
		const request = open(incoming);
		const route = routeAtHost(hosts, request);
		return route === undefined
			? others(request, reply)
			: route.respond(request, reply);
	};
}

/** The mount at the host of a request, which is told the names and texts in that. */
export function routeAtHost<Target extends Pick<Route, "names">>(
	hosts: readonly { readonly site: MountSite; readonly route: Target }[],
	request: Request,
): Target | undefined {
	const host = request.header("host");
	for (const { site, route } of hosts) {
		const texts = site.hostTexts(host);
		if (texts !== undefined) {
			request.pathTexts = [...request.pathTexts, ...texts];
			request.pathNames = route.names;
			return route;
		}
	}
	return undefined;
}

type Missed = Exclude<
	ReturnType<RouteTable<Route>["find"]>,
	{ readonly kind: "found" }
>;

function missed(
	request: Request,
	found: Missed,
	context: DispatchContext,
	reply: Reply,
): Response | Promise<unknown> {
	if (found.kind === "method") {
		const headers = { Allow: found.allowed.join(", ") };
		throw new HTTPException(405, undefined, { headers });
	}
	if (found.kind === "redirect" && context.redirectSlashes) {
		const base = request.baseUrl.slice(0, -1);
		return new RedirectResponse(base + found.path + request.search);
	}
	const front = context.fronts.find(request.routePath);
	if (front !== undefined) {
		return front.respond(request, reply);
	}
	throw new HTTPException(404);
}

/** Answers an error that has a handler; any other goes on, through the middleware. */
export async function expected(
	request: Request,
	error: unknown,
	{ handlers }: Pick<DispatchContext, "handlers">,
): Promise<Response> {
	const handler = handlers.find(error);
	request.exchange.refusal = error;
	if (handler === undefined) {
		throw error;
	}
	return callHandler(handler, request, error, handlers);
}

async function callHandler(
	handler: ExceptionHandler,
	request: Request,
	error: unknown,
	handlers: ExceptionHandlers,
): Promise<Response> {
	const response = await handler(request, error);
	if (response instanceof Response) {
		return isBuiltIn(handler) ? response : ownResponse(response);
	}
	if (isWebResponse(response)) {
		return fromWebResponse(response);
	}
	throw new TypeError(
		`an exception handler must return a Response, but ${handlers.told(handler)} returned ${told(response)} for ${describeError(error)}; write new JSONResponse(…, { status })`,
		{ cause: error },
	);
}

/** Answers what nothing else has: 500 without a word of what happened, which stands in the log. */
async function unexpected(
	request: Request,
	error: unknown,
	context: DispatchContext,
): Promise<Response> {
	const { complete = alreadyComplete } = context;
	const tell = (what: string, thrown: unknown) =>
		context.logger.error(
			`${request.method} ${request.rawPath}: ${what}`,
			thrown,
		);
	request.exchange.refusal = error;
	request.source.onUnhandledError?.(error);
	if (!request.signal.aborted) {
		tell(unansweredText(error, "unhandled"), error); // the error says its name
	}
	const handler = context.handlers.lastResort;
	try {
		if (handler !== undefined) {
			const response = await callHandler(
				handler,
				request,
				error,
				context.handlers,
			);
			return await complete(request, response);
		}
	} catch (second) {
		tell("the exception handler failed", second);
	}
	for (;;) {
		// anew each time: what a change has put into it may be what can't be sent
		const response = new PlainTextResponse("Internal Server Error", {
			status: 500,
		});
		try {
			return await complete(request, response);
		} catch (failure) {
			tell("what was registered with beforeSend() failed", failure); // it does not run again
		}
	}
}

function alreadyComplete(_request: Request, response: Response): Response {
	return response;
}

function describeError(error: unknown): string {
	return error instanceof Error ? error.name : typeof error;
}
