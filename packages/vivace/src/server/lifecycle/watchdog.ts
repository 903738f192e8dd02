import type { Worker } from "node:worker_threads";
import { moduleAddress } from "../../docs/module-address.ts";
import type { ResolvedServeOptions, ServerLog } from "./serve-options.ts";

/** The time that the steps need besides their limits: for closing connections, writing, ending the process. */
const marginMs = 5000;

/** How much later than a timer the thread acts: it is there for a process that timers do not reach. */
const threadDelayMs = 500;

/** How long stopping may take in all, in milliseconds; `undefined` when one of the steps has no limit. */
export function wholeLimitMs(
	options: ResolvedServeOptions,
): number | undefined {
	if (options.gracePeriodMs > 0) {
		return options.gracePeriodMs;
	}
	if (options.stopTimeoutMs === 0) {
		return undefined;
	}
	const { drainDelayMs, drainTimeoutMs, tasksTimeoutMs } = options;
	const steps = [drainDelayMs, drainTimeoutMs, tasksTimeoutMs];
	return steps.reduce((sum, ms) => sum + ms, options.stopTimeoutMs + marginMs);
}

/** Of that, how long it may take until the waiting is cut short; what follows takes two seconds at most. */
export function hurryAtMs(gracePeriodMs: number): number {
	return gracePeriodMs - Math.min(2500, gracePeriodMs / 2);
}

/** The module that the thread runs; `undefined` where it is not beside this one, as in a bundle. */
export function watchdogThreadFile(): URL | undefined {
	const here = moduleAddress(import.meta.url);
	const extension = here.endsWith(".ts") ? "ts" : "js";
	const file = new URL(`./watchdog-thread.${extension}`, here);
	return process.getBuiltinModule("node:fs").existsSync(file)
		? file
		: undefined;
}

/**
 * Ends a process that was told to stop and has not stopped in time, and says what it was doing: with exit code 1, or by SIGKILL when its
 * event loop is blocked, which a thread looks for. It does not keep the process.
 */
export class Watchdog {
	readonly #timer: NodeJS.Timeout;
	/** None where its file is missing, which {@link watchdogThreadFile} says. */
	readonly #thread: Worker | undefined;
	#step = "";

	constructor(limitMs: number, log: ServerLog) {
		const message = `Vivace ends the process: it has not stopped within ${limitMs / 1000} s; it hangs in`;
		this.#timer = setTimeout(() => {
			log.error(`${message} ${this.#step}`);
			process.exit(1);
		}, limitMs).unref();
		const file = watchdogThreadFile();
		if (file === undefined) {
			return; // the timer has to do
		}
		const threads = process.getBuiltinModule("node:worker_threads");
		this.#thread = new threads.Worker(file, {
			workerData: { limitMs: limitMs + threadDelayMs, message },
			execArgv: [], // nothing that the program preloads
			env: {},
		});
		this.#thread.on("error", () => {}); // without a thread the timer has to do
		this.#thread.unref();
	}

	/** The step from now on, as it goes on after "hangs in". */
	enter(step: string): void {
		this.#step = step;
		this.#thread?.postMessage(step);
	}

	end(): void {
		clearTimeout(this.#timer);
		void this.#thread?.terminate();
	}
}
