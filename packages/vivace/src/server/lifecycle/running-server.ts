import { LifespanError } from "../../errors/setup-error.ts";
import type { AppPort } from "../../http/app-port.ts";
import { withRequestLog } from "../../logging/request-log.ts";
import { aborted } from "../../time/waiting.ts";
import type { ConnectionSource, ListenAddress } from "./connection-source.ts";
import { describeFailure, toListenError } from "./failure-text.ts";
import { shortFarewellMs } from "./farewell.ts";
import { addressOf } from "./listen-place.ts";
import type { Engine, Listener } from "./listener.ts";
import type { Primary } from "./primary.ts";
import {
	type ErrorOrigin,
	listenToErrors,
	originName,
} from "./process-errors.ts";
import { endProcess, listenToSignals } from "./process-signals.ts";
import type { ResolvedServeOptions } from "./serve-options.ts";
import type { Server, ServerStats } from "./server.ts";
import { reachableUrl, welcome } from "./server-url.ts";
import { patientOutcome, releaseResources, shutDown } from "./shutdown.ts";
import { hurryAtMs, Watchdog, wholeLimitMs } from "./watchdog.ts";
import { watchWorkerAge } from "./worker-age.ts";

/** How long a worker's count of sockets may be out of date. */
const tellingMs = 100;

/** An app that is served by this process. */
export class RunningServer implements Server {
	readonly #app: AppPort;
	readonly #options: ResolvedServeOptions;
	readonly #primary: Primary | undefined;
	/** How long stopping may take in all. */
	readonly #limitMs: number | undefined;
	readonly #listener: Listener;
	/** How long idle connections may bring one more request once it stops listening. */
	#farewellMs = shortFarewellMs;
	/** Aborted by a signal during the start. */
	readonly #startAbort = new AbortController();
	/** Aborted when nobody wants to wait any longer. */
	readonly #hurry = new AbortController();
	/** Ends listening to signals and to errors of the process. */
	readonly #forgetting: (() => void)[] = [];
	#address: ListenAddress | undefined;
	#stopping: Promise<readonly unknown[]> | undefined;
	/** The process ends with the server. */
	#isEndingProcess = false;
	/** The errors that nobody has caught. */
	readonly #uncaught: unknown[] = [];
	#watchdog: Watchdog | undefined;
	#telling: NodeJS.Timeout | undefined;

