import { setTimeout as sleep } from "node:timers/promises";
import { isSafeToRetry } from "../errors/database-error.ts";
import {
	assertArgument,
	assertOptions,
	type OptionRules,
} from "../errors/options.ts";

/** How a unit of work is run again. */
export interface RetryUnitOptions {
	/** How often it is run at most, the first time included. Default: 5. */
	readonly tries?: number;
	/** Which errors are worth another run. Default: {@link isSafeToRetry}. */
	readonly when?: (error: unknown) => boolean;
}

/** Rules of {@link RetryUnitOptions}. */
export const retryUnitRules: OptionRules<RetryUnitOptions> = {
	tries: (value) =>
		Number.isInteger(value) && Number(value) >= 1
			? undefined
			: "a whole number of at least 1",
	when: "function",
};

/**
 * Runs a unit of work, a whole transaction as a rule, again when it failed through nothing that it did wrong and is certainly undone: a
 * concurrent one was in the way, the server was read-only or out of quorum, its connection was lost before the commit. Between two
 * runs it waits 5 ms, doubled each time, times a random factor from 0.5 to 1.5, so that two rivals do not meet again; a server that can
 * take it is waited for by the pool (`acquireTimeoutMs`).
 *
 * @throws The error of the last run.
 */
export async function retryUnit<Value>(
	unit: () => Promise<Value>,
	options: RetryUnitOptions = {},
): Promise<Value> {
	assertArgument("retryUnit()", "unit", unit, "function");
	assertOptions("retryUnit()", options, retryUnitRules);
	const { tries = 5, when = isSafeToRetry } = options;
	for (let run = 1; ; run++) {
		try {
			return await unit();
		} catch (error) {
			if (run >= tries || !when(error)) {
				throw error;
			}
			await sleep(5 * 2 ** (run - 1) * (0.5 + Math.random()));
		}
	}
}
