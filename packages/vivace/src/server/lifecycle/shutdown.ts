import type { AppPort } from "../../http/app-port.ts";
import { toldUnended } from "../../http/unended-readers.ts";
import { late, waitAtMost } from "../../time/waiting.ts";
import type { Listener } from "./listener.ts";
import type { ResolvedServeOptions, ServerLog } from "./serve-options.ts";
import { toldRequests } from "./told-requests.ts";

/** How long resources have to be released once a second signal has cut the waiting short. */
const hurriedStopMs = 1400;

/** How long cut requests and background tasks have then to notice it, each. */
const hurriedTasksMs = 100;

/** How much longer than its limit something that keeps limits itself is waited for. */
const marginMs = 200;

/**
 * Stops a server and its app, in the order in which nothing is released that something may still use. Never rejects.
 *
 * @returns what went wrong, in the order in which it happened
 */
export async function shutDown(
	app: AppPort,
	listener: Listener,
	options: ResolvedServeOptions,
	{ farewellMs, hurry }: Haste,
	onStep: StepListener = () => {},
): Promise<readonly unknown[]> {
	const failures = new Failures(options.log);
	onStep("telling the app about the shutdown");
	await failures.during("telling the app about the shutdown", () =>
		app.beginShutdown(),
	);
	onStep("the drain delay");
	if (options.drainDelayMs > 0) {
		// a proxy that keeps connections would use one in the very moment in which it is closed
		listener.isLeaving = true;
		await waitAtMost(new Promise(() => {}), options.drainDelayMs, hurry);
	}
	await listener.stopListening(farewellMs, hurry);
	onStep("answering requests");
	await drainRequests(listener, options, hurry, failures);
	onStep("background tasks, or what requests have left open");
	await failures.during("waiting for background tasks", () =>
		drainTasks(app, listener, options, hurry, failures),
	);
	const unreleased = await releaseResources(app, options, hurry, onStep);
	return [...failures.errors, ...unreleased];
}

/** How much time is taken. */
export interface Haste {
	/** How long idle connections may bring one more request. */
	readonly farewellMs: number;
	/**
	 * Aborted when nobody wants to wait any longer, with when that was: requests are cut, resources are still released, within two seconds.
	 */
	readonly hurry: AbortSignal;
}

/** Told what is being done from now on, while a server stops. */
export type StepListener = (step: string) => void;

class Failures {
	readonly errors: unknown[] = [];
	readonly #log: ServerLog;

	constructor(log: ServerLog) {
		this.#log = log;
	}

	add(message: string): void {
		this.errors.push(new Error(message));
		this.#log.error(message);
	}

	async during(what: string, step: () => void | Promise<void>): Promise<void> {
		try {
			await step();
		} catch (error) {
			this.errors.push(error);
			this.#log.error(`${what} failed`, error);
		}
	}
}

async function drainRequests(
	listener: Listener,
	{ drainTimeoutMs }: ResolvedServeOptions,
	hurry: AbortSignal,
	failures: Failures,
): Promise<void> {
	if (await waited(listener.whenOver(), drainTimeoutMs, hurry)) {
		return;
	}
	const open = listener.openExchanges();
	if (open.length > 0) {
		failures.add(
			`${requests(open.length)} cut off ${reason(drainTimeoutMs, hurry)}: ${toldRequests(open)}${toldUnended()}`,
		);
	}
	listener.cut();
}

async function drainTasks(
	app: AppPort,
	listener: Listener,
	{ tasksTimeoutMs }: ResolvedServeOptions,
	hurry: AbortSignal,
	failures: Failures,
): Promise<void> {
	const endMs = performance.now() + tasksTimeoutMs;
	const leftMs = () =>
		hurry.aborted
			? hurriedTasksMs
			: Math.max(0, Math.ceil(endMs - performance.now()));
	// a handler that was cut off may still be running: it sees only that its signal is aborted
	if (!(await waited(listener.whenOver(), leftMs(), sooner(hurry)))) {
		const open = listener.openExchanges();
		if (open.length > 0) {
			failures.add(
				`${requests(open.length)} still running ${reason(tasksTimeoutMs, hurry)}, though cut off: ${toldRequests(open)}`,
			);
		}
	}
	const limitMs = leftMs();
	const drained = app.drain(limitMs);
	if ((await waitAtMost(drained, limitMs + marginMs, sooner(hurry))) !== true) {
		failures.add(
			`background tasks or dependencies of requests were still running ${reason(tasksTimeoutMs, hurry)}`,
		);
	}
}

/** Releases what the app has acquired, within the time limits. Never rejects. */
export async function releaseResources(
	app: AppPort,
	{ stopTimeoutMs, log }: ResolvedServeOptions,
	hurry: AbortSignal,
	onStep: StepListener = () => {},
): Promise<readonly unknown[]> {
	const shorten = () => void app.stop({ limitMs: hurriedStopMs });
	const limitMs = hurry.aborted ? hurriedStopMs : stopTimeoutMs;
	onStep("releasing resources");
	try {
		const stopping = app.stop({
			...(limitMs > 0 && { limitMs }),
			onRelease: (name) => onStep(`releasing "${name}"`),
		});
		if (!hurry.aborted) {
			hurry.addEventListener("abort", shorten);
		}
		const patienceMs = stopTimeoutMs || Number.POSITIVE_INFINITY;
		// the app keeps the limits itself and names what hangs; the margin is for one that does not
		const report = await patientOutcome(stopping, patienceMs + marginMs, hurry);
		if (report !== late) {
			return report.errors;
		}
		const message = `resources were still being released ${reason(stopTimeoutMs, hurry)}`;
		log.error(message);
		return [new Error(message)];
	} catch (error) {
		log.error("releasing the resources failed", error);
		return [error];
	} finally {
		hurry.removeEventListener("abort", shorten);
	}
}

function requests(count: number): string {
	return count === 1 ? "1 request was" : `${count} requests were`;
}

/** Once hurried, the limits are short enough to be waited for. */
function sooner(hurry: AbortSignal): AbortSignal | undefined {
	return hurry.aborted ? undefined : hurry;
}

function reason(limitMs: number, hurry: AbortSignal): string {
	return hurry.aborted ? String(hurry.reason) : `after ${limitMs / 1000} s`;
}

/**
 * The value of a promise, or {@link late} when the time is over. Releasing is not skipped when nobody wants to wait any longer, only cut
 * to two seconds from then on.
 */
export async function patientOutcome<Value>(
	promise: Promise<Value>,
	limitMs: number,
	hurry: AbortSignal,
): Promise<Value | typeof late> {
	const first = await waitAtMost(promise, limitMs, hurry);
	if (first !== late || !hurry.aborted) {
		return first;
	}
	return waitAtMost(promise, hurriedStopMs + marginMs);
}

async function waited(
	event: Promise<void>,
	limitMs: number,
	hurry?: AbortSignal,
): Promise<boolean> {
	return (await waitAtMost(event, limitMs, hurry)) !== late;
}
