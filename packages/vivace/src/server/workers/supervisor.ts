import { aborted } from "../../time/waiting.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import { describeFailure, toListenError } from "../lifecycle/failure-text.ts";
import { longFarewellMs, shortFarewellMs } from "../lifecycle/farewell.ts";
import { addressOf, listenPlace } from "../lifecycle/listen-place.ts";
import {
	type ErrorOrigin,
	listenToErrors,
	originName,
} from "../lifecycle/process-errors.ts";
import { endProcess, listenToSignals } from "../lifecycle/process-signals.ts";
import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";
import type { Server, ServerStats } from "../lifecycle/server.ts";
import { reachableUrl, welcome } from "../lifecycle/server-url.ts";
import { wholeLimitMs } from "../lifecycle/watchdog.ts";
import type { WorkersPort } from "../lifecycle/workers-port.ts";
import { BrokerHost } from "./broker-host.ts";
import type { WorkerProcess } from "./worker-process.ts";
import { type SlotHost, WorkerSlot } from "./worker-slot.ts";

const { isatty } = process.getBuiltinModule("node:tty");

/** Options of a server with workers. */
export type SupervisorOptions = ResolvedServeOptions & {
	readonly workers: number;
};

/** How much longer than its limit a worker has, which ends itself and can say why. */
const killMarginMs = 5000;

/** How long workers have once nobody wants to wait any longer; each gives itself two seconds. */
const hurriedKillMs = 3500;

/**
 * Serves with several processes: starts the workers, each of which runs the program of this process, and listens when all are ready.
 *
 * @param port where they get connections
 * @throws WorkerStartError with the reason of the first worker that could not start, SetupError `VIV_LISTEN`
 */
export async function supervise(
	options: SupervisorOptions,
	port: WorkersPort,
	documentationPath?: string,
): Promise<Server> {
	return await new Supervisor(options, port).start(documentationPath);
}

class Supervisor implements Server, SlotHost {
	readonly messages: BrokerHost = new BrokerHost();
	readonly #options: SupervisorOptions;
	readonly #port: WorkersPort;
	readonly #slots: readonly WorkerSlot[];
	/** Those whose process runs. */
	readonly #workers = new Set<WorkerProcess>();
	readonly #hurry = new AbortController();
	readonly #failures: Error[] = [];
	#abandonedCount = 0;
	#forgetProcess: (() => void) | undefined;
	#address: ListenAddress | undefined;
	#stopping: Promise<void> | undefined;
	#isEndedBySignal = false;
	#startAborted: string | undefined;
	/** The restart that is under way. */
	#restarting: Promise<void> | undefined;
	#isRestartWanted = false;
	/** The replacements of single workers that are under way or wait. */
	#renewing: Promise<void> = Promise.resolve();

