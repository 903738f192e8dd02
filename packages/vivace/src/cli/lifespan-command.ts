import type { App } from "../app/app.ts";
import { durationText } from "../lifespan/report/log-reporter.ts";
import type { TimelineEntry } from "../lifespan/report/timeline.ts";
import { describeFailure } from "../server/lifecycle/failure-text.ts";
import { listenToSignals } from "../server/lifecycle/process-signals.ts";
import { CommandError } from "./command-error.ts";
import { print } from "./print.ts";
import { quietly, seeApp } from "./seen-app.ts";
import { timelineChart } from "./timeline-chart.ts";

/** Options of `vivace lifespan`. */
export interface LifespanOptions {
	readonly app?: string;
	readonly json?: boolean;
}

/** Starts an app without serving it, prints what was acquired when, and stops it. */
export async function lifespanCommand(
	file: string | undefined,
	options: LifespanOptions,
): Promise<number> {
	const app = await seeApp(file, options.app);
	const start = await quietly(() => startApp(app));
	const timeline = app.lifespan.timeline();
	await print(
		options.json
			? JSON.stringify(timeline, undefined, 2)
			: chartText(timeline, start),
	);
	if (start.error !== undefined) {
		throw new CommandError(describeFailure(start.error), {
			cause: start.error,
		});
	}
	app.beginShutdown();
	const { errors } = await quietly(() => app.stop());
	if (errors.length > 0) {
		throw new CommandError(errors.map(describeFailure).join("; "));
	}
	return 0;
}

interface Start {
	readonly ms: number;
	readonly error: unknown;
}

async function startApp(app: App): Promise<Start> {
	const abort = new AbortController();
	const forgetSignals = listenToSignals((signal) =>
		abort.abort(new Error(`told to stop (${signal})`)),
	);
	const sinceMs = performance.now();
	let error: unknown;
	try {
		await app.start({ signal: abort.signal });
	} catch (thrown) {
		error = thrown;
	}
	forgetSignals();
	return { ms: performance.now() - sinceMs, error };
}

function chartText(
	timeline: readonly TimelineEntry[],
	{ ms, error }: Start,
): string {
	if (timeline.length === 0) {
		return "The app has no resources";
	}
	const count =
		timeline.length === 1 ? "1 resource" : `${timeline.length} resources`;
	const outcome = error === undefined ? "started in" : "failed after";
	return `${count}, ${outcome} ${durationText(ms)}\n${timelineChart(timeline)}`;
}
