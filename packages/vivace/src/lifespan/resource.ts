import type { Worker } from "../http/worker.ts";
import type { ResourceOptions } from "../inject/resource-options.ts";

/** The handle that the lifespan gives a resource which is being acquired, see `Lifespan` in the entry file. */
export interface LifespanHandle {
	/**
	 * Aborted while the resource is being acquired, when another one failed, its time is up or the process was told to stop: give up
	 * what you are waiting for. Never aborted once the resource was acquired, so that its release is not cut short.
	 */
	readonly signal: AbortSignal;
	readonly worker: Worker;
	/** Reports how far an acquisition has come; shown as a bar on a terminal. */
	progress(done: number, total: number, text?: string): void;
	/** Tells in a line what who starts the app should know. */
	note?(text: string): void;
}

/** A node of the graph of resources, made from an app-scoped dependency or a lifespan function. */
export interface ResourceNode {
	/** Its name in messages: the dependency's name. */
	readonly name: string;
	/** Acquired before this one, released after it. */
	readonly needs: readonly ResourceNode[];
	readonly options: ResourceOptions;
	/** Its users that are no resources, for messages: path operations, `GET /users`. Default: none. */
	readonly neededBy?: readonly string[];
	/**
	 * Starts to acquire. What it returns is the value, a promise of it, or an async generator whose only `yield` gives it and whose
	 * rest releases it.
	 */
	acquire(
		read: (node: ResourceNode) => unknown,
		handle: LifespanHandle,
	): unknown;
}
