import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/**
 * A function around the rest of the app: it may respond itself, read the request, pass on another one, or change the response.
 *
 * `next` runs the rest of the app, with the same request unless you pass another one, and always returns a promise. Call it once, and
 * again only after it has rejected; otherwise the second call rejects with a `TypeError`. Middleware runs for every request of the app,
 * also for those that match no route.
 *
 * It sees handshakes of sockets only if it says `forSockets: true`, like `trustedHosts` and `csrf`:
 * `Object.assign(middleware, { forSockets: true })`. It accepts a handshake by returning the response of `next` unchanged, and refuses it
 * by returning another one.
 *
 * @example
 * ```ts
 * import type { Middleware } from "vivace";
 *
 * const timing: Middleware = async (request, next) => {
 * 	const start = performance.now();
 * 	const response = await next(request);
 * 	response.headers.set("x-process-time", String(performance.now() - start));
 * 	return response;
 * };
 * ```
 * @see FastAPI, "Middleware"
 */
export interface Middleware {
	(request: Request, next: Next): Response | Promise<Response>;
	/** True when it runs for sockets too. Default: false. */
	readonly forSockets?: boolean;
}

/** A middleware that guards sockets too. */
export function guarding(middleware: Middleware): Middleware {
	return Object.assign(middleware, { forSockets: true });
}

/** The next function behind a {@link Middleware}, and finally the route. Without an argument it gets the same request. */
export type Next = (request?: Request) => Promise<Response>;

const preflighted = new WeakSet<object>();

/** Remembers a middleware that answers the preflights of browsers, which no route takes. */
export function markPreflighted(middleware: Middleware): Middleware {
	preflighted.add(middleware);
	return middleware;
}

/** True for what {@link markPreflighted} remembers. */
export function answersPreflights(middleware: object): boolean {
	return preflighted.has(middleware);
}

const factories = new WeakSet<object>();

/** Remembers a function of this package that makes middleware: one that is handed over uncalled can be told. */
export function makesMiddleware(
	factory: (...options: never) => Middleware,
): void {
	factories.add(factory);
}

/** True for what {@link makesMiddleware} remembers. */
export function isMiddlewareFactory(value: object): boolean {
	return factories.has(value);
}
