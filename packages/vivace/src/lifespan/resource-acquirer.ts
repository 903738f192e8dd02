import type { Worker } from "../http/worker.ts";
import { pause, withinLimit } from "../time/waiting.ts";
import { type Acquisition, acquire, hasIdentity } from "./acquisition.ts";
import { Lifespan } from "./lifespan.ts";
import type { LifespanReporter } from "./report/lifespan-reporter.ts";
import type { ResourceNode } from "./resource.ts";
import { isMistake, ResourceProblem } from "./resource-problem.ts";
import type { ResourceRun } from "./resource-run.ts";
import { longestTimerMs, type ResourceSettings } from "./resource-settings.ts";

/** The parts of an acquirer. */
export interface ResourceAcquirerOptions {
	readonly reporter: LifespanReporter;
	readonly worker: Worker;
	/** Value of a resource that is ready. */
	readonly read: (node: ResourceNode) => unknown;
	/** How long start-up may still take in all; `Infinity` is no limit. Optional resources keep within it. */
	readonly timeLeftMs: () => number;
	/** Takes what arrives after its time. */
	readonly onLate: (run: ResourceRun, acquisition: Acquisition) => void;
}

const shortestBackgroundWaitMs = 500;
/** The longest wait between two tries in the background. */
const longestBackgroundWaitMs = 30_000;

/** Acquires resources within their limits in time, as often as their options say. */
export class ResourceAcquirer {
	readonly #options: ResourceAcquirerOptions;
	/** Every object that is the value of a resource: a second resource that hands it on does not own it. */
	readonly #owned = new WeakSet<object>();

	constructor(options: ResourceAcquirerOptions) {
		this.#options = options;
	}

	/**
	 * Acquires with all the tries that the resource's `retry` allows.
	 *
	 * @throws what the last try threw, or the signal's reason if it was aborted during a wait.
	 */
	async acquire(run: ResourceRun, signal: AbortSignal): Promise<Acquisition> {
		const { retry } = run.settings;
		let waitMs = retry.delayMs;
		const lastTryAt = performance.now() + retry.withinMs;
		for (let triesLeft = retry.times; ; triesLeft--) {
			try {
				return await this.#try(run, signal);
			} catch (error) {
				const isLast =
					triesLeft <= 0 ||
					isMistake(error) ||
					!retry.when(error) ||
					performance.now() + waitMs > lastTryAt ||
					this.#isOutOfTime(run, waitMs);
				if (isLast || signal.aborted) {
					throw error;
				}
				const leftMs = Math.min(
					waitsOf(retry, waitMs, triesLeft),
					lastTryAt - performance.now(),
				);
				this.#options.reporter.retrying(run.name, error, waitMs, leftMs);
				await pause(waitMs, signal);
				waitMs = Math.min(waitMs * retry.factor, longestTimerMs);
			}
		}
	}

	/** Tries for ever, with growing waits of at most 30 s that do not keep the process alive; rejects when the signal is aborted. */
	async acquireInBackground(
		run: ResourceRun,
		signal: AbortSignal,
	): Promise<Acquisition> {
		const { retry } = run.settings;
		let waitMs = Math.max(retry.delayMs, shortestBackgroundWaitMs);
		for (;;) {
			await pause(waitMs, signal, true);
			waitMs = Math.min(waitMs * retry.factor, longestBackgroundWaitMs);
			try {
				return await this.#try(run, signal);
			} catch (error) {
				if (signal.aborted) {
					throw error;
				}
				run.error = error;
				this.#options.reporter.retrying(run.name, error, waitMs);
			}
		}
	}

	async #try(run: ResourceRun, signal: AbortSignal): Promise<Acquisition> {
		const { reporter, read, worker } = this.#options;
		// A controller of its own: what was acquired no longer hears of an abort, so that its release is not cut short.
		const controller = new AbortController();
		const onAbort = (): void => controller.abort(signal.reason);
		signal.addEventListener("abort", onAbort, { once: true });
		run.attempts++;
		reporter.starting(run.name);
		const lifespan = new Lifespan(
			controller.signal,
			worker,
			(done, total, text) => reporter.progress(run.name, done, total, text),
			(text) => reporter.note?.(run.name, text),
		);
		const arriving = acquire(run.node, read, lifespan, (value) =>
			this.#isOwned(value),
		);
		const limitMs = this.#limitMs(run);
		try {
			const acquisition = await withinLimit(arriving, limitMs, () => {
				const problem = new ResourceProblem(
					`was not acquired within ${limitMs} ms (startupTimeoutMs)`,
				);
				controller.abort(problem);
				this.#expectLate(run, arriving);
				return problem;
			});
			this.#own(acquisition.value);
			return acquisition;
		} finally {
			signal.removeEventListener("abort", onAbort);
		}
	}

	#expectLate(run: ResourceRun, arriving: Promise<Acquisition>): void {
		arriving.then(
			(acquisition) => this.#options.onLate(run, acquisition),
			() => {}, // it failed, as was already said of it
		);
	}

	#limitMs(run: ResourceRun): number {
		const { optional, startupTimeoutMs } = run.settings;
		const own = startupTimeoutMs || Number.POSITIVE_INFINITY;
		const left = optional
			? Math.max(1, this.#options.timeLeftMs())
			: Number.POSITIVE_INFINITY;
		const limit = Math.min(own, left);
		return limit === Number.POSITIVE_INFINITY ? 0 : Math.floor(limit);
	}

	#isOutOfTime(run: ResourceRun, waitMs: number): boolean {
		return run.settings.optional && this.#options.timeLeftMs() <= waitMs;
	}

	#isOwned(value: unknown): boolean {
		return hasIdentity(value) && this.#owned.has(value);
	}

	#own(value: unknown): void {
		if (hasIdentity(value)) {
			this.#owned.add(value);
		}
	}
}

/** For how long tries go on, if each fails at once. */
function waitsOf(
	{ factor }: ResourceSettings["retry"],
	waitMs: number,
	tries: number,
): number {
	let total = 0;
	let next = waitMs;
	for (let left = tries; left > 0 && total < longestTimerMs; left--) {
		total += next;
		next = Math.min(next * factor, longestTimerMs);
	}
	return total;
}
