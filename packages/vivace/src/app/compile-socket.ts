import { returnedException } from "../errors/http-exception.ts";
import type { Endpoint, ErrorDetail } from "../errors/validation-error.ts";
import {
	WebSocketException,
	WebSocketRequestValidationError,
} from "../errors/web-socket-errors.ts";
import { applyChanges } from "../http/complete-answer.ts";
import { resolveLimits } from "../http/limits.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import type { HeadersInit } from "../http/response-headers.ts";
import type { InjectedFunction } from "../inject/dependency.ts";
import { isGenerator } from "../inject/generator.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import { currentLedger } from "../inject/ledger.ts";
import { compilePlan, type Ending } from "../inject/plan.ts";
import { Run } from "../inject/run.ts";
import { isOriginAllowed } from "../websocket/allowed-origins.ts";
import type { SocketCount } from "../websocket/socket-count.ts";
import { resolveSocketLimits } from "../websocket/socket-limits.ts";
import type { HeaderLines } from "../websocket/socket-line.ts";
import { compileReader, compileWriter } from "../websocket/typed-messages.ts";
import {
	type SocketSetup,
	socketOf,
	WebSocket,
} from "../websocket/web-socket.ts";
import type { CompileContext } from "./compile.ts";
import type { SocketOperation } from "./socket-operation.ts";
import { endedHandshake, socketRefusal } from "./socket-refusal.ts";

/** A response that refuses a handshake, or `undefined` when the socket is over, with all that its handler was; or what is to be handled as an exception. */
export type SocketOutcome = Promise<Response | undefined>;

/**
 * Follows the outcome of a handshake: what is left to do then. It is called when the handler is over: promises that wait for one another would
 * each take 260 bytes of every open socket.
 */
export type FollowSocket = (
	request: Request,
	outcome: SocketOutcome,
) => SocketOutcome;

/** Answers the handshakes for one socket, and gives what `follow` makes of the outcome. May throw what is to be handled as an exception. */
export type SocketRespond = (
	request: Request,
	follow: FollowSocket,
) => SocketOutcome;

/**
 * Turns a socket and its graph into the closure that answers its handshakes.
 * @param counts where its sockets are counted
 */
export function compileSocket(
	socket: SocketOperation,
	graph: DependencyGraph,
	context: CompileContext,
	counts: readonly SocketCount[],
): SocketRespond {
	const { operation, options } = socket;
	const setup = setupOf(socket, context);
	const plan = compilePlan(graph, {
		cellOf: context.cellOf,
		isWithoutRequest: false,
		handler: withSocket(operation.handler),
		endpoint: operation.endpoint,
		strictContentType: true,
		errorInput: context.errorInput,
		strict: context.strict,
		limits: resolveLimits(operation.limits),
		refusal: misfit,
	});
	const origins =
		options.allowedOrigins ?? context.sockets.allowedOrigins ?? "any";
	const endingFor = compileEnding(operation.where, plan.leavesNothing);
	return (request, follow) => {
		if (!isOriginAllowed(request, origins)) {
			throw new WebSocketException(1008, "origin not allowed");
		}
		enterAll(counts, request);
		const run = new Run(request, context.exitTimeoutMs);
		new WebSocket(request, setup, (own) => headerLines(run, own));
		const close = currentLedger()?.open("socket", operation.where);
		if (close !== undefined) {
			request.exchange.whenSettled(close);
		}
		return Promise.resolve(plan.run(run, endingFor(follow))); // a promise it is
	};
}

/** One ending for all sockets of an app, and one for each of an app that is mounted. */
function compileEnding(
	where: string,
	leavesNothing: boolean,
): (follow: FollowSocket) => Ending<Run, Response | undefined> {
	const make = (follow: FollowSocket): Ending<Run, Response | undefined> => ({
		isLong: true,
		complete: leavesNothing
			? completeAlone(where, follow)
			: complete(where, follow),
		fail: (run, error) => follow(run.request, run.fail(error)),
	});
	let known: FollowSocket | undefined;
	let ending: Ending<Run, Response | undefined>;
	return (follow) => {
		if (follow !== known) {
			known = follow;
			ending = make(follow);
		}
		return ending;
	};
}

/** As of Deno 2.9: reset behind an error, which `ws` does, it throws where nobody can catch it. */
const isDeno = "Deno" in globalThis;

function setupOf(
	{ operation, options }: SocketOperation,
	{ sockets, warn }: CompileContext,
): SocketSetup {
	const { receives, sends } = options;
	const { where } = operation;
	const limits = resolveSocketLimits(sockets.limits, options.limits);
	if (limits.compression && isDeno) {
		warn(
			`${where}: compression has no effect on Deno, whose zlib ends the process when a client sends broken data`,
		);
	}
	const isCompressed = limits.compression && !isDeno;
	return {
		where,
		limits: { ...limits, compression: isCompressed },
		plainHead: {
			subprotocol: undefined,
			headers: noLines,
			messageBytes: limits.messageBytes,
			isCompressed,
			pingMs: limits.pingMs,
			pongMs: limits.pongMs,
		},
		subprotocols: options.subprotocols ?? [],
		read: receives && compileReader(receives),
		write: sends && compileWriter(sends, where),
		onInvalid: options.onInvalid ?? "close",
		warn,
	};
}

