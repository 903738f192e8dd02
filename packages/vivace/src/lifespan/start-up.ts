import { LifespanError } from "../errors/setup-error.ts";
import type { Worker } from "../http/worker.ts";
import type { Acquisition } from "./acquisition.ts";
import type { LifespanReporter } from "./report/lifespan-reporter.ts";
import {
	besideFailure,
	type Failure,
	isGivingUp,
	startFailure,
	startTimeout,
} from "./report/start-failure.ts";
import type { ResourceNode } from "./resource.ts";
import { ResourceAcquirer } from "./resource-acquirer.ts";
import { isMistake } from "./resource-problem.ts";
import type { ResourceReleaser } from "./resource-releaser.ts";
import type { ResourceRun } from "./resource-run.ts";
import { isSettled } from "./resource-run.ts";

/** The parts of {@link StartUp}. */
export interface StartUpOptions {
	/** In order: each after those that it needs. */
	readonly runs: readonly ResourceRun[];
	readonly reporter: LifespanReporter;
	readonly releaser: ResourceReleaser;
	readonly worker: Worker;
	/** Value of a resource that is ready. */
	readonly read: (node: ResourceNode) => unknown;
	/** Milliseconds since start-up began. */
	readonly clock: () => number;
	/** How long it may take in all, in milliseconds; `0` is no limit. */
	readonly limitMs: number;
}

/** Acquires a graph of resources, each as soon as those that it needs are ready, and goes on trying the optional ones. */
export class StartUp {
	readonly #options: StartUpOptions;
	readonly #acquirer: ResourceAcquirer;
	/** In the order of acquisition. */
	readonly #acquired: ResourceRun[] = [];
	readonly #inFlight = new Set<Promise<void>>();
	readonly #giveUp = new AbortController();
	readonly #end: PromiseWithResolvers<void> = Promise.withResolvers();
	readonly #failures: Failure[] = [];
	/** The failure for which start-up was given up; undefined if it was for another reason. */
	#firstFailure: Failure | undefined;
	/** Set when start-up is given up: makes the error with which it ends from what failed beside. */
	#toError: ((errors: readonly unknown[]) => unknown) | undefined;
	#isClosed = false;

