import { withinLimit } from "../time/waiting.ts";
import { messageOf, ResourceProblem } from "./resource-problem.ts";
import type { ResourceRun, ResourceState } from "./resource-run.ts";

/** The answer to whether a resource works: plain data. */
export interface CheckResult {
	readonly ok: boolean;
	readonly state: ResourceState;
	/** True when the app can serve without it. */
	readonly optional: boolean;
	/** The words of what is wrong; left out when it works. May name hosts: not for strangers. */
	readonly error?: string;
}

/** For how long answers are given again. */
const freshForMs = 1_000;

/** Asks resources whether they work. */
export class Readiness {
	readonly #runs: readonly ResourceRun[];
	/** A check that has not answered yet is waited for again rather than asked a second time. */
	readonly #asked = new Map<ResourceRun, Promise<void>>();
	#answers: Promise<Readonly<Record<string, CheckResult>>> | undefined;
	#answeredAt = 0;

	constructor(runs: readonly ResourceRun[]) {
		this.#runs = runs;
	}

	checkAll(timeoutMs: number): Promise<Readonly<Record<string, CheckResult>>> {
		if (!this.#answers || performance.now() - this.#answeredAt >= freshForMs) {
			this.#answeredAt = performance.now();
			this.#answers = this.#ask(timeoutMs);
		}
		return this.#answers;
	}

	async #ask(timeoutMs: number): Promise<Record<string, CheckResult>> {
		const answers = await Promise.all(
			this.#runs.map(async (run) => {
				const error = await this.#problemOf(run, timeoutMs);
				const result: CheckResult = {
					ok: error === undefined,
					state: run.state,
					optional: run.settings.optional,
					...(error !== undefined && { error }),
				};
				return [run.name, result] as const;
			}),
		);
		return Object.fromEntries(answers);
	}

	async #problemOf(
		run: ResourceRun,
		timeoutMs: number,
	): Promise<string | undefined> {
		if (run.state !== "ready") {
			return run.error === undefined
				? `it is ${run.state}`
				: messageOf(run.error);
		}
		if (!run.settings.check) {
			return undefined;
		}
		try {
			await withinLimit(
				this.#answerOf(run),
				timeoutMs,
				() =>
					new ResourceProblem(
						`its check did not answer within ${timeoutMs} ms`,
					),
			);
			return undefined;
		} catch (error) {
			return messageOf(error);
		}
	}

	#answerOf(run: ResourceRun): Promise<void> {
		const asked = this.#asked.get(run);
		if (asked) {
			return asked;
		}
		const answer = ask(run).finally(() => this.#asked.delete(run));
		this.#asked.set(run, answer);
		return answer;
	}
}

async function ask(run: ResourceRun): Promise<void> {
	await run.settings.check?.(run.acquisition?.value);
}
