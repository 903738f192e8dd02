import { messageOf, predicateOf } from "../resource-problem.ts";
import { longestTimerMs } from "../resource-settings.ts";
import type { LifespanLogger, LifespanReporter } from "./lifespan-reporter.ts";

/** Options of {@link logReporter}. */
export interface LogReporterOptions {
	/** True has a line say that all resources are ready. Default: true. */
	readonly summary?: boolean;
	/**
	 * True has lines tell for what start-up was given up and which resource could not be released; `false` where whoever starts and stops
	 * the app tells it. Default: true.
	 */
	readonly failures?: boolean;
	/** True has lines tell how far slow resources are; `false` where something else shows it. Default: true. */
	readonly progress?: boolean;
}

/** From here on a resource is slow, in milliseconds. */
export const slowMs = 1_000;
const reminderMs = 10_000;

/**
 * Tells in plain lines what is slow (more than a second: once then, every ten seconds, by its own progress at most every second, and
 * when it is ready) and what fails. What goes well and fast is in the summary only.
 */
export function logReporter(
	logger: LifespanLogger,
	options: LogReporterOptions = {},
): LifespanReporter {
	const { summary = true, failures = true } = options;
	/** Those whose release nobody waits for any more. */
	const late = new Set<string>();
	const waits =
		options.progress === false ? undefined : new SlowResources(logger);
	return {
		starting(name) {
			waits?.begin(name);
		},
		progress(name, done, total, text) {
			waits?.progress(name, done, total, text);
		},
		note(name, text) {
			logger.info(`"${name}": ${text}`);
		},
		ready(name, ms) {
			waits?.end(name);
			if (ms > slowMs) {
				logger.info(`"${name}" is ready after ${durationText(ms)}`);
			}
		},
		retrying(name, error, delayMs, leftMs = 0) {
			waits?.end(name);
			const isLast = leftMs <= delayMs || leftMs >= longestTimerMs;
			const rest = isLast ? "" : `, for ${durationText(leftMs)} at most`;
			logger.warn(
				`"${name}" ${predicateOf(error).replace(/\.$/, "")}; it is tried again in ${durationText(delayMs)}${rest}`,
			);
		},
		failed(name, error) {
			waits?.end(name);
			if (failures) {
				logger.error(`"${name}" ${predicateOf(error)}`);
			}
		},
		degraded(name, error) {
			waits?.end(name);
			logger.warn(
				`"${name}" ${predicateOf(error)}; it is optional: the app does without it for now, and it is tried again in the background`,
			);
		},
		started(readyCount, degraded, ms) {
			if (summary && readyCount + degraded.length > 0) {
				logger.info(summaryText(readyCount, degraded, ms));
			}
		},
		late(name) {
			late.add(name);
			logger.warn(
				`"${name}" was acquired after it had been given up; it is released`,
			);
		},
		releasing() {},
		released(name, ms, error) {
			const isTold = failures || late.has(name);
			if (error !== undefined) {
				if (isTold) {
					logger.error(messageOf(error));
				}
			} else if (ms > slowMs) {
				logger.info(`"${name}" was released after ${durationText(ms)}`);
			}
		},
		stopped() {
			waits?.clear();
		},
	};
}

/** The resources that are starting, and what was said of them. */
class SlowResources {
	readonly #logger: LifespanLogger;
	readonly #waits = new Map<
		string,
		{ readonly sinceMs: number; timer: NodeJS.Timeout; toldAtMs: number }
	>();

	constructor(logger: LifespanLogger) {
		this.#logger = logger;
	}

	begin(name: string): void {
		this.end(name);
		const timer = setTimeout(() => this.#remind(name), slowMs);
		timer.unref();
		this.#waits.set(name, {
			sinceMs: performance.now(),
			timer,
			toldAtMs: performance.now(),
		});
	}

	progress(
		name: string,
		done: number,
		total: number,
		text: string | undefined,
	): void {
		const wait = this.#waits.get(name);
		if (!wait || performance.now() - wait.toldAtMs < slowMs) {
			return;
		}
		wait.toldAtMs = performance.now();
		this.#logger.info(
			`"${name}" is starting: ${progressText(done, total, text)}`,
		);
	}

	end(name: string): void {
		clearTimeout(this.#waits.get(name)?.timer);
		this.#waits.delete(name);
	}

	clear(): void {
		for (const name of this.#waits.keys()) {
			this.end(name);
		}
	}

	#remind(name: string): void {
		const wait = this.#waits.get(name);
		if (!wait) {
			return;
		}
		wait.timer = setTimeout(() => this.#remind(name), reminderMs);
		wait.timer.unref();
		const hasJustReported = performance.now() - wait.toldAtMs < slowMs;
		if (hasJustReported) {
			return;
		}
		this.#logger.info(
			`"${name}" has been starting for ${durationText(performance.now() - wait.sinceMs)}`,
		);
	}
}

function summaryText(
	readyCount: number,
	degraded: readonly string[],
	ms: number,
): string {
	const noun = readyCount === 1 ? "resource is" : "resources are";
	const without = degraded.map((name) => `"${name}"`).join(", ");
	return `${readyCount} ${noun} ready after ${durationText(ms)}${without && `, without ${without}`}`;
}

/** For instance `52 % (26 of 50) weights`. */
export function progressText(
	done: number,
	total: number,
	text: string | undefined,
): string {
	const percent = total > 0 ? `${Math.floor((100 * done) / total)} % ` : "";
	return `${percent}(${done} of ${total})${text ? ` ${text}` : ""}`;
}

/** For instance `12 ms` or `3.2 s`. */
export function durationText(ms: number): string {
	return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
