import { BrokerUnavailableError } from "../errors/broker-unavailable.ts";
import { ClientGoneError } from "../errors/client-gone.ts";
import { unansweredText } from "../errors/thrown-value.ts";
import {
	WebSocketDisconnect,
	WebSocketException,
	WebSocketRequestValidationError,
} from "../errors/web-socket-errors.ts";
import { ownResponse } from "../http/complete-answer.ts";
import type { Middleware } from "../http/middleware.ts";
import { PlainTextResponse } from "../http/plain-text-response.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse, isWebResponse } from "../http/web-response.ts";
import type { RouteTable } from "../routing/route-table.ts";
import { socketOf } from "../websocket/web-socket.ts";
import type { FollowSocket, SocketOutcome } from "./compile-socket.ts";
import { type DispatchContext, routeAtHost } from "./dispatch.ts";
import { isBuiltIn } from "./exception-handlers.ts";
import type { MountSite } from "./mount-site.ts";
import { endedHandshake, socketRefusal } from "./socket-refusal.ts";
import type { SocketRoute } from "./socket-route.ts";

/**
 * Answers any handshake; never rejects. `undefined`: it has become a socket, which is over.
 *
 * @param outer follows that; of an app that is mounted in another one
 */
export type SocketDispatch = (
	request: Request,
	outer?: FollowSocket,
) => SocketOutcome;

/** Everything that handshakes are dispatched with. */
export interface SocketDispatchContext
	extends Pick<
		DispatchContext,
		"hasOuterNames" | "handlers" | "logger" | "complete"
	> {
	/** The middleware that guards sockets, outermost first. */
	readonly guards: readonly Middleware[];
	readonly table: RouteTable<SocketRoute>;
	/** The apps that are mounted at a host, asked before the table. */
	readonly hosts: readonly {
		readonly site: MountSite;
		readonly route: SocketRoute;
	}[];
}

/** The way of a handshake: past the guards, to the route of a socket, and where something is thrown to its exception handler. */
export function compileSocketDispatch(
	context: SocketDispatchContext,
): SocketDispatch {
	const own = follower(context, recover);
	const mounted = follower(context, recoverOrPass);
	return (request, outer) => {
		const follow: FollowSocket =
			outer === undefined
				? own
				: (inner, outcome) => outer(inner, mounted(inner, outcome));
		return context.guards.length === 0
			? routed(request, context, follow)
			: guarded(request, context, follow);
	};
}

type Recover = (
	request: Request,
	error: unknown,
	context: SocketDispatchContext,
) => Promise<Response | undefined>;

function follower(
	context: SocketDispatchContext,
	toAnswer: Recover,
): FollowSocket {
	return (request, outcome) =>
		outcome.then(
			(response) => finished(request, response, context),
			async (error) => {
				const isRefused = socketOf(request)?.isRefused === true;
				const answer = await toAnswer(request, error, context);
				// who has closed it before has answered the handshake
				return finished(request, isRefused ? socketRefusal() : answer, context);
			},
		);
}

/** An error that no handler of a mounted app takes goes to those of the app around it, as in Starlette. */
const recoverOrPass: Recover = async (request, error, context) => {
	if (context.handlers.find(error) === undefined) {
		throw error;
	}
	return recover(request, error, context);
};

function guarded(
	request: Request,
	context: SocketDispatchContext,
	follow: FollowSocket,
): SocketOutcome {
	return refusedBy(context.guards, request).then(
		(refused) =>
			refused === undefined
				? routed(request, context, follow)
				: follow(request, Promise.resolve(refused)),
		(error) => follow(request, Promise.reject(error)),
	);
}

async function finished(
	request: Request,
	response: Response | undefined,
	{ complete, logger }: SocketDispatchContext,
): Promise<Response | undefined> {
	if (complete === undefined) {
		return response;
	}
	if (response === undefined) {
		await request.exchange.settle();
		return undefined;
	}
	try {
		return await complete(request, response);
	} catch (error) {
		logger.error(placeOf(request), error);
		return complete(request, new Response(null, { status: 500 }));
	}
}

