import { SetupError } from "../errors/setup-error.ts";
import type { ResourceOptions } from "../inject/resource-options.ts";

/** A resource's options with every default filled in. */
export interface ResourceSettings {
	readonly startupTimeoutMs: number;
	readonly shutdownTimeoutMs: number;
	readonly retry: {
		readonly times: number;
		readonly delayMs: number;
		readonly factor: number;
		/** `Infinity` is no limit. */
		readonly withinMs: number;
		readonly when: (error: unknown) => boolean;
	};
	readonly optional: boolean;
	readonly check: ((value: unknown) => unknown) | undefined;
}

/**
 * Fills in the defaults.
 *
 * @throws SetupError `VIV_OPTION` naming the resource, the option, what it must be and what came.
 */
export function resourceSettings(
	name: string,
	options: ResourceOptions,
): ResourceSettings {
	const { retry } = options;
	const where = `resource "${name}"`;
	return {
		startupTimeoutMs: milliseconds(
			`${where}: startupTimeoutMs`,
			options.startupTimeoutMs ?? 60_000,
		),
		shutdownTimeoutMs: milliseconds(
			`${where}: shutdownTimeoutMs`,
			options.shutdownTimeoutMs ?? 10_000,
		),
		retry: {
			times: atLeast(0, `${where}: retry.times`, retry?.times ?? 0),
			delayMs: milliseconds(`${where}: retry.delayMs`, retry?.delayMs ?? 500),
			factor: atLeast(1, `${where}: retry.factor`, retry?.factor ?? 2),
			withinMs:
				retry?.withinMs === undefined
					? Number.POSITIVE_INFINITY
					: milliseconds(`${where}: retry.withinMs`, retry.withinMs),
			when: retry?.when ?? (() => true),
		},
		optional: options.optional ?? false,
		check: options.check,
	};
}

/** The longest wait that a timer can hold; it would fire at once for more. */
export const longestTimerMs = 2_147_483_647;

/**
 * Returns `value` if it is a time limit.
 *
 * @throws SetupError `VIV_OPTION` unless it is a number from 0 to {@link longestTimerMs}.
 */
export function milliseconds(option: string, value: number): number {
	if (value >= 0 && value <= longestTimerMs) {
		return value;
	}
	throw new SetupError(
		"VIV_OPTION",
		`${option} must be a number of milliseconds from 0 to ${longestTimerMs} (0 is no limit), but ${value} was given`,
	);
}

function atLeast(least: number, option: string, value: number): number {
	if (value >= least) {
		return value;
	}
	throw new SetupError(
		"VIV_OPTION",
		`${option} must be a number of at least ${least}, but ${value} was given`,
	);
}
