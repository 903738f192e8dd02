import { LifespanError } from "../errors/setup-error.ts";
import type { StopReport } from "../http/app-port.ts";
import type { Acquisition } from "./acquisition.ts";
import { lifespanReporter } from "./default-reporter.ts";
import type { LifespanLogger, LifespanReporter } from "./lifespan-reporter.ts";
import { type CheckResult, Readiness } from "./readiness.ts";
import { ReleaseBudget } from "./release-budget.ts";
import type { ResourceNode, Worker } from "./resource.ts";
import { ResourceAcquirer } from "./resource-acquirer.ts";
import { resourceRuns } from "./resource-graph.ts";
import { isMistake } from "./resource-problem.ts";
import { ResourceReleaser } from "./resource-releaser.ts";
import type { ResourceRun, ResourceState } from "./resource-run.ts";
import { isSettled } from "./resource-run.ts";
import { milliseconds } from "./resource-settings.ts";
import {
	besideFailure,
	type Failure,
	isGivingUp,
	startFailure,
	startTimeout,
} from "./start-failure.ts";
import { type TimelineEntry, timelineEntry } from "./timeline.ts";

/** Options of {@link LifespanRunner}. */
export interface LifespanRunnerOptions {
	/** How long start-up may take as a whole, in milliseconds; `0` is no limit. Default: 0. */
	readonly startupTimeoutMs?: number;
	/** How long a start-up that was given up waits for what is still starting, in milliseconds. Default: 5,000. */
	readonly abortTimeoutMs?: number;
	/** Default: the only worker. */
	readonly worker?: Worker;
	/** Where the lines of the default reporter go. Default: `console`. */
	readonly logger?: LifespanLogger;
	/** What is told about start-up and release while they happen. Default: {@link lifespanReporter} with the logger. */
	readonly reporter?: LifespanReporter;
	/** A clock in milliseconds. Default: `performance.now`. */
	readonly now?: () => number;
}

/** How the lifespan stands, and each resource by its name. */
export interface LifespanStatus {
	/** `degraded`: it serves, but without an optional resource. */
	readonly state:
		| "idle"
		| "starting"
		| "ready"
		| "degraded"
		| "failed"
		| "stopping"
		| "stopped";
	readonly resources: Readonly<Record<string, ResourceState>>;
}

type Phase = Exclude<LifespanStatus["state"], "degraded">;

/**
 * One life of an app's resources: acquires each once, those that do not need each other at the same time; releases them in reverse
 * order of acquisition, also when start-up fails half-way.
 */
export class LifespanRunner {
	readonly #runs: readonly ResourceRun[];
	readonly #byNode: ReadonlyMap<ResourceNode, ResourceRun>;
	readonly #startupTimeoutMs: number;
	readonly #abortTimeoutMs: number;
	readonly #reporter: LifespanReporter;
	readonly #now: () => number;
	readonly #budget: ReleaseBudget;
	readonly #acquirer: ResourceAcquirer;
	readonly #releaser: ResourceReleaser;
	readonly #readiness: Readiness;
	/** In the order of acquisition. */
	readonly #acquired: ResourceRun[] = [];
	readonly #failures: Failure[] = [];
	/** What is being acquired, in start-up or in the background. */
	readonly #inFlight = new Set<Promise<void>>();
	/** Aborted when start-up is given up, and when the app stops. */
	readonly #giveUp = new AbortController();
	readonly #startEnd: PromiseWithResolvers<void> = Promise.withResolvers();
	#phase: Phase = "idle";
	#startedAt = 0;
	/** The failure for which start-up was given up; undefined if it was for another reason. */
	#firstFailure: Failure | undefined;
	/** Set when start-up is given up: makes the error with which it ends from what failed beside. */
	#toStartError: ((errors: readonly unknown[]) => unknown) | undefined;
	/** From here on what arrives is released at once. */
	#isReleasing = false;
	#starting: Promise<void> | undefined;
	#stopping: Promise<StopReport> | undefined;
	#releasing: Promise<LifespanError[]> | undefined;

