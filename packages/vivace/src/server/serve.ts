import { SetupError } from "../errors/setup-error.ts";
import { type AppPort, assertApp } from "../http/app-port.ts";
import { tellUnplaced } from "../http/unplaced.ts";
import { markServed } from "../http/unserved.ts";
import { engineFor, workersPortFor } from "./engine-for.ts";
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
 * Starts an app and listens; resolves when the first request can come. Every resource has been acquired before. When SIGINT or SIGTERM
 * stops the process, each is released after the last request.
 *
 * On a signal readiness turns false. After `drainDelayMs` no new connection is accepted, idle ones are closed, and every response has
 * `Connection: close`. Server-sent events are ended at once, and other requests have `drainTimeoutMs`. Background tasks have
 * `tasksTimeoutMs`. Then resources are released in reverse order, and the process exits with code 0, or with 1 if something failed. A
 * second signal skips the waiting: resources are still released within two seconds, and the exit code is 1. A process that hangs is
 * ended, see `gracePeriodMs`.
 *
 * With `workers` the program runs once more in each worker, and the app is started only there. In the first process the promise resolves
 * when all workers listen.
 *
 * @throws SetupError `VIV_OPTION` for an invalid option, `VIV_LISTEN` if the port can't be opened (it is in use, not permitted, or not on
 * this machine), `VIV_LIFESPAN` if a resource can't be acquired. With the option `exit` (the default) this is one line in the log, and
 * the process exits with code 1.
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
			return await supervise(
				{ ...resolved, workers },
				await workersPortFor(app, resolved, workers),
				app.documentationPath,
			);
		}
		const connections =
			link?.inherited === undefined ? (link ?? adopted.connections) : undefined;
		const served = adopted.app ?? app;
		const server = await new RunningServer(
			await engineFor(
				served,
				resolved,
				connections,
				link?.inherited !== undefined,
			),
			served,
			resolved,
			connections,
			link,
		).start();
		if (link === undefined || link.worker.isPrimary) {
			tellUnplaced(resolved.log); // workers have declared the same
		}
		return server;
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
