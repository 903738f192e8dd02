import { waitAtMost } from "../../time/waiting.ts";
import type { ServerLog } from "../lifecycle/serve-options.ts";
import {
	type WorkerHost,
	WorkerProcess,
	WorkerStartError,
} from "./worker-process.ts";

/** The part of the supervisor that a place for a worker needs. */
export interface SlotHost extends WorkerHost {
	readonly log: ServerLog;
	/** True when anything more is to be started. */
	readonly isStopping: boolean;
	/** A process was started; whether it ever serves is not known. */
	track(worker: WorkerProcess): void;
	/** It has started and can take connections. */
	open(worker: WorkerProcess): void;
	/** It takes no more connections, and stops. */
	retire(worker: WorkerProcess): void;
	/** Its worker shall be replaced, one after the other with those of other places. */
	renew(slot: WorkerSlot, worker: WorkerProcess, reason: string): void;
	/** Nobody serves, and workers keep failing. */
	giveUp(reason: string): void;
	/** True when any worker serves. */
	readonly isServing: boolean;
}

/** A worker that has served for so long was sound; if it dies, another is started at once. */
const soundMs = 10_000;

/** From the second try in a row on, how long is waited before a worker is started: twice as long each time. */
const firstDelayMs = 100;
const longestDelayMs = 30_000;

/** A signal for one worker is often one for all processes; the first process may get it a little later. */
const groupSignalMs = 100;

/** How long a worker may take to accept no more connections, in the place of which another does already. */
const leaveMs = 1000;

/** When nobody serves, how many workers in a row may fail in one place. */
const mostFailures = 5;

/** A place for one of the workers: has one serve, and another when that dies or is to be replaced. */
export class WorkerSlot {
	readonly #id: number;
	readonly #host: SlotHost;
	#current: WorkerProcess | undefined;
	/** The start that is under way. */
	#starting: Promise<unknown> | undefined;
	/** True when it has lost its worker. */
	#isVacant = false;
	#failuresInRow = 0;
	#timer: NodeJS.Timeout | undefined;

	constructor(id: number, host: SlotHost) {
		this.#id = id;
		this.#host = host;
	}

	/**
	 * Starts a worker, lets it take connections, and has the one before stop.
	 *
	 * @throws WorkerStartError when it ends before it served; the one before goes on
	 */
	start(): Promise<void> {
		clearTimeout(this.#timer);
		const after = this.#starting ?? Promise.resolve();
		const starting = after.then(() => this.#start());
		this.#starting = starting.catch(() => {}); // whoever asked for it is told
		return starting;
	}

	/** True when this worker has the place. */
	holds(worker: WorkerProcess): boolean {
		return this.#current === worker && !worker.isStopping;
	}

	/** No worker is started any more. */
	close(): void {
		clearTimeout(this.#timer);
	}

	async #start(): Promise<void> {
		const worker = new WorkerProcess(this.#id, this.#host);
		this.#host.track(worker);
		await worker.ready;
		if (this.#host.isStopping) {
			throw new WorkerStartError("the server stops");
		}
		const before = this.#current;
		this.#current = worker;
		worker.onLeaving = (reason, hasFailed) =>
			this.#onLeaving(worker, reason, hasFailed);
		worker.onTired = (reason) => this.#host.renew(this, worker, reason);
		void worker.ended.then((how) => this.#onEnded(worker, how));
		this.#host.open(worker);
		if (before !== undefined) {
			this.#host.retire(before);
			// only the new one answers from now on; one that is busy computing is not waited for
			await waitAtMost(before.left, leaveMs);
		}
		if (this.#isVacant) {
			this.#host.log.info(`${worker.name} serves`);
		}
		this.#isVacant = false;
	}

	#onLeaving(worker: WorkerProcess, reason: string, hasFailed: boolean): void {
		if (worker.isStopping) {
			return;
		}
		this.#host.retire(worker);
		if (this.#host.isStopping || this.#current !== worker) {
			return;
		}
		this.#current = undefined;
		if (hasFailed) {
			this.#countFailure(worker);
			this.#tryAgain(`${worker.name} stops (${reason})`);
			return;
		}
		this.#replace(
			groupSignalMs,
			`${worker.name} stops (${reason}); another takes its place`,
		);
	}

	#onEnded(worker: WorkerProcess, how = "exit code 0"): void {
		if (this.#current !== worker) {
			return; // another has its place
		}
		this.#current = undefined;
		if (this.#host.isStopping) {
			return;
		}
		this.#countFailure(worker);
		this.#tryAgain(`${worker.name} died: ${how}`);
	}

	#countFailure(worker: WorkerProcess): void {
		this.#failuresInRow =
			worker.servedMs > soundMs ? 0 : this.#failuresInRow + 1;
	}

	#tryAgain(what: string): void {
		const failures = this.#failuresInRow;
		if (failures >= mostFailures && !this.#host.isServing) {
			this.#host.giveUp(
				`${what}; that was the ${failures}th failure in a row and no other worker serves`,
			);
			return;
		}
		const delayMs =
			failures <= 1
				? 0
				: Math.min(firstDelayMs * 2 ** (failures - 2), longestDelayMs);
		const when = delayMs === 0 ? "now" : `in ${delayMs / 1000} s`;
		this.#host.log.error(`${what}; another is started ${when}`);
		this.#replace(delayMs);
	}

	#replace(delayMs: number, line?: string): void {
		this.#isVacant = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			if (line !== undefined) {
				this.#host.log.info(line);
			}
			const starting = this.#starting ?? Promise.resolve();
			void starting.then(() => this.#fill());
		}, delayMs);
	}

	/** Starts a worker where there is none. */
	async #fill(): Promise<void> {
		if (this.#current !== undefined || this.#host.isStopping) {
			return;
		}
		try {
			await this.start();
		} catch (error) {
			if (this.#host.isStopping) {
				return;
			}
			this.#failuresInRow++;
			this.#tryAgain(
				`worker ${this.#id} could not start: ${(error as Error).message}`, // a WorkerStartError
			);
		}
	}
}
