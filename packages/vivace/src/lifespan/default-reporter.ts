import type { LifespanLogger, LifespanReporter } from "./lifespan-reporter.ts";
import { logReporter } from "./log-reporter.ts";
import { isInteractive, terminalReporter } from "./terminal-reporter.ts";

/** Options of {@link lifespanReporter}. */
export interface LifespanReporterOptions {
	/** Where to draw. Default: standard error, where there is one. */
	readonly stream?: NodeJS.WriteStream;
	/** Is asked for `TERM` and `CI`. Default: that of the process. */
	readonly env?: NodeJS.ProcessEnv;
	/** A clock in milliseconds. Default: `performance.now`. */
	readonly now?: () => number;
}

/**
 * The reporter of an app that was given none: log lines, and on a terminal a line with a spinner or a bar for each resource that
 * takes longer than a second.
 */
export function lifespanReporter(
	logger: LifespanLogger,
	options: LifespanReporterOptions = {},
): LifespanReporter {
	const {
		stream = globalThis.process?.stderr,
		env = globalThis.process?.env ?? {},
		now = () => performance.now(),
	} = options;
	return isInteractive(stream, env)
		? terminalReporter(stream, logReporter(logger, { progress: false }), now)
		: logReporter(logger, { now });
}
