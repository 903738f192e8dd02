import type { Acquisition } from "./acquisition.ts";
import type { ResourceNode } from "./resource.ts";
import type { ResourceSettings } from "./resource-settings.ts";

/**
 * The state of a resource: `waiting` for those it needs, `starting`, `ready`, `failed`, `degraded` (optional, not acquired, tried
 * again in the background), `releasing` or `released`.
 */
export type ResourceState =
	| "waiting"
	| "starting"
	| "ready"
	| "failed"
	| "degraded"
	| "releasing"
	| "released";

/** A resource in one life of an app: the node of the graph and what has become of it. Times are milliseconds since the start. */
export interface ResourceRun {
	readonly node: ResourceNode;
	/** The node's name, with a number behind it where two nodes share one. */
	readonly name: string;
	readonly needs: readonly ResourceRun[];
	readonly neededBy: readonly ResourceRun[];
	readonly settings: ResourceSettings;
	state: ResourceState;
	/** How often it was tried to acquire it. */
	attempts: number;
	acquisition: Acquisition | undefined;
	/** Holds its value while it is ready, and `undefined` while it is degraded: what plans are bound to. */
	readonly cell: { value: unknown; readonly whyEmpty: () => Error };
	error: unknown;
	/** Of those it needs, the one that was settled last. */
	heldUpBy: ResourceRun | undefined;
	startedAtMs: number | undefined;
	readyAtMs: number | undefined;
	releasingAtMs: number | undefined;
	releasedAtMs: number | undefined;
}

/** True when those that need it may start. */
export function isSettled(run: ResourceRun): boolean {
	return run.state === "ready" || run.state === "degraded";
}
