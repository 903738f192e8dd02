import type { OptionRules } from "../../errors/options.ts";

/** When a worker is replaced although nothing is wrong with it, or although it says nothing. */
export interface WorkerLimits {
	/** How many requests it answers; then another takes its place, and it finishes what it has begun. Default: no limit. */
	readonly requests?: number;
	/** How long it serves, in milliseconds; then the same. Default: no limit. */
	readonly ageMs?: number;
	/**
	 * By which share of both each worker has more at most, at random, so that not all are replaced together; 0 to 1. Default: 0.1.
	 */
	readonly jitter?: number;
	/**
	 * How long its event loop may be blocked, in milliseconds; then it is killed and replaced, and its requests are lost. Not while a debugger
	 * is attached. `0` is no limit. Default: 60,000.
	 */
	readonly blockedMs?: number;
}

/** Every limit with its value. */
export interface ResolvedWorkerLimits {
	readonly requests: number | undefined;
	readonly ageMs: number | undefined;
	readonly jitter: number;
	readonly blockedMs: number;
}

/** The longest that a timer can wait. */
const longestMs = 2_147_483_647;

/** Rules of {@link WorkerLimits}. */
export const workerLimitRules: OptionRules<WorkerLimits> = {
	requests: wholeFrom(1, Number.MAX_SAFE_INTEGER),
	ageMs: wholeFrom(1, longestMs / 2), // twice as long at most, with its jitter
	jitter: (value) =>
		typeof value === "number" && value >= 0 && value <= 1
			? undefined
			: "a number from 0 to 1",
	blockedMs: wholeFrom(0, longestMs),
};

/** The limits with their defaults. */
export function resolveWorkerLimits(
	given: WorkerLimits = {},
): ResolvedWorkerLimits {
	const { requests, ageMs, jitter = 0.1, blockedMs = 60_000 } = given;
	return { requests, ageMs, jitter, blockedMs };
}

function wholeFrom(
	min: number,
	max: number,
): (value: unknown) => string | undefined {
	const most = Math.floor(max);
	return (value) =>
		Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= most
			? undefined
			: `a whole number from ${min} to ${most}`;
}
