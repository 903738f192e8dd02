import { returnedException } from "../errors/http-exception.ts";
import type { Endpoint, ErrorDetail } from "../errors/validation-error.ts";
import {
	WebSocketException,
	WebSocketRequestValidationError,
} from "../errors/web-socket-errors.ts";
import { applyChanges } from "../http/answer.ts";
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
import { compileReader, compileWriter } from "../websocket/typed-messages.ts";
import {
	type SocketSetup,
	socketOf,
	WebSocket,
} from "../websocket/web-socket.ts";
import type { CompileContext } from "./compile.ts";
import type { SocketOperation } from "./socket-operation.ts";

/**
 * Answers the handshakes for one socket. Resolves to a response that refuses it, or to `undefined` when the socket is over, with all
 * that its handler was; rejects with what is to be handled as an exception.
 */
export type SocketRespond = (request: Request) => Promise<Response | undefined>;

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
	const ending: Ending<Response | undefined> = {
		complete: (run, result) => complete(run, result, operation.where),
		fail: (run, error) => run.fail(error),
	};
	const respond = (request: Request) => {
		if (!isOriginAllowed(request, origins)) {
			throw new WebSocketException(1008, "origin not allowed");
		}
		enterAll(counts, request);
		const run = new Run(request, context.exitTimeoutMs);
		new WebSocket(request, setup, (own) => headerLines(run, own));
		const close = currentLedger()?.open("socket", operation.where);
		if (close !== undefined) {
			request.whenSettled(close);
		}
		return plan.run(run, ending);
	};
	return (request) => {
		try {
			return Promise.resolve(respond(request)); // an async function would be held as long as the socket
		} catch (error) {
			return Promise.reject(error);
		}
	};
}

function setupOf(
	{ operation, options }: SocketOperation,
	{ sockets, warn }: CompileContext,
): SocketSetup {
	const { receives, sends } = options;
	const { where } = operation;
	return {
		where,
		limits: resolveSocketLimits(sockets.limits, options.limits),
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
	for (const count of counts) {
		request.whenSettled(count.enter(request.client?.host));
	}
}

/** Follows the endpoint's end. Waits for it without an async function, which takes 500 bytes of each socket, this 260. */
function complete(
	run: Run,
	result: unknown,
	where: string,
): Promise<Response | undefined> {
	return Promise.resolve(result).then(
		(value) => end(run, value, where),
		(error) => run.fail(error),
	);
}

/** The endpoint is over: its scopes are left, the socket is closed. */
async function end(
	run: Run,
	value: unknown,
	where: string,
): Promise<Response | undefined> {
	const socket = socketOf(run.request) as WebSocket; // made before the plan was run
	try {
		assertEnd(value, where);
		if (!(await socket.opened()) && !socket.isClosed) {
			throw new Error(
				`${where}: the handler returned, but the socket was never accepted; write "await socket.accept()", or "await socket.close()" to refuse it.`,
			);
		}
		await run.leaveFunction();
	} catch (error) {
		return run.fail(error);
	}
	await socket.finish(1000);
	run.request.exchange.whenSettled(({ error }) =>
		run.end(error === undefined ? undefined : { error }),
	);
	return socket.isAccepted ? undefined : new Response(null, { status: 403 });
}

function assertEnd(value: unknown, where: string): void {
	if (isGenerator(value)) {
		throw new TypeError(
			`${where}: the handler is a generator, of which nothing would run; send with "await socket.send(…)".`,
		);
	}
	if (value instanceof Error) {
		throw returnedException(`${where}: the handler`, value);
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

/** The header lines of the 101: those given to `accept()`, those that dependencies have set on their `Response`, those of `beforeSend`. */
async function headerLines(
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