/** The answer of the first guard that lets the handshake not go on. */
async function refusedBy(
	guards: readonly Middleware[],
	request: Request,
): Promise<Response | undefined> {
	for (const guard of guards) {
		const passed = new Response();
		const answer = await guard(request, () => Promise.resolve(passed));
		if (answer !== passed) {
			return ownResponse(answer);
		}
	}
	return undefined;
}

/** Never throws. */
function routed(
	request: Request,
	context: SocketDispatchContext,
	follow: FollowSocket,
): SocketOutcome {
	try {
		const route = routeOf(request, context);
		return route === undefined
			? follow(request, Promise.resolve(socketRefusal()))
			: route.respond(request, follow);
	} catch (error) {
		return follow(request, Promise.reject(error));
	}
}

function routeOf(
	request: Request,
	{ table, hosts, hasOuterNames }: SocketDispatchContext,
): SocketRoute | undefined {
	const mounted = hosts.length === 0 ? undefined : routeAtHost(hosts, request);
	if (mounted !== undefined) {
		return mounted;
	}
	const found = table.find(request.method, request.routePath);
	if (found.kind !== "found") {
		return undefined;
	}
	request.pathTexts = hasOuterNames
		? [...request.pathTexts, ...found.texts]
		: found.texts;
	request.pathNames = found.value.names;
	return found.value;
}

/** Answers an error as its handler says; after the handshake by a close code. */
async function recover(
	request: Request,
	error: unknown,
	context: SocketDispatchContext,
): Promise<Response | undefined> {
	request.exchange.refusal = error;
	const isOpen = await socketOf(request)?.opened();
	const handler = context.handlers.find(error);
	if (handler === undefined || (isOpen && isBuiltIn(handler))) {
		return unhandled(request, error, context);
	}
	let answer: unknown;
	try {
		answer = await handler(request, error, socketOf(request));
	} catch (second) {
		return unhandled(request, second, context);
	}
	const socket = socketOf(request);
	if (socket !== undefined && (await socket.opened())) {
		if (answer !== undefined && !socket.isClosed) {
			return unhandled(request, error, context); // an answer has no way any more
		}
		await socket.finish(1011);
		return undefined;
	}
	if (isWebResponse(answer)) {
		return fromWebResponse(answer);
	}
	if (answer === undefined) {
		return socketRefusal();
	}
	return answer instanceof Response
		? ownResponse(answer)
		: unhandled(request, error, context);
}

/** Nobody's error: the client is told no more than that there is one. */
async function unhandled(
	request: Request,
	error: unknown,
	context: SocketDispatchContext,
): Promise<Response | undefined> {
	const socket = socketOf(request);
	const isOpen = socket !== undefined && (await socket.opened());
	const isExpected = isQuiet(request, error);
	if (!isExpected) {
		request.exchange.failure = error;
		request.source.onUnhandledError?.(error);
		const name = error instanceof Error ? error.name : typeof error;
		context.logger.error(
			`${placeOf(request)}: ${unansweredText(error, name)}`,
			error,
		);
	}
	if (isOpen) {
		const { code, reason } = closeOf(error);
		await socket.finish(code, reason);
		return undefined;
	}
	return isExpected
		? endedHandshake(request)
		: new PlainTextResponse("Internal Server Error", { status: 500 });
}

/** How an open socket is closed because of an error. 1013 is for what will be over (IANA's registry of close codes: "try again later"). */
function closeOf(error: unknown): {
	readonly code: number;
	readonly reason: string;
} {
	if (error instanceof WebSocketException) {
		return error;
	}
	const isPassing = error instanceof BrokerUnavailableError;
	return { code: isPassing ? 1013 : 1011, reason: "" };
}

/** True for what says that the socket is closed, or is to be; and for a broker that is away, of which its connection tells. */
function isQuiet({ signal }: Request, error: unknown): boolean {
	if (
		error instanceof WebSocketException ||
		error instanceof WebSocketDisconnect ||
		error instanceof WebSocketRequestValidationError ||
		error instanceof BrokerUnavailableError ||
		error instanceof ClientGoneError
	) {
		return true;
	}
	const isAbortion =
		error === signal.reason ||
		(error instanceof Error && error.name === "AbortError");
	return signal.aborted && isAbortion;
}

function placeOf(request: Request): string {
	return `WS ${request.rawPath}`;
}
