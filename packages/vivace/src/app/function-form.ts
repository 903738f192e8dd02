import { isWrittenClass } from "../errors/is-class.ts";
import { SetupError, type SetupErrorCode } from "../errors/setup-error.ts";
import { isMiddlewareFactory, type Middleware } from "../http/middleware.ts";

/** A function that is called with two values, and what it is told when it is written for others. */
export interface FunctionForm {
	readonly code: SetupErrorCode;
	/** How it is written here. */
	readonly own: string;
	/** Names that its first parameter has elsewhere. */
	readonly foreign: RegExp;
	/** Default: 2. */
	readonly mostParameters?: number;
}

/** A path operation's: Express and Koa hand the request over first, Hono a context. */
export const handlerForm: FunctionForm = {
	code: "VIV_ROUTE",
	own: "({ id }, request) => answer, where the first parameter has the values of the record and of the path, and what it returns is the answer",
	foreign: /^(?:req|request|ctx)$/,
};

/** That of a path operation without any values. */
export const plainHandlerForm: FunctionForm = {
	...handlerForm,
	foreign: /^(?:req|request|ctx|context)$/, // not Hono's c, which a minifier calls any parameter
};

/** That of a socket: `ws` and others hand the socket over first. */
export const socketForm: FunctionForm = {
	code: "VIV_ROUTE",
	own: "({ id }, socket) => …, where the first parameter has the values of the record and of the path",
	foreign: /^(?:req|request|ctx|ws|socket|webSocket|websocket|connection)$/,
};

/** That of a socket without any values. */
export const plainSocketForm: FunctionForm = {
	...socketForm,
	own: "(_values, socket) => …, where the first parameter has the values of the record and of the path",
};

export const middlewareForm: FunctionForm = {
	code: "VIV_OPTION",
	own: "(request, next) => response",
	foreign: /^(?:ctx|err|error)$/,
};

export const exceptionHandlerForm: FunctionForm = {
	code: "VIV_OPTION",
	own: "(request, error, socket) => response",
	foreign: /^(?:err|error)$/,
	mostParameters: 3,
};

/**
 * Refuses a function whose parameters have the names of another framework's, or that has more than two: it would get nothing for the
 * others.
 *
 * @param where how the message begins: `GET /items: the handler`
 * @throws SetupError
 */
export function assertForm(
	where: string,
	given: (...values: never) => unknown,
	{ code, own, foreign, mostParameters = 2 }: FunctionForm,
): void {
	const [first = "", second = ""] = parameterNames(given);
	const problem = isWrittenClass(given)
		? "is a class"
		: given.length > mostParameters
			? `takes ${given.length} parameters`
			: /^_?(?:res|response|reply)$/.test(second)
				? `is written as (${first}, ${second}) => …`
				: foreign.test(first)
					? `is written as (${first}) => …`
					: undefined;
	if (problem !== undefined) {
		throw new SetupError(code, `${where} ${problem}; write ${own}.`);
	}
}

/**
 * {@link assertForm} for a middleware, which may also be one of our functions that make one: it would be taken for the middleware itself.
 *
 * @throws SetupError `VIV_OPTION`
 */
export function assertMiddleware(where: string, layer: Middleware): void {
	if (isMiddlewareFactory(layer)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: ${layer.name} is a function that makes a middleware; write ${layer.name}() in its place.`,
		);
	}
	assertForm(`${where}: "${layer.name}"`, layer, middlewareForm);
}

/** The name of the only parameter; empty where it is taken apart, or there are more. */
export function firstParameter(given: (...values: never) => unknown): string {
	const [first = "", second] = parameterNames(given);
	return second ? "" : first;
}

/** The names of the first two parameters, as far as they have any: one that is taken apart has none. */
function parameterNames(given: (...values: never) => unknown): string[] {
	const text = Function.prototype.toString.call(given);
	const [, alone] = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text) ?? [];
	if (alone !== undefined) {
		return [alone];
	}
	const [, first, second] =
		/^(?:async\b\s*)?(?:function\b)?\s*\*?\s*[\w$]*\s*\(\s*([\w$]*)(?:\s*=?\s*[^,(){}[\]]*)?(?:,\s*([\w$]*))?/.exec(
			text,
		) ?? [];
	return [first ?? "", second ?? ""];
}
