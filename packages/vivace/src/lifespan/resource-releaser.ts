import { LifespanError } from "../errors/setup-error.ts";
import { empty } from "../inject/cell.ts";
import { withinLimit } from "../time/waiting.ts";
import type { Acquisition } from "./acquisition.ts";
import type { ReleaseBudget } from "./release-budget.ts";
import { outOfBudget, outOfTime } from "./release-budget.ts";
import type { LifespanReporter } from "./report/lifespan-reporter.ts";
import { messageOf, ResourceProblem } from "./resource-problem.ts";
import type { ResourceRun } from "./resource-run.ts";

/** Releases resources, each within its limit; failures are collected and never keep the others from being released. */
export class ResourceReleaser {
	readonly #reporter: LifespanReporter;
	readonly #budget: ReleaseBudget;
	readonly #clock: () => number;
	/** Told the name of each resource just before it is released. */
	onRelease: ((name: string) => void) | undefined;

	constructor(
		reporter: LifespanReporter,
		budget: ReleaseBudget,
		clock: () => number,
	) {
		this.#reporter = reporter;
		this.#budget = budget;
		this.#clock = clock;
	}

	/** Releases the last of `acquired` first, one at a time; resolves to what failed, in that order. Never rejects. */
	async releaseAll(acquired: readonly ResourceRun[]): Promise<LifespanError[]> {
		const errors: LifespanError[] = [];
		for (let left = acquired.length; left > 0; left--) {
			const run = acquired[left - 1] as ResourceRun; // the index is below the length
			const error = await this.#release(run, left);
			if (error) {
				errors.push(error);
			}
		}
		return errors;
	}

	/** Releases what arrived when nobody wanted it any more; resolves when that is done. Never rejects. */
	async releaseLate(run: ResourceRun, acquisition: Acquisition): Promise<void> {
		const limitMs = run.settings.shutdownTimeoutMs;
		const begunAtMs = this.#clock();
		this.#reporter.late(run.name);
		const error = await withinLimit(acquisition.release(), limitMs, () =>
			outOfOwnTime(limitMs),
		).then(
			() => undefined,
			(cause) => releaseError(run, cause),
		);
		this.#reporter.released(run.name, this.#clock() - begunAtMs, error);
	}

	async #release(
		run: ResourceRun,
		left: number,
	): Promise<LifespanError | undefined> {
		const { acquisition } = run;
		if (!acquisition) {
			return undefined;
		}
		run.state = "releasing";
		run.cell.value = empty;
		run.releasingAtMs = this.#clock();
		this.#reporter.releasing(run.name);
		this.onRelease?.(run.name);
		const error = await this.#finish(run, acquisition, left);
		run.state = error ? "failed" : "released";
		if (error) {
			run.error = error;
		}
		run.releasedAtMs = this.#clock();
		run.acquisition = undefined;
		const ms = run.releasedAtMs - run.releasingAtMs;
		this.#reporter.released(run.name, ms, error);
		return error;
	}

	async #finish(
		run: ResourceRun,
		acquisition: Acquisition,
		left: number,
	): Promise<LifespanError | undefined> {
		const limitMs = run.settings.shutdownTimeoutMs;
		try {
			const end = await this.#budget.wait(acquisition.release(), limitMs, left);
			if (end === outOfTime) {
				return releaseError(run, outOfOwnTime(limitMs));
			}
			return end === outOfBudget
				? releaseError(run, outOfSharedTime())
				: undefined;
		} catch (cause) {
			return releaseError(run, cause);
		}
	}
}

function outOfOwnTime(limitMs: number): ResourceProblem {
	return new ResourceProblem(
		`was not released within ${limitMs} ms (shutdownTimeoutMs) and was abandoned`,
	);
}

function outOfSharedTime(): ResourceProblem {
	return new ResourceProblem(
		"was not released in the time that was left to stop and was abandoned",
	);
}

function releaseError(run: ResourceRun, cause: unknown): LifespanError {
	if (cause instanceof ResourceProblem) {
		return new LifespanError(
			`"${run.name}" ${cause.message}`,
			"cause" in cause ? { cause: cause.cause } : {},
		);
	}
	return new LifespanError(
		`"${run.name}" could not be released: ${messageOf(cause)}`,
		{ cause },
	);
}