/** A path operation's handler gets the request beside its values, a socket's the socket. */
function withSocket(handler: InjectedFunction): InjectedFunction {
	return (values, request) => handler(values, socketOf(request) as never);
}

/** A handshake that does not fit has an error class of its own, as in FastAPI: a handler for the other would answer 422. */
function misfit(
	errors: readonly ErrorDetail[],
	_body: unknown,
	endpoint: Endpoint | undefined,
): Error {
	return new WebSocketRequestValidationError(errors, endpoint);
}

function enterAll(counts: readonly SocketCount[], request: Request): void {
	if (counts.length === 0) {
		return; // a loop over nothing takes 80 bytes
	}
	for (const count of counts) {
		request.exchange.whenSettled(count.enter(request));
	}
}

/**
 * Waits until the handler of a socket is over, however it ends: not in an async function, which takes 500 bytes of each socket, and by one function
 * for both ends. That is to have as few variables as it can.
 */
function whenOver(
	{ exchange }: Request,
	result: Promise<unknown>,
	over: () => SocketOutcome,
): SocketOutcome {
	exchange.isHandled = true;
	return result.then(over, over);
}

type Complete = Ending<Run, Response | undefined>["complete"];

/** Follows the endpoint's end. */
function complete(where: string, follow: FollowSocket): Complete {
	return (run, result) => {
		const over = () => {
			run.request.exchange.handlerIsOver();
			return follow(run.request, end(run, result, where));
		};
		return result instanceof Promise
			? whenOver(run.request, result, over)
			: over();
	};
}

/** {@link complete} for a run of which nothing is left: an open socket does not hold it, 180 bytes. */
function completeAlone(where: string, follow: FollowSocket): Complete {
	return ({ request }, result) => {
		const over = () => {
			request.exchange.handlerIsOver();
			return follow(request, endAlone(request, result, where));
		};
		return result instanceof Promise ? whenOver(request, result, over) : over();
	};
}

/** The endpoint is over: its scopes are left, the socket is closed. */
async function end(
	run: Run,
	result: unknown,
	where: string,
): Promise<Response | undefined> {
	const { request } = run;
	try {
		await assertEnd(request, await result, where);
		await run.leaveFunction();
	} catch (error) {
		return run.fail(error);
	}
	const refusal = await closed(request);
	request.exchange.whenSettled(({ error }) =>
		run.end(error === undefined ? undefined : { error }),
	);
	return refusal;
}

async function endAlone(
	request: Request,
	result: unknown,
	where: string,
): Promise<Response | undefined> {
	await assertEnd(request, await result, where);
	return closed(request);
}

/** Closes a socket whose endpoint is over; one that was never accepted is refused. */
async function closed(request: Request): Promise<Response | undefined> {
	const socket = socketOf(request) as WebSocket; // made before the plan was run
	await socket.finish(1000);
	if (socket.isAccepted) {
		return undefined;
	}
	return socket.isRefused ? socketRefusal() : endedHandshake(request);
}

/** The sockets of which it was told that their handlers return values. */
const told = new Set<string>();

async function assertEnd(
	request: Request,
	value: unknown,
	where: string,
): Promise<void> {
	if (isGenerator(value)) {
		throw new TypeError(
			`${where}: the handler is a generator, of which nothing would run; send with "await socket.send(…)".`,
		);
	}
	if (value instanceof Error) {
		throw returnedException(`${where}: the handler`, value);
	}
	if (typeof value === "object" && value !== null && !told.has(where)) {
		told.add(where);
		request.exchange.app?.logger.warn(
			`${where}: the handler returned a value, which is not sent; write await socket.send(…)`,
		);
	}
	const socket = socketOf(request) as WebSocket; // as in closed()
	if (!(await socket.opened()) && !socket.isClosed && !request.signal.aborted) {
		throw new Error(
			`${where}: the handler returned, but the socket was never accepted; write "await socket.accept()", or "await socket.close()" to refuse it.`,
		);
	}
}

/** Those that belong to the handshake itself, or to an answer with a body. */
const ownLines: ReadonlySet<string> = new Set([
	"connection",
	"content-length",
	"content-type",
	"sec-websocket-accept",
	"sec-websocket-extensions",
	"transfer-encoding",
	"upgrade",
]);

const noLines: readonly never[] = Object.freeze([]);

/** The header lines of the 101: those given to `accept()`, those that dependencies have set on their `Response`, those of `beforeSend`. */
function headerLines(
	run: Run,
	own: HeadersInit | undefined,
): ReturnType<HeaderLines> {
	const { exchange } = run.request;
	if (
		own === undefined &&
		run.parameterResponse === undefined &&
		exchange.changes === undefined
	) {
		exchange.isAnswered = true;
		return noLines;
	}
	return joinedLines(run, own);
}

async function joinedLines(
	run: Run,
	own: HeadersInit | undefined,
): Promise<readonly (readonly [string, string])[]> {
	const response = new Response(null, { headers: own });
	if (response.headers.has("sec-websocket-protocol")) {
		throw new TypeError(
			'accept(): the subprotocol is an option of its own; write accept({ subprotocol: "…" }).',
		);
	}
	const { exchange } = run.request;
	if (run.parameterResponse !== undefined) {
		response.headers.lines.push(...run.parameterResponse.headers.lines);
	}
	await applyChanges(exchange, response);
	exchange.isAnswered = true;
	return [...response.headers].filter(([name]) => !ownLines.has(name));
}
