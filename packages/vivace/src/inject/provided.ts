import type { Request } from "../http/request.ts";

/** The static method by which a class says how a request makes its instance, see {@link ProvidedClass}. */
export const provide: unique symbol = Symbol.for("vivace.provide");

/** What an instance is made from: the live request. */
export interface ProvideContext {
	readonly request: Request;
	/** Adds what runs after the response has been sent and before request scope ends. */
	afterSent(task: () => void | Promise<void>): void;
}

/**
 * A class that Vivace knows: its name in a record of parameters asks for the request's own instance (`BackgroundTasks`,
 * `Response`). Rooms on higher floors bring theirs by the static method, so that injection need not import them.
 */
export interface ProvidedClass<Instance> {
	new (...args: never[]): Instance;
	readonly [provide]: (context: ProvideContext) => Instance;
}

export function isProvidedClass(
	value: unknown,
): value is ProvidedClass<unknown> {
	return typeof value === "function" && provide in value;
}
