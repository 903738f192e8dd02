import { SetupError } from "../errors/setup-error.ts";
import { type AppPort, assertApp } from "../http/app-port.ts";
import { markServed } from "../http/unserved.ts";
import { engineFor } from "./engine-for.ts";
import { warnOfBundle } from "./lifecycle/bundle-warning.ts";
import { describeFailure } from "./lifecycle/failure-text.ts";
import { RunningServer } from "./lifecycle/running-server.ts";
import { type AdoptedServe, serveHost } from "./lifecycle/serve-host.ts";
import {
	resolveServeOptions,
	type ServeOptions,
} from "./lifecycle/serve-options.ts";
import type { Server } from "./lifecycle/server.ts";
import { claimWorkerLink, isWorker } from "./workers/worker-link.ts";

/**
 * Starts an app and listens: resolves when the first request can come. Every resource has been acquired before; each is released
 * after the last request when SIGINT or SIGTERM stops the process.
 *
 * On a signal: readiness turns false; after `drainDelayMs` no new connection is accepted, idle ones are closed and every answer
 * says `Connection: close`; server-sent events are ended at once, other requests have `drainTimeoutMs`; background tasks have
 * `tasksTimeoutMs`; then resources are released in reverse order and the process ends with 0, or with 1 if something failed. A second
 * signal skips the waiting; resources are still released, within two seconds, and the exit code is 1. A process that hangs all the same is
 * ended, see `gracePeriodMs`.
 *
 * With `workers` the program runs once more in each worker, and only there the app is started; in the process that was started first the
 * promise resolves when all workers listen.
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
	markServed();
	const link = claimWorkerLink();
	let adopted: AdoptedServe = { options };
	try {
		assertApp("serve", app);
		resolveServeOptions(options); // at the line that has them: nothing has been waited for
		adopted = (await serveHost()?.adopt(app, options)) ?? adopted;
		const resolved = resolveServeOptions(adopted.options);
		const { workers } = resolved;
		if (link === undefined) {
			warnOfBundle(app.documentationPath, resolved);
		}
		if (link === undefined && workers !== undefined) {
			assertNoWorker();
			const { supervise } = await import("./workers/supervisor.ts");
			return await supervise({ ...resolved, workers }, app.documentationPath);
		}
		const connections = link ?? adopted.connections;
		const served = adopted.app ?? app;
		return await new RunningServer(
			await engineFor(served, resolved, connections),
			served,
			resolved,
			connections,
			link,
		).start();
	} catch (error) {
		const { exit, signals, log = console } = adopted.options ?? {}; // null is refused by now
		await link?.fail(describeFailure(error));
		if ((exit ?? signals ?? true) !== true) {
			throw error;
		}
		if (link === undefined) {
			log.error(describeFailure(error));
		}
		process.exit(1);
	}
}

function assertNoWorker(): void {
	if (isWorker()) {
		throw new SetupError(
			"VIV_OPTION",
			'serve: "workers" was given in a process that is a worker already; one server of a program can have workers',
		);
	}
}
