import type { OptionRules } from "../errors/options.ts";

/** How often and when a resource that could not be acquired is tried again. */
export interface RetryOptions {
	/** How many tries follow the first. */
	readonly times: number;
	/** Wait before the second try, in milliseconds. Default: 500. */
	readonly delayMs?: number;
	/** By what each further wait is multiplied. Default: 2. */
	readonly factor?: number;
	/** No try begins later than so many milliseconds after the first one. Default: no limit. */
	readonly withinMs?: number;
	/** Which errors are worth another try. Default: all. Mistakes in the program never are, nor a package that is not installed (`SetupError`). */
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
	/** How long one acquisition may take, in milliseconds; `0` is no limit. Default: 60,000. */
	readonly startupTimeoutMs?: number;
	/** How long the release may take, in milliseconds; `0` is no limit. Default: 10,000. */
	readonly shutdownTimeoutMs?: number;
	readonly retry?: RetryOptions;
	/** True when the app can serve without it: then its value is `undefined` until it could be acquired. Default: false. */
	readonly optional?: boolean;
	/** Says by throwing (or rejecting) that the resource does not work at the moment; asked for by readiness. */
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
