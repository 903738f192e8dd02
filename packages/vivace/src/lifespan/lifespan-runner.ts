import { LifespanError } from "../errors/setup-error.ts";
import type { StopOptions, StopReport } from "../http/app-port.ts";
import type { Worker } from "../http/worker.ts";
import { type Cell, empty } from "../inject/cell.ts";
import { type CheckResult, Readiness } from "./readiness.ts";
import { ReleaseBudget } from "./release-budget.ts";
import { lifespanReporter } from "./report/default-reporter.ts";
import type { LifespanReporter } from "./report/lifespan-reporter.ts";
import { type TimelineEntry, timelineEntry } from "./report/timeline.ts";
import type { ResourceNode } from "./resource.ts";
import { resourceRuns } from "./resource-graph.ts";
import { ResourceReleaser } from "./resource-releaser.ts";
import type { ResourceRun, ResourceState } from "./resource-run.ts";
import { milliseconds } from "./resource-settings.ts";
import { StartUp } from "./start-up.ts";

/** Options of {@link LifespanRunner}. */
export interface LifespanRunnerOptions {
	/** How long start-up may take as a whole, in milliseconds; `0` is no limit. Default: 0. */
	readonly startupTimeoutMs?: number;
	/** How long a start-up that was given up waits for what is still starting, in milliseconds. Default: 5,000. */
	readonly abortTimeoutMs?: number;
	/** Which of several workers this is. Default: the only one. */
	readonly worker?: Worker;
	/** Told about start-up and release while they happen. Default: {@link lifespanReporter} on the console. */
	readonly reporter?: LifespanReporter;
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
	readonly #abortTimeoutMs: number;
	readonly #reporter: LifespanReporter;
	readonly #budget: ReleaseBudget;
	readonly #releaser: ResourceReleaser;
	readonly #startUp: StartUp;
	readonly #readiness: Readiness;
	#phase: Phase = "idle";
	#startedAt = 0;
	#starting: Promise<void> | undefined;
	#stopping: Promise<StopReport> | undefined;
	#releasing: Promise<LifespanError[]> | undefined;

	/** @throws SetupError `VIV_OPTION` */
	constructor(
		nodes: readonly ResourceNode[],
		options: LifespanRunnerOptions = {},
	) {
		this.#runs = resourceRuns(nodes);
		this.#byNode = new Map(this.#runs.map((run) => [run.node, run]));
		this.#abortTimeoutMs = milliseconds(
			"abortTimeoutMs",
			options.abortTimeoutMs ?? 5_000,
		);
		this.#reporter = options.reporter ?? lifespanReporter(console);
		this.#budget = new ReleaseBudget();
		const clock = (): number => this.#clock();
		this.#releaser = new ResourceReleaser(this.#reporter, this.#budget, clock);
		this.#startUp = new StartUp({
			runs: this.#runs,
			reporter: this.#reporter,
			releaser: this.#releaser,
			worker: options.worker ?? { id: 0, count: 1, isPrimary: true },
			read: (node) => this.valueOf(node),
			clock,
			limitMs: milliseconds("startupTimeoutMs", options.startupTimeoutMs ?? 0),
		});
		this.#readiness = new Readiness(this.#runs);
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
		const cell = this.cellOf(node);
		if (cell.value === empty) {
			throw cell.whyEmpty();
		}
		return cell.value;
	}

	/**
	 * Where the value of a resource is found from start to stop.
	 * @throws LifespanError when it is not among the nodes
	 */
	cellOf(node: ResourceNode): Cell {
		const run = this.#byNode.get(node);
		if (run === undefined) {
			throw new LifespanError(
				`"${node.name}" was asked for, but is not among the app's resources; name it in new App({ resources: […] })`,
			);
		}
		return run.cell;
	}

	/**
	 * Releases what was acquired, last first, one at a time, each within its limit; while start-up runs, gives it up first. A second
	 * call gives the same promise. Never rejects.
	 *
	 * @param options.limitMs all that is left to do must be done within as many milliseconds, also when it is already being done.
	 */
	stop(options: StopOptions = {}): Promise<StopReport> {
		this.#releaser.onRelease = options.onRelease ?? this.#releaser.onRelease;
		if (options.limitMs !== undefined) {
			this.#budget.shorten(options.limitMs);
		}
		this.#stopping ??= this.#stop();
		return this.#stopping;
	}

	/** The history of each resource so far, in the order of first mention. */
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
		this.#startedAt = performance.now();
		this.#phase = "starting";
		if (!(await this.#startUp.run(signal))) {
			throw await this.#rollBack();
		}
		this.#phase = "ready";
		const degraded = this.#runs.filter((run) => run.state === "degraded");
		this.#reporter.started(
			this.#startUp.acquired.length,
			degraded.map((run) => run.name),
			this.#clock(),
		);
	}

	/** Releases what was acquired; resolves to the error with which start-up ends. */
	async #rollBack(): Promise<unknown> {
		const errors = await this.#releaseAll();
		this.#phase = "failed";
		this.#reporter.stopped();
		return this.#startUp.errorWith(errors);
	}

	async #stop(): Promise<StopReport> {
		this.#startUp.giveUp(new LifespanError("the app was told to stop"));
		await this.#starting?.catch(() => {}); // whoever started it is told
		const isRolledBack = this.#phase === "failed";
		this.#phase = "stopping";
		const errors = await this.#releaseAll();
		this.#phase = "stopped";
		if (!isRolledBack) {
			this.#reporter.stopped();
		}
		return { errors };
	}

	/** Waits for what is being acquired, within a bound, then releases everything. What comes later is released when it comes. */
	#releaseAll(): Promise<LifespanError[]> {
		this.#releasing ??= this.#settleAndRelease();
		return this.#releasing;
	}

	async #settleAndRelease(): Promise<LifespanError[]> {
		const { acquired } = this.#startUp;
		await this.#budget.wait(
			this.#startUp.settled(),
			this.#abortTimeoutMs,
			acquired.length + 1,
		);
		this.#startUp.close();
		return this.#releaser.releaseAll(acquired);
	}

	#clock(): number {
		return performance.now() - this.#startedAt;
	}
}
