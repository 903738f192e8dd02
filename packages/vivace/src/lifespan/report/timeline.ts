import { messageOf } from "../resource-problem.ts";
import type { ResourceRun, ResourceState } from "../resource-run.ts";
import { isSettled } from "../resource-run.ts";

/** The history of one resource: plain, frozen data. Times and durations are milliseconds, times since the start. */
export interface TimelineEntry {
	/** Unique in the timeline. */
	readonly name: string;
	/** Names of the resources that it needs. */
	readonly needs: readonly string[];
	/** Its users: names of resources, then path operations. */
	readonly neededBy: readonly string[];
	readonly optional: boolean;
	readonly state: ResourceState;
	/** How often it was tried to acquire it. */
	readonly attempts: number;
	/** When the first try began; `undefined` before. */
	readonly startedAtMs: number | undefined;
	readonly readyAtMs: number | undefined;
	readonly releasingAtMs: number | undefined;
	readonly releasedAtMs: number | undefined;
	/** How long it waited for those that it needs, until now if it still does. */
	readonly waitedForMs: number;
	/** Names of those that it needs and that are not there yet. */
	readonly waitingFor: readonly string[];
	/** Of those that it needs, the one that was there last; `undefined` if it needs none or waits. */
	readonly heldUpBy: string | undefined;
	/** From the first try to ready, all tries and waits included. */
	readonly acquireMs: number | undefined;
	readonly releaseMs: number | undefined;
	/** The words of what went wrong last. */
	readonly error: string | undefined;
}

/** Describes the run as it stands at `nowMs`. */
export function timelineEntry(run: ResourceRun, nowMs: number): TimelineEntry {
	const waitingFor =
		run.state === "waiting"
			? run.needs.filter((need) => !isSettled(need)).map(nameOf)
			: [];
	return Object.freeze({
		name: run.name,
		needs: Object.freeze(run.needs.map(nameOf)),
		neededBy: Object.freeze([
			...run.neededBy.map(nameOf),
			...(run.node.neededBy ?? []),
		]),
		optional: run.settings.optional,
		state: run.state,
		attempts: run.attempts,
		startedAtMs: run.startedAtMs,
		readyAtMs: run.readyAtMs,
		releasingAtMs: run.releasingAtMs,
		releasedAtMs: run.releasedAtMs,
		waitedForMs: run.needs.length === 0 ? 0 : (run.startedAtMs ?? nowMs),
		waitingFor: Object.freeze(waitingFor),
		heldUpBy: run.heldUpBy?.name,
		acquireMs: difference(run.readyAtMs, run.startedAtMs),
		releaseMs: difference(run.releasedAtMs, run.releasingAtMs),
		error: run.error === undefined ? undefined : messageOf(run.error),
	});
}

function nameOf(run: ResourceRun): string {
	return run.name;
}

function difference(
	end: number | undefined,
	begin: number | undefined,
): number | undefined {
	return end === undefined || begin === undefined ? undefined : end - begin;
}
