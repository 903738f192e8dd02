import type { Worker } from "../../http/worker.ts";
import type { LifespanLogger, LifespanReporter } from "./lifespan-reporter.ts";
import { type LogReporterOptions, logReporter } from "./log-reporter.ts";
import { isInteractive, terminalReporter } from "./terminal-reporter.ts";

/** Options of {@link lifespanReporter}. */
export interface LifespanReporterOptions
	extends Omit<LogReporterOptions, "progress"> {
	/** Where to draw. Default: standard error, where there is one. */
	readonly stream?: NodeJS.WriteStream;
	/** Which of several processes on one terminal this is: its lines say so, and it does not draw. Default: the only one. */
	readonly worker?: Worker;
	/** False where nothing can take long, so that nobody asks for the terminal, which takes Bun 5 ms. Default: true. */
	readonly hasResources?: boolean;
}

/**
 * The reporter of an app that was given none: log lines, and on a terminal a line with a spinner or a bar for each resource that
 * takes longer than a second.
 */
export function lifespanReporter(
	logger: LifespanLogger,
	options: LifespanReporterOptions = {},
): LifespanReporter {
	const { worker, hasResources = true } = options;
	if (worker !== undefined) {
		return logReporter(numbered(logger, worker.id), options);
	}
	if (!hasResources) {
		return logReporter(logger, options);
	}
	const { stream = globalThis.process?.stderr } = options;
	return isInteractive(stream)
		? terminalReporter(
				stream,
				logReporter(logger, { ...options, progress: false }),
			)
		: logReporter(logger, options);
}

function numbered(logger: LifespanLogger, id: number): LifespanLogger {
	return {
		info: (message) => logger.info(`worker ${id}: ${message}`),
		warn: (message) => logger.warn(`worker ${id}: ${message}`),
		error: (message) => logger.error(`worker ${id}: ${message}`),
	};
}
