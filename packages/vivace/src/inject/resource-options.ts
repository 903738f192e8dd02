import type { OptionRules } from "../errors/options.ts";

/** How often and when the acquisition of a resource is retried. */
export interface RetryOptions {
	/** How many attempts follow the first one. */
	readonly times: number;
	/** Wait before the second attempt, in milliseconds. Default: 500. */
	readonly delayMs?: number;
	/** Factor for each further wait. Default: 2. */
	readonly factor?: number;
	/** No attempt starts later than this many milliseconds after the first one. Default: no limit. */
	readonly withinMs?: number;
	/** Which errors are retried. Default: all. Mistakes in the program and missing packages (`SetupError`) never are. */
	readonly when?: (error: unknown) => boolean;
}

/** Rules of {@link RetryOptions}. */
export const retryRules: OptionRules<RetryOptions> = {
	times: { required: "count" },
	delayMs: "milliseconds",
	factor: "milliseconds",
	withinMs: "milliseconds",
	when: "function",
};

/** Options of a resource; each has a default. */
export interface ResourceOptions<Value = unknown> {
	/** How long one acquisition may take, in milliseconds; `0` means no limit. Default: 60,000. */
	readonly startupTimeoutMs?: number;
	/** How long the release may take, in milliseconds; `0` means no limit. Default: 10,000. */
	readonly shutdownTimeoutMs?: number;
	readonly retry?: RetryOptions;
	/** True when the app may start without it: its value is `undefined` until it is acquired. Default: false. */
	readonly optional?: boolean;
	/** Throws (or rejects) when the resource doesn't work at the moment; called for readiness. */
	readonly check?: (value: Value) => unknown;
}

/** Rules of {@link ResourceOptions}. */
export const resourceRules: OptionRules<ResourceOptions> = {
	startupTimeoutMs: "milliseconds",
	shutdownTimeoutMs: "milliseconds",
	retry: { nested: retryRules },
	optional: "boolean",
	check: "function",
};
