import type { Request } from "../http/request.ts";

/** The source of an instance: the live request. */
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
	/** Makes the request's instance; called at most once per request. */
	readonly "~provide": (context: ProvideContext) => Instance;
	/** Whose records may ask for it; a dependency's, of those that need it. Default: everybody's. */
	readonly "~place"?: "socket";
}

/** A class whose instance only app-scoped dependencies can ask for, because there is one only while the app starts (`Lifespan`). */
export interface AppScopedClass<Instance> {
	new (...args: never[]): Instance;
	readonly scope: "app";
}

export function isAppScopedClass(
	value: unknown,
): value is AppScopedClass<unknown> {
	return (
		typeof value === "function" && "scope" in value && value.scope === "app"
	);
}

export function isProvidedClass(
	value: unknown,
): value is ProvidedClass<unknown> {
	return typeof value === "function" && "~provide" in value;
}