	constructor(options: SupervisorOptions, port: WorkersPort) {
		this.#options = options;
		this.#port = port;
		this.#slots = Array.from(
			{ length: options.workers },
			(_, id) => new WorkerSlot(id, this),
		);
	}

	get host(): string {
		return addressOf(this.#options, this.#address).host;
	}

	get port(): number {
		return addressOf(this.#options, this.#address).port;
	}

	get url(): string {
		return reachableUrl(this.#options, this.#address);
	}

	stats(): ServerStats {
		let sockets = 0;
		for (const worker of this.#workers) {
			sockets += worker.socketCount;
		}
		return { abandoned: this.#abandonedCount, sockets };
	}

	get log(): ResolvedServeOptions["log"] {
		return this.#options.log;
	}

	get count(): number {
		return this.#options.workers;
	}

	get blockedMs(): number {
		return this.#options.workerLimits.blockedMs;
	}

	descriptorFor(id: number): number | undefined {
		return this.#port.descriptorFor(id);
	}

	get isStopping(): boolean {
		return this.#stopping !== undefined || this.#startAborted !== undefined;
	}

	get isServing(): boolean {
		for (const worker of this.#workers) {
			if (worker.hasServed && !worker.isStopping) {
				return true;
			}
		}
		return false;
	}

	async start(documentationPath: string | undefined): Promise<this> {
		this.#listenToProcess();
		try {
			await Promise.all(this.#slots.map((slot) => slot.start()));
			await this.#listen();
		} catch (error) {
			await this.#stop();
			if (this.#startAborted !== undefined) {
				throw new Error(this.#startAborted, { cause: error });
			}
			throw error;
		}
		const workers = this.count === 1 ? "1 worker" : `${this.count} workers`;
		this.log.info(welcome(this, documentationPath, ` with ${workers}`));
		return this;
	}

	async close(): Promise<void> {
		await this.#stop();
		if (this.#failures.length === 1) {
			throw this.#failures[0];
		}
		if (this.#failures.length > 1) {
			throw new AggregateError(
				this.#failures,
				`${this.#failures.length} workers did not stop cleanly`,
			);
		}
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	track(worker: WorkerProcess): void {
		this.#workers.add(worker);
		worker.onAbandoned = () => this.#abandonedCount++;
		void worker.ended.then((how) => {
			this.#workers.delete(worker);
			this.#port.remove(worker);
			if (!worker.isStopping || !worker.hasServed || how === undefined) {
				return;
			}
			const failure = `${worker.name} did not stop cleanly: ${how}`;
			this.log.error(failure);
			if (this.isStopping) {
				this.#failures.push(new Error(failure));
			}
		});
		if (this.isStopping) {
			this.retire(worker);
		}
	}

	open(worker: WorkerProcess): void {
		if (this.#address === undefined) {
			return; // all are opened together
		}
		worker.tellListening(this.#address);
		this.#port.add(worker);
	}

	retire(worker: WorkerProcess): void {
		if (worker.isStopping) {
			return;
		}
		this.#port.remove(worker);
		worker.tellDrain(longFarewellMs);
		worker.tellLast();
		this.#limit(worker);
	}

	renew(slot: WorkerSlot, worker: WorkerProcess, reason: string): void {
		this.#renewing = this.#renewing.then(async () => {
			if (this.isStopping || !slot.holds(worker)) {
				return;
			}
			this.log.info(`${worker.name} is replaced: ${reason}`);
			await slot.start().catch((error: unknown) => {
				if (!this.isStopping) {
					this.log.error(
						`a new worker could not start, ${worker.name} goes on: ${describeFailure(error)}`,
					);
				}
			});
		});
	}

	giveUp(reason: string): void {
		this.log.error(reason);
		this.#failures.push(new Error(reason));
		this.#isEndedBySignal ||= this.#options.exit;
		void this.#stop();
	}

	async #listen(): Promise<void> {
		const { host, port } = this.#options;
		try {
			this.#address = await this.#port.listen(listenPlace(this.#options));
		} catch (error) {
			throw toListenError(error, host, port);
		}
		for (const worker of this.#workers) {
			if (worker.isReady) {
				this.open(worker);
			}
		}
	}

	#listenToProcess(): void {
		const forgetting: (() => void)[] = [];
		if (this.#options.signals) {
			forgetting.push(listenToSignals(this.#onSignal));
			process.on("SIGHUP", this.#onHangup);
			forgetting.push(() => process.off("SIGHUP", this.#onHangup));
		}
		if (this.#options.uncaughtErrors) {
			forgetting.push(listenToErrors(this.#onError));
		}
		this.#forgetProcess = () => {
			for (const forget of forgetting) {
				forget();
			}
		};
	}

	readonly #onError = (
		error: unknown,
		origin: ErrorOrigin,
		isFirst: boolean,
	): void => {
		const name = originName(origin);
		const message = `${name} in the first process`;
		this.#failures.push(new Error(message, { cause: error }));
		if (isFirst) {
			const end = this.isStopping ? "" : "; Vivace stops and ends with 1";
			this.log.error(`${message}${end}`, error);
		}
		this.#endBy(name);
	};

	readonly #onSignal = (signal: NodeJS.Signals, isFirst: boolean): void => {
		if (!isFirst) {
			this.log.warn(`Vivace stops at once (${signal} again)`);
			this.#hurry.abort();
		} else {
			this.#endBy(signal);
		}
	};

	/** Reload, or the terminal was closed, on which nothing can be read or written any more. */
	readonly #onHangup = (): void => {
		if (hadTerminal && !isatty(2)) {
			this.#endBy("SIGHUP: its terminal is gone");
		} else if (!this.isStopping && this.#address !== undefined) {
			this.#requestRestart();
		}
	};

	#endBy(signal: string): void {
		if (this.isStopping) {
			return;
		}
		if (this.#address === undefined) {
			this.#startAborted = `Vivace was told to stop (${signal}) while it was starting`;
			for (const worker of this.#workers) {
				this.retire(worker);
			}
		} else {
			this.log.info(`Vivace is stopping (${signal})`);
			this.#isEndedBySignal = true;
			void this.#stop();
		}
	}

	#requestRestart(): void {
		this.#isRestartWanted = true;
		this.#restarting ??= this.#restart().finally(() => {
			this.#restarting = undefined;
		});
	}

	async #restart(): Promise<void> {
		while (this.#isRestartWanted && !this.isStopping) {
			this.#isRestartWanted = false;
			this.log.info("Vivace replaces its workers (SIGHUP)");
			try {
				for (const slot of this.#slots) {
					await slot.start();
				}
				this.log.info("Vivace has replaced its workers");
			} catch (error) {
				if (this.isStopping) {
					return;
				}
				this.log.error(
					`a new worker could not start, the others go on: ${describeFailure(error)}`,
				);
			}
		}
	}

	#stop(): Promise<void> {
		this.#stopping ??= this.#runStop();
		return this.#stopping;
	}

	async #runStop(): Promise<void> {
		const hurry = this.#hurry.signal;
		for (const slot of this.#slots) {
			slot.close();
		}
		const workers = [...this.#workers].filter((worker) => !worker.isStopping);
		for (const worker of workers) {
			worker.tellDrain(shortFarewellMs);
			this.#limit(worker);
		}
		if (this.#address !== undefined) {
			await this.#waitForDelay(hurry);
		}
		await this.#port.close(hurry);
		for (const worker of workers) {
			this.#port.remove(worker);
			worker.tellLast();
		}
		const ended = Promise.all([...this.#workers].map((worker) => worker.ended));
		await Promise.race([ended, aborted(hurry)]);
		if (hurry.aborted) {
			for (const worker of this.#workers) {
				worker.tellHurry();
				worker.killAfter(hurriedKillMs);
			}
			await ended;
		}
		this.#forgetProcess?.();
		if (this.#isEndedBySignal) {
			this.#endProcess();
		}
	}

	async #waitForDelay(hurry: AbortSignal): Promise<void> {
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, this.#options.drainDelayMs);
			void aborted(hurry).then(() => {
				clearTimeout(timer);
				resolve();
			});
		});
	}

	#endProcess(): void {
		const hasFailed = this.#failures.length > 0 || this.#hurry.signal.aborted;
		if (hasFailed) {
			this.log.error("Vivace has stopped, not cleanly");
		} else {
			this.log.info("Vivace has stopped");
		}
		endProcess(hasFailed ? 1 : 0, (kept) =>
			this.log.warn(`Vivace ends the process, which was kept alive by ${kept}`),
		);
	}

	#limit(worker: WorkerProcess): void {
		const limitMs = wholeLimitMs(this.#options);
		if (limitMs !== undefined) {
			worker.killAfter(limitMs + killMarginMs);
		}
	}
}

/** True when a terminal was there when the program began. */
const hadTerminal = isatty(2);