	constructor(options: StartUpOptions) {
		this.#options = options;
		this.#acquirer = new ResourceAcquirer({
			...options,
			timeLeftMs: () => this.#timeLeftMs(),
			onLate: (run, acquisition) => this.#releaseLate(run, acquisition),
		});
	}

	/** Those that are ready, in the order of acquisition. */
	get acquired(): readonly ResourceRun[] {
		return this.#acquired;
	}

	/** Resolves to true when every resource is ready or degraded, to false as soon as start-up was given up. Never rejects. */
	async run(signal: AbortSignal | undefined): Promise<boolean> {
		const { limitMs } = this.#options;
		const onAbort = (): void => this.giveUp(signal?.reason);
		if (signal?.aborted) {
			onAbort();
		}
		signal?.addEventListener("abort", onAbort, { once: true });
		const timer =
			limitMs === 0 ? undefined : setTimeout(() => this.#onTimeUp(), limitMs);
		this.#startThoseThatCan();
		await this.#end.promise;
		clearTimeout(timer);
		signal?.removeEventListener("abort", onAbort);
		return !this.#giveUp.signal.aborted;
	}

	/**
	 * Tells what is being acquired, also in the background, to stop. The first call decides with which error start-up ends.
	 *
	 * @param toError makes it from what failed beside. Default: the reason itself.
	 */
	giveUp(
		reason: unknown,
		toError: (errors: readonly unknown[]) => unknown = () => reason,
	): void {
		this.#toError ??= toError;
		this.#giveUp.abort(reason);
		this.#end.resolve();
	}

	/** Resolves when nothing is being acquired any more. Never rejects. */
	async settled(): Promise<void> {
		await Promise.allSettled(this.#inFlight);
	}

	/** From here on what arrives is released at once. */
	close(): void {
		this.#isClosed = true;
		for (const run of this.#options.runs) {
			if (run.state === "starting") {
				run.state = "failed";
			}
		}
	}

	/** The error with which a start-up that was given up ends. */
	errorWith(releaseErrors: readonly unknown[]): unknown {
		const others = this.#failures.filter((one) => one !== this.#firstFailure);
		return this.#toError?.([...others.map(besideFailure), ...releaseErrors]);
	}

	/** In the order of the list, so that the same graph starts in the same order. */
	#startThoseThatCan(): void {
		if (this.#giveUp.signal.aborted) {
			return;
		}
		const { runs } = this.#options;
		for (const run of runs) {
			if (run.state === "waiting" && run.needs.every(isSettled)) {
				this.#track(this.#startOne(run));
			}
		}
		if (runs.every(isSettled)) {
			this.#end.resolve();
		}
	}

	async #startOne(run: ResourceRun): Promise<void> {
		run.state = "starting";
		run.startedAtMs = this.#options.clock();
		try {
			this.#keep(run, await this.#acquirer.acquire(run, this.#giveUp.signal));
		} catch (error) {
			this.#miss(run, error);
		}
		for (const dependant of run.neededBy) {
			dependant.heldUpBy = run;
		}
		this.#startThoseThatCan();
	}

	#keep(run: ResourceRun, acquisition: Acquisition): void {
		if (this.#isClosed) {
			this.#releaseLate(run, acquisition);
			return;
		}
		run.acquisition = acquisition;
		run.error = undefined;
		run.state = "ready";
		run.cell.value = acquisition.value;
		run.readyAtMs = this.#options.clock();
		this.#acquired.push(run);
		this.#options.reporter.ready(
			run.name,
			run.readyAtMs - (run.startedAtMs ?? 0),
		);
	}

	#miss(run: ResourceRun, error: unknown): void {
		run.error = error;
		const isGivenUp = this.#giveUp.signal.aborted;
		if (run.settings.optional && !isMistake(error) && !isGivenUp) {
			run.state = "degraded";
			run.cell.value = undefined;
			this.#options.reporter.degraded(run.name, error);
			this.#track(this.#startInBackground(run));
			return;
		}
		run.state = "failed";
		if (isGivenUp && isGivingUp(error, this.#giveUp.signal.reason)) {
			return;
		}
		this.#fail({ run, error });
	}

	#fail(failure: Failure): void {
		const { run, error } = failure;
		if (!this.#giveUp.signal.aborted) {
			this.#firstFailure = failure;
		}
		this.#failures.push(failure);
		this.#options.reporter.failed(run.name, error);
		this.giveUp(
			new LifespanError(`start-up was given up, for "${run.name}" failed`, {
				cause: error,
			}),
			(errors) => startFailure(failure, errors),
		);
	}

	async #startInBackground(run: ResourceRun): Promise<void> {
		const { signal } = this.#giveUp;
		try {
			this.#keep(run, await this.#acquirer.acquireInBackground(run, signal));
		} catch {
			// Only an abort ends the tries; what failed before was reported.
		}
	}

	#releaseLate(run: ResourceRun, acquisition: Acquisition): void {
		this.#track(this.#options.releaser.releaseLate(run, acquisition));
	}

	#track(work: Promise<void>): void {
		this.#inFlight.add(work);
		work.finally(() => this.#inFlight.delete(work));
	}

	#onTimeUp(): void {
		const { runs, limitMs } = this.#options;
		// Optional resources keep within the limit by themselves.
		if (runs.every((run) => isSettled(run) || run.settings.optional)) {
			return;
		}
		const toError = startTimeout(runs, limitMs);
		this.giveUp(toError([]), toError);
	}

	#timeLeftMs(): number {
		const { limitMs, runs, clock } = this.#options;
		const isOver = runs.every(isSettled);
		return limitMs === 0 || isOver
			? Number.POSITIVE_INFINITY
			: limitMs - clock();
	}
}
