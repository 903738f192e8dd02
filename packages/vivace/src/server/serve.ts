import type { AddressInfo } from "node:net";
import { LifespanError } from "../errors/setup-error.ts";
import type { AppPort } from "../http/app-port.ts";
import { describeFailure, toListenError } from "./failure-text.ts";
import { NodeListener } from "./node-listener.ts";
import { endProcess, listenToSignals } from "./process-signals.ts";
import {
	type AdoptedServe,
	type ConnectionSource,
	serveHost,
} from "./serve-host.ts";
import {
	type ResolvedServeOptions,
	resolveServeOptions,
	type ServeOptions,
} from "./serve-options.ts";
import { patientOutcome, releaseResources, shutDown } from "./shutdown.ts";

/** A server that listens. */
export interface Server extends AsyncDisposable {
	/** Where it can be reached from this machine, without a final slash: `http://127.0.0.1:8000`. */
	readonly url: string;
	readonly host: string;
	/** The port that it has; with the option `port: 0` the one that was free. */
	readonly port: number;
	/**
	 * Stops as on a signal, but leaves the process alone: requests and background tasks have their time to finish, then resources are
	 * released. Every call gives the same promise.
	 *
	 * @throws what failed on the way; several failures come as an `AggregateError`
	 */
	close(): Promise<void>;
}

/**
 * Starts an app and listens: resolves when the first request can come. Every resource has been acquired before; each is released
 * after the last request when SIGINT or SIGTERM stops the process.
 *
 * On a signal: readiness turns false; after `drainDelayMs` no new connection is accepted, idle ones are closed and every answer
 * says `Connection: close`; server-sent events are ended at once, other requests have `drainTimeoutMs`; background tasks have
 * `tasksTimeoutMs`; then resources are released in reverse order and the process ends with 0, or with 1 if something failed. A second
 * signal skips the waiting; resources are still released, within two seconds, and the exit code is 1.
 *
 * @throws SetupError `VIV_OPTION` for an option out of range, `VIV_LISTEN` if the port can't be opened (it is in use, not permitted, or
 * not on this machine), `VIV_LIFESPAN` if a resource can't be acquired. With the option `exit` (the default) that is one line in the
 * log and the end of the process with 1 instead.
 * @example
 * ```ts
 * import { App, serve } from "vivace";
 *
 * const app = new App();
 * app.get("/", () => ({ message: "Hello World" }));
 *
 * await serve(app, { port: 8000 });
 * ```
 * @see FastAPI, "Run a Server Manually", "Lifespan Events"
 */
export async function serve(
	app: AppPort,
	options: ServeOptions = {},
): Promise<Server> {
	let adopted: AdoptedServe = { options };
	try {
		adopted = (await serveHost()?.adopt(app, options)) ?? adopted;
		const resolved = resolveServeOptions(adopted.options);
		return await new RunningServer(app, resolved, adopted.connections).start();
	} catch (error) {
		const { exit, signals, log = console } = adopted.options;
		if ((exit ?? signals ?? true) !== true) throw error;
		log.error(describeFailure(error));
		process.exit(1);
	}
}

class RunningServer implements Server {
	readonly #app: AppPort;
	readonly #options: ResolvedServeOptions;
	readonly #listener: NodeListener;
	/** Aborted by a signal during the start. */
	readonly #startAbort = new AbortController();
	/** Aborted when nobody wants to wait any longer. */
	readonly #hurry = new AbortController();
	#forgetSignals: (() => void) | undefined = undefined;
	#address: AddressInfo | undefined = undefined;
	#stopping: Promise<readonly unknown[]> | undefined = undefined;
	#isEndedBySignal = false;

	constructor(
		app: AppPort,
		options: ResolvedServeOptions,
		connections: ConnectionSource | undefined,
	) {
		this.#app = app;
		this.#options = options;
		this.#listener = new NodeListener(app, options, connections);
	}

	get host(): string {
		return this.#options.host;
	}