	/** @throws SetupError `VIV_CYCLE` or `VIV_OPTION` */
	constructor(
		nodes: readonly ResourceNode[],
		options: LifespanRunnerOptions = {},
	) {
		this.#runs = resourceRuns(nodes);
		this.#byNode = new Map(this.#runs.map((run) => [run.node, run]));
		this.#startupTimeoutMs = milliseconds(
			"startupTimeoutMs",
			options.startupTimeoutMs ?? 0,
		);
		this.#abortTimeoutMs = milliseconds(
			"abortTimeoutMs",
			options.abortTimeoutMs ?? 5_000,
		);
		this.#now = options.now ?? (() => performance.now());
		this.#reporter =
			options.reporter ??
			lifespanReporter(options.logger ?? console, { now: this.#now });
		this.#budget = new ReleaseBudget(this.#now);
		this.#releaser = new ResourceReleaser(this.#reporter, this.#budget, () =>
			this.#clock(),
		);
		this.#acquirer = new ResourceAcquirer({
			reporter: this.#reporter,
			worker: options.worker ?? { id: 0, count: 1, isPrimary: true },
			read: (node) => this.valueOf(node),
			timeLeftMs: () => this.#timeLeftMs(),
			onLate: (run, acquisition) => this.#releaseLate(run, acquisition),
		});
		this.#readiness = new Readiness(this.#runs, this.#now);
	}

	/**
	 * Acquires every resource. A second call gives the same promise.
	 *
	 * @throws LifespanError when a resource that is not optional fails, or the time is up, after what had been acquired was released:
	 * its `cause` is what failed first. The signal's reason, when that was aborted meanwhile.
	 */
	start(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
		this.#starting ??= this.#start(options.signal);
		return this.#starting;
	}

	/**
	 * The value of a resource that is ready; `undefined` for an optional one that was not acquired yet.
	 *
	 * @throws LifespanError before it was acquired and after it was released.
	 */
	valueOf(node: ResourceNode): unknown {
		const run = this.#byNode.get(node);
		if (run?.state === "ready") return run.acquisition?.value;
		if (run?.state === "degraded") return undefined;
		throw new LifespanError(
			run
				? `"${run.name}" was asked for while it is ${run.state}; use it between start and stop only`
				: `"${node.name}" was asked for, but is not among the app's resources; name it in new App({ resources: […] })`,
		);
	}

	/**
	 * Releases what was acquired, last first, one at a time, each within its limit; while start-up runs, gives it up first. A second
	 * call gives the same promise. Never rejects.
	 *
	 * @param options.limitMs all that is left to do must be done within as many milliseconds, also when it is already being done.
	 */
	stop(options: { readonly limitMs?: number } = {}): Promise<StopReport> {
		if (options.limitMs !== undefined) this.#budget.shorten(options.limitMs);
		this.#stopping ??= this.#stop();
		return this.#stopping;
	}

	/** What happened to each resource so far, in the order of first mention. */
	timeline(): readonly TimelineEntry[] {
		const nowMs = this.#clock();
		return Object.freeze(this.#runs.map((run) => timelineEntry(run, nowMs)));
	}

	status(): LifespanStatus {
		const resources = Object.fromEntries(
			this.#runs.map((run) => [run.name, run.state]),
		);
		const isDegraded =
			this.#phase === "ready" &&
			this.#runs.some((run) => run.state === "degraded");
		return { state: isDegraded ? "degraded" : this.#phase, resources };
	}

	/**
	 * Asks every resource whether it works, all at the same time; those without a `check` work when they are ready. Answers younger
	 * than a second are given again. Never rejects.
	 *
	 * @param options.timeoutMs how long each check may take. Default: 1,000.
	 */
	checkAll(
		options: { readonly timeoutMs?: number } = {},
	): Promise<Readonly<Record<string, CheckResult>>> {
		return this.#readiness.checkAll(options.timeoutMs ?? 1_000);
	}

	async #start(signal: AbortSignal | undefined): Promise<void> {
		if (this.#stopping) {
			throw new LifespanError(
				"the lifespan was asked to start after it had been stopped",
			);
		}
		this.#startedAt = this.#now();
		this.#phase = "starting";
		await this.#acquireAll(signal);
		if (this.#giveUp.signal.aborted) throw await this.#rollBack();
		this.#phase = "ready";
		this.#reportStarted();
	}

	/** Resolves when every resource is ready or start-up was given up. */
	async #acquireAll(signal: AbortSignal | undefined): Promise<void> {
		const limitMs = this.#startupTimeoutMs;
		const onAbort = (): void =>
			this.#giveUpStart(signal?.reason, () => signal?.reason);
		if (signal?.aborted) onAbort();
		signal?.addEventListener("abort", onAbort, { once: true });
		const timer =
			limitMs === 0 ? undefined : setTimeout(() => this.#onTimeUp(), limitMs);
		this.#startThoseThatCan();
		await this.#startEnd.promise;
		clearTimeout(timer);
		signal?.removeEventListener("abort", onAbort);
	}

	/** In the order of the list, so that the same graph starts in the same order. */
	#startThoseThatCan(): void {
		if (this.#giveUp.signal.aborted) return;
		for (const run of this.#runs) {
			if (run.state === "waiting" && run.needs.every(isSettled)) {
				this.#track(this.#startOne(run));
			}
		}
		if (this.#runs.every(isSettled)) this.#startEnd.resolve();
	}

	async #startOne(run: ResourceRun): Promise<void> {
		run.state = "starting";
		run.startedAtMs = this.#clock();
		try {
			this.#keep(run, await this.#acquirer.acquire(run, this.#giveUp.signal));
		} catch (error) {
			this.#miss(run, error);
		}
		for (const dependant of run.neededBy) dependant.heldUpBy = run;
		this.#startThoseThatCan();
	}

	#keep(run: ResourceRun, acquisition: Acquisition): void {
		if (this.#isReleasing) {
			this.#releaseLate(run, acquisition);
			return;
		}
		run.acquisition = acquisition;
		run.error = undefined;
		run.state = "ready";
		run.readyAtMs = this.#clock();
		this.#acquired.push(run);
		this.#reporter.ready(run.name, run.readyAtMs - (run.startedAtMs ?? 0));
	}

	#miss(run: ResourceRun, error: unknown): void {
		const { signal } = this.#giveUp;
		run.error = error;
		if (run.settings.optional && !isMistake(error) && !signal.aborted) {
			run.state = "degraded";
			this.#reporter.degraded(run.name, error);
			this.#track(this.#startInBackground(run));
			return;
		}
		run.state = "failed";
		if (signal.aborted && isGivingUp(error, signal.reason)) return;
		const failure = { run, error };
		if (!signal.aborted) this.#firstFailure = failure;
		this.#failures.push(failure);
		this.#reporter.failed(run.name, error);
		this.#giveUpStart(
			new LifespanError(`start-up was given up, for "${run.name}" failed`, {
				cause: error,
			}),
			(errors) => startFailure(failure, errors),
		);
	}

	async #startInBackground(run: ResourceRun): Promise<void> {
		try {
			this.#keep(
				run,
				await this.#acquirer.acquireInBackground(run, this.#giveUp.signal),
			);
		} catch {
			// Only an abort ends the tries; what failed before was reported.
		}
	}

	#track(work: Promise<void>): void {
		this.#inFlight.add(work);
		work.finally(() => this.#inFlight.delete(work));
	}

	/** The first reason counts. */
	#giveUpStart(
		reason: unknown,
		toError: (errors: readonly unknown[]) => unknown,
	): void {
		this.#toStartError ??= toError;
		this.#giveUp.abort(reason);
		this.#startEnd.resolve();
	}

	#onTimeUp(): void {
		// Optional resources keep within the limit by themselves.
		if (this.#runs.every((run) => isSettled(run) || run.settings.optional)) {
			return;
		}
		const toError = startTimeout(this.#runs, this.#startupTimeoutMs);
		this.#giveUpStart(toError([]), toError);
	}

	/** Releases what was acquired; resolves to the error with which start-up ends. */
	async #rollBack(): Promise<unknown> {
		const releaseErrors = await this.#releaseAll();
		this.#phase = "failed";
		this.#reporter.stopped();
		const others = this.#failures.filter((one) => one !== this.#firstFailure);
		return this.#toStartError?.([
			...others.map(besideFailure),
			...releaseErrors,
		]);
	}

	#reportStarted(): void {
		const degraded = this.#runs.filter((run) => run.state === "degraded");
		this.#reporter.started(
			this.#acquired.length,
			degraded.map((run) => run.name),
			this.#clock(),
		);
	}

	async #stop(): Promise<StopReport> {
		const reason = new LifespanError("the app was told to stop");
		const isStarting = this.#phase === "starting";
		if (isStarting) {
			this.#giveUpStart(reason, () => reason);
			await this.#starting?.catch(() => {}); // whoever started it is told
		}
		this.#giveUp.abort(reason);
		const isRolledBack = this.#phase === "failed";
		this.#phase = "stopping";
		const errors = await this.#releaseAll();
		this.#phase = "stopped";
		if (!isRolledBack) this.#reporter.stopped();
		return { errors };
	}

	/** Waits for what is being acquired, within a bound, then releases everything. What comes later is released when it comes. */
	#releaseAll(): Promise<LifespanError[]> {
		this.#releasing ??= this.#settleAndRelease();
		return this.#releasing;
	}

	async #settleAndRelease(): Promise<LifespanError[]> {
		if (this.#inFlight.size > 0) {
			await this.#budget.wait(
				Promise.allSettled(this.#inFlight),
				this.#abortTimeoutMs,
				this.#acquired.length + 1,
			);
		}
		this.#isReleasing = true;
		for (const run of this.#runs) {
			if (run.state === "starting") run.state = "failed";
		}
		return this.#releaser.releaseAll(this.#acquired);
	}

	#releaseLate(run: ResourceRun, acquisition: Acquisition): void {
		void this.#releaser.releaseLate(run, acquisition);
	}

	#timeLeftMs(): number {
		if (this.#startupTimeoutMs === 0 || this.#phase !== "starting") {
			return Number.POSITIVE_INFINITY;
		}
		return this.#startupTimeoutMs - this.#clock();
	}

	#clock(): number {
		return this.#now() - this.#startedAt;
	}
}
