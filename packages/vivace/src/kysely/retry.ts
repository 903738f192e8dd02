import { setTimeout as sleep } from "node:timers/promises";
import { isDeadlock } from "./database-error.ts";

/** How a unit of work is run again. */
export interface RetryUnitOptions {
	/** How often it is run at most, the first time included. Default: 5. */
	readonly tries?: number;
	/** Which errors are worth another run. Default: {@link isDeadlock}. */
	readonly when?: (error: unknown) => boolean;
}

/**
 * Runs a unit of work, a whole transaction as a rule, again when the database refused it because of a concurrent one. Between two
 * runs it waits 5 ms, doubled each time, times a random factor from 0.5 to 1.5, so that two rivals do not meet again.
 *
 * @throws The error of the last run.
 */
export async function retryUnit<Value>(
	unit: () => Promise<Value>,
	{ tries = 5, when = isDeadlock }: RetryUnitOptions = {},
): Promise<Value> {
	for (let run = 1; ; run++) {
		try {
			return await unit();
		} catch (error) {
			if (run >= tries || !when(error)) throw error;
			await sleep(5 * 2 ** (run - 1) * (0.5 + Math.random()));
		}
	}
}
