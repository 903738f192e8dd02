/** How often and when a resource that could not be acquired is tried again. */
export interface RetryOptions {
	/** How many tries follow the first. */
	readonly times: number;
	/** Wait before the second try, in milliseconds. Default: 500. */
	readonly delayMs?: number;
	/** By what each further wait is multiplied. Default: 2. */
	readonly factor?: number;
}

/** What a resource may ask for; all of it has a default. */
export interface ResourceOptions<Value = unknown> {
	/** How long one acquisition may take, in milliseconds; `0` is no limit. Default: 60,000. */
	readonly startupTimeoutMs?: number;
	/** How long the release may take, in milliseconds; `0` is no limit. Default: 10,000. */
	readonly shutdownTimeoutMs?: number;
	readonly retry?: RetryOptions;
	/** Whether the app can serve without it: then its value is `undefined` until it could be acquired. Default: false. */
	readonly optional?: boolean;
	/** Says by throwing (or rejecting) that the resource does not work at the moment; asked for by readiness. */
	readonly check?: (value: Value) => unknown;
}

/** What a resource that is being acquired is given by the lifespan, see `Lifespan` in the entry file. */
export interface LifespanHandle {
	/** Aborted when another resource failed or the process was told to stop: give up what you are waiting for. */
	readonly signal: AbortSignal;
	/** Reports how far an acquisition has come; shown as a bar on a terminal. */
	progress(done: number, total: number, text?: string): void;
}

/** A node of the graph of resources, made from an app-scoped dependency or a lifespan function. */
export interface ResourceNode {
	/** What it is called in messages: the dependency's name. */
	readonly name: string;
	/** Acquired before this one, released after it. */
	readonly needs: readonly ResourceNode[];
	readonly options: ResourceOptions;
	/**
	 * Starts to acquire. What it returns is the value, a promise of it, or an async generator whose only `yield` gives it and whose
	 * rest releases it.
	 */
	acquire(
		read: (node: ResourceNode) => unknown,
		handle: LifespanHandle,
	): unknown;
}
