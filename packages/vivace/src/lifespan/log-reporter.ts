import type { LifespanLogger, LifespanReporter } from "./lifespan-reporter.ts";
import { messageOf, predicateOf } from "./resource-problem.ts";

/** Options of {@link logReporter}. */
export interface LogReporterOptions {
	/** What takes at least as long is told when it is ready, and its progress while it starts. Default: 1,000. */
	readonly slowMs?: number;
	/** Whether a line says that all resources are ready. Default: true. */
	readonly summary?: boolean;
	/** A clock in milliseconds. Default: `performance.now`. */
	readonly now?: () => number;
}

/** Tells in plain lines what is slow and what fails; what goes well and fast is in the summary only. */
export function logReporter(
	logger: LifespanLogger,
	options: LogReporterOptions = {},
): LifespanReporter {
	const { slowMs = 1_000, summary = true } = options;
	const now = options.now ?? (() => performance.now());
	const toldAt = new Map<string, number>();

	const isDue = (name: string): boolean => {
		const last = toldAt.get(name) ?? now();
		if (now() - last < slowMs) return false;
		toldAt.set(name, now());
		return true;
	};

	return {
		starting(name) {
			toldAt.set(name, now());
		},
		progress(name, done, total, text) {
			if (!isDue(name)) return;
			const percent =
				total > 0 ? ` (${Math.floor((100 * done) / total)} %)` : "";
			logger.info(
				`"${name}" is starting: ${done} of ${total}${percent}${text ? ` ${text}` : ""}`,
			);
		},
		ready(name, ms) {
			if (ms >= slowMs) logger.info(`"${name}" is ready after ${seconds(ms)}`);
		},
		retrying(name, error, delayMs) {
			logger.warn(
				`"${name}" ${predicateOf(error)}; tried again in ${seconds(delayMs)}`,
			);
		},
		failed(name, error) {
			logger.error(`"${name}" ${predicateOf(error)}`);
		},
		degraded(name, error) {
			logger.warn(
				`"${name}" ${predicateOf(error)}; it is optional: the app starts without it and tries again in the background`,
			);
		},
		started(readyCount, degraded, ms) {
			if (!summary || readyCount + degraded.length === 0) return;
			const without = degraded.length
				? `, without ${degraded.map((name) => `"${name}"`).join(", ")}`
				: "";
			logger.info(
				`${readyCount} ${readyCount === 1 ? "resource" : "resources"} ready in ${seconds(ms)}${without}`,
			);
		},
		late(name) {
			logger.warn(
				`"${name}" was acquired after it had been given up; it is released`,
			);
		},
		releasing() {},
		released(name, ms, error) {
			if (error !== undefined) logger.error(messageOf(error));
			else if (ms >= slowMs)
				logger.info(`"${name}" was released after ${seconds(ms)}`);
		},
		stopped() {},
	};
}

function seconds(ms: number): string {
	return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