	get port(): number {
		return this.#address?.port ?? this.#options.port;
	}

	get url(): string {
		const host = reachable[this.host] ?? this.host;
		return `http://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
	}

	async start(): Promise<this> {
		if (this.#options.signals)
			this.#forgetSignals = listenToSignals(this.#onSignal);
		try {
			await this.#startApp();
			await this.#listen();
		} catch (error) {
			this.#forgetSignals?.();
			throw error;
		}
		this.#options.log.info(this.#welcome());
		return this;
	}

	async close(): Promise<void> {
		const errors = await this.#stop();
		if (errors.length === 1) throw errors[0];
		if (errors.length > 1)
			throw new AggregateError(
				errors,
				`stopping the server failed in ${errors.length} places`,
			);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.close();
	}

	async #startApp(): Promise<void> {
		const { signal } = this.#startAbort;
		const { rootPath } = this.#options;
		const starting = this.#app.start({ signal, rootPath });
		await Promise.race([starting, aborted(signal)]).catch((error: unknown) => {
			if (!signal.aborted) throw error;
		});
		if (!signal.aborted) return;
		if (await this.#hasStarted(starting)) await this.#release();
		throw signal.reason;
	}

	/** Waits until a start that was told to give up has done so; true if it came through all the same. */
	async #hasStarted(starting: Promise<void>): Promise<boolean> {
		const limitMs = this.#options.stopTimeoutMs || Number.POSITIVE_INFINITY;
		const ended = starting.then(
			() => true,
			(error: unknown) => {
				const errors = error instanceof LifespanError ? error.errors : [];
				for (const each of errors)
					this.#options.log.error(describeFailure(each));
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
			throw toListenError(error, host, port);
		}
		if (!this.#startAbort.signal.aborted) return;
		await this.#stop();
		throw this.#startAbort.signal.reason;
	}

	#release(): Promise<readonly unknown[]> {
		return releaseResources(this.#app, this.#options, this.#hurry.signal);
	}

	#welcome(): string {
		const everywhere =
			this.host in reachable ? ", on every address of this machine" : "";
		const documentation = this.#app.documentationPath;
		return `Vivace is listening on ${this.url}${everywhere}${documentation === undefined ? "" : ` (documentation: ${documentation})`}`;
	}

	readonly #onSignal = (signal: NodeJS.Signals, isFirst: boolean): void => {
		const { log } = this.#options;
		if (!isFirst) {
			log.warn(`Vivace stops at once (${signal} again)`);
			this.#hurry.abort();
		} else if (this.#address === undefined) {
			this.#startAbort.abort(
				new Error(`Vivace was told to stop (${signal}) while it was starting`),
			);
		} else {
			log.info(`Vivace is stopping (${signal})`);
			this.#isEndedBySignal = true;
			void this.#stop();
		}
	};

	#stop(): Promise<readonly unknown[]> {
		this.#stopping ??= this.#runStop();
		return this.#stopping;
	}

	async #runStop(): Promise<readonly unknown[]> {
		const { log } = this.#options;
		const hurry = this.#hurry.signal;
		const errors = await shutDown(
			this.#app,
			this.#listener,
			this.#options,
			hurry,
		);
		this.#forgetSignals?.();
		if (this.#isEndedBySignal) {
			const hasFailed = errors.length > 0 || hurry.aborted;
			if (hasFailed)
				log.error(
					[
						"Vivace has stopped, not cleanly",
						...errors.map(describeFailure),
					].join("; "),
				);
			else log.info("Vivace has stopped");
			endProcess(hasFailed ? 1 : 0, (kept) =>
				log.warn(`Vivace ends the process, which was kept alive by ${kept}`),
			);
		}
		return errors;
	}
}

/** Addresses that stand for every address, and one of each at which this machine is reached. */
const reachable: Readonly<Record<string, string>> = {
	"0.0.0.0": "127.0.0.1",
	"::": "::1",
};

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		signal.addEventListener("abort", () => resolve(), { once: true });
	});
}