	/**
	 * @param connections where they come from, if not from a listening socket of its own
	 * @param primary if this process is a worker: the one that has started it
	 */
	constructor(
		engine: Engine,
		app: AppPort,
		options: ResolvedServeOptions,
		connections: ConnectionSource | undefined,
		primary: Primary | undefined,
	) {
		this.#app = app;
		this.#options =
			primary === undefined
				? options
				: workerOptions(options, primary.worker.id);
		this.#limitMs = wholeLimitMs(options);
		this.#primary = primary;
		const { requestLog } = options;
		this.#listener = engine.createListener(
			requestLog === undefined ? app : withRequestLog(app, requestLog),
			this.#options,
			connections,
			primary?.inherited,
		);
		this.#listener.onAbandoned = () => primary?.tellAbandoned();
		this.#listener.onSockets = primary && (() => this.#tellSockets(primary));
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
		const { abandonedCount, socketCount } = this.#listener;
		return { abandoned: abandonedCount, sockets: socketCount };
	}

	async start(): Promise<this> {
		if (this.#options.signals) {
			this.#forgetting.push(listenToSignals(this.#onSignal));
		}
		if (this.#options.uncaughtErrors) {
			this.#forgetting.push(listenToErrors(this.#onError));
		}
		this.#primary?.obey({
			drain: (farewellMs) => {
				this.#farewellMs = farewellMs;
				this.#obeyEnd("by the primary process");
			},
			hurry: () => this.#stopWaiting("after the second signal"),
		});
		try {
			await this.#startApp();
			await this.#listen();
		} catch (error) {
			this.#forgetProcess();
			this.#watchdog?.end();
			throw error;
		}
		this.#options.log.info(welcome(this, this.#app.documentationPath));
		this.#limitAge();
		return this;
	}

	/** Has a worker replaced in time. */
	#limitAge(): void {
		const primary = this.#primary;
		if (primary !== undefined) {
			this.#forgetting.push(
				watchWorkerAge(
					this.#options.workerLimits,
					() => this.#listener.requestCount,
					(reason) => primary.tire(reason),
				),
			);
		}
	}

	async close(): Promise<void> {
		this.#primary?.leave("close() was called");
		const errors = await this.#stop();
		if (errors.length === 1) {
			throw errors[0];
		}
		if (errors.length > 1) {
			throw new AggregateError(
				errors,
				`stopping the server failed in ${errors.length} places`,
			);
		}
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	async #startApp(): Promise<void> {
		const { signal } = this.#startAbort;
		const { rootPath } = this.#options;
		const worker = this.#primary?.worker;
		const starting = this.#app.start({
			signal,
			rootPath,
			...(worker && { worker }),
		});
		await Promise.race([starting, aborted(signal)]).catch((error: unknown) => {
			if (!signal.aborted) {
				throw error;
			}
		});
		if (!signal.aborted) {
			return;
		}
		if (await this.#hasStarted(starting)) {
			await this.#release();
		}
		throw signal.reason;
	}

	/** Waits until a start that was told to give up has done so; true if it came through all the same. */
	async #hasStarted(starting: Promise<void>): Promise<boolean> {
		const limitMs = this.#options.stopTimeoutMs || Number.POSITIVE_INFINITY;
		const ended = starting.then(
			() => true,
			(error: unknown) => {
				const errors = error instanceof LifespanError ? error.errors : [];
				for (const each of errors) {
					this.#options.log.error(describeFailure(each));
				}
				return false;
			},
		);
		return (await patientOutcome(ended, limitMs, this.#hurry.signal)) === true;
	}

	async #listen(): Promise<void> {
		const { host, port } = this.#options;
		try {
			this.#address = await this.#listener.listen();
		} catch (error) {
			await this.#release();
			this.#startAbort.signal.throwIfAborted();
			throw toListenError(error, host, port);
		}
		if (!this.#startAbort.signal.aborted) {
			return;
		}
		await this.#stop();
		throw this.#startAbort.signal.reason;
	}

	#release(): Promise<readonly unknown[]> {
		return releaseResources(this.#app, this.#options, this.#hurry.signal);
	}

	readonly #onSignal = (signal: NodeJS.Signals, isFirst: boolean): void => {
		if (!isFirst) {
			this.#options.log.warn(`Vivace stops at once (${signal} again)`);
			this.#stopWaiting("after the second signal");
		} else if (this.#primary !== undefined && this.#address !== undefined) {
			this.#primary.leave(signal); // the primary says when no connection comes any more
		} else {
			if (this.#address !== undefined) {
				this.#options.log.info(`Vivace is stopping (${signal})`);
			}
			this.#obeyEnd(signal);
		}
	};

	readonly #onError = (
		error: unknown,
		origin: ErrorOrigin,
		isFirst: boolean,
	): void => {
		const isAlone = this.#uncaught.push(error) === 1;
		const name = originName(origin);
		if (isFirst) {
			const end = isAlone ? "; Vivace stops and ends with 1" : "";
			this.#options.log.error(`${name} in the process${end}`, error);
		}
		if (isAlone && this.#primary !== undefined && this.#address !== undefined) {
			this.#primary.leave(name, { hasFailed: true });
		} else {
			this.#obeyEnd(name);
		}
	};

	/** Stops and then ends the process, in time. */
	#obeyEnd(reason: string): void {
		if (this.#isEndingProcess) {
			return;
		}
		this.#isEndingProcess = true;
		this.#limitTime();
		if (this.#address === undefined) {
			this.#watchdog?.enter("giving up the start");
			this.#startAbort.abort(
				new Error(`Vivace was told to stop (${reason}) while it was starting`),
			);
		} else {
			void this.#stop();
		}
	}

	/** Not for each of a thousand that come and go at the same time. */
	#tellSockets(primary: Primary): void {
		this.#telling ??= setTimeout(() => {
			this.#telling = undefined;
			primary.tellSockets(this.#listener.socketCount);
		}, tellingMs).unref();
	}

	#forgetProcess(): void {
		for (const forget of this.#forgetting.splice(0)) {
			forget();
		}
	}

	#stopWaiting(when: string): void {
		this.#hurry.abort(when);
	}

	#limitTime(): void {
		const { gracePeriodMs, log } = this.#options;
		if (this.#limitMs === undefined) {
			return;
		}
		this.#watchdog = new Watchdog(this.#limitMs, log);
		if (gracePeriodMs === 0) {
			return;
		}
		setTimeout(
			() => this.#stopWaiting("when gracePeriodMs was nearly over"),
			hurryAtMs(gracePeriodMs),
		).unref();
	}

	#stop(): Promise<readonly unknown[]> {
		this.#stopping ??= this.#runStop();
		return this.#stopping;
	}

	async #runStop(): Promise<readonly unknown[]> {
		const { log } = this.#options;
		const hurry = this.#hurry.signal;
		// the primary process accepts for other workers, or as long as its drain delay lasts
		this.#listener.isLeaving = this.#primary !== undefined;
		const errors = await shutDown(
			this.#app,
			this.#listener,
			this.#options,
			{ farewellMs: this.#farewellMs, hurry },
			(step) => this.#watchdog?.enter(step),
		);
		this.#forgetProcess();
		this.#primary?.end();
		if (this.#isEndingProcess) {
			const hasFailed =
				errors.length + this.#uncaught.length > 0 || hurry.aborted;
			if (hasFailed) {
				log.error(
					[
						"Vivace has stopped, not cleanly",
						...errors.map(describeFailure),
					].join("; "),
				);
			} else {
				log.info("Vivace has stopped");
			}
			this.#watchdog?.enter("what keeps the process alive");
			const isLast = endProcess(hasFailed ? 1 : 0, (kept) =>
				log.warn(`Vivace ends the process, which was kept alive by ${kept}`),
			);
			if (!isLast) {
				this.#watchdog?.end();
			}
		}
		return errors;
	}
}

/** The primary process waits for the load balancer, and tells what goes as planned. */
function workerOptions(
	options: ResolvedServeOptions,
	id: number,
): ResolvedServeOptions {
	const { log } = options;
	return {
		...options,
		drainDelayMs: 0,
		log: {
			info: () => {},
			warn: (message) => log.warn(`worker ${id}: ${message}`),
			error: (message, ...error) =>
				log.error(`worker ${id}: ${message}`, ...error),
		},
	};
}
