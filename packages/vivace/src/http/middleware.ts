import type { Request } from "./request.ts";
import type { Response } from "./response.ts";

/**
 * A function around the rest of the app: it may answer itself, look at the request, hand another one on, or change the response.
 *
 * `next` runs what stands behind it, with the same request unless it is given another, and always returns a promise. It may be called once, and again only after it has rejected: a
 * second call rejects with a `TypeError`. Middleware runs for every request of the app, also for those that no route takes.
 *
 * Handshakes of sockets it sees where it says `forSockets: true`, as `trustedHosts` and `csrf` do: `Object.assign(middleware, { forSockets: true })`.
 * It lets one go on by `next`, whose response it gives back unchanged, or refuses it with another.
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
	/** True when it guards sockets too. Default: false. */
	readonly forSockets?: boolean;
}

/** A middleware that guards sockets too. */
export function guarding(middleware: Middleware): Middleware {
	return Object.assign(middleware, { forSockets: true });
}

/** The function behind a {@link Middleware}: the next one, at the end the path operation. Without a request it gets the same one. */
export type Next = (request?: Request) => Promise<Response>;

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
