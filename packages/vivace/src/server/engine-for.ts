import { SetupError } from "../errors/setup-error.ts";
import type { AppPort } from "../http/app-port.ts";
import { bunRuntime } from "./bun/bun-runtime.ts";
import { denoRuntime, denoUpgrade } from "./deno/deno-runtime.ts";
import type { ConnectionSource } from "./lifecycle/connection-source.ts";
import { toListenError } from "./lifecycle/failure-text.ts";
import type { Engine } from "./lifecycle/listener.ts";
import type { ResolvedServeOptions } from "./lifecycle/serve-options.ts";
import type { WorkersPort } from "./lifecycle/workers-port.ts";
import {
	reasonForNode,
	reasonForNodeOnBun,
	reasonForNodeOnDeno,
} from "./reason-for-node.ts";

/**
 * The engine that serves an app: the runtime's own, but `node:http`, which every runtime has, where connections come from another process
 * or something asks for more than the own one has. Each is loaded where it serves: `node:http` alone takes 9 ms on Bun.
 *
 * @param isWorker whether this process is a worker that accepts connections itself, on a socket that only the own one can take
 * @throws SetupError `VIV_OPTION` where such a worker can't be served by the own one
 */
export async function engineFor(
	app: AppPort,
	options: ResolvedServeOptions,
	connections: ConnectionSource | undefined,
	isWorker: boolean,
): Promise<Engine> {
	const own =
		connections === undefined
			? await ownEngine(app, options, isWorker)
			: undefined;
	if (own !== undefined) {
		return own;
	}
	const { nodeEngine } = await import("./node/node-listener.ts");
	return nodeEngine;
}

/**
 * The port of workers: sockets on which each accepts connections by the runtime's own server, or one whose connections the first process
 * hands out, to `node:http`.
 *
 * @param count how many workers there are
 * @throws SetupError `VIV_LISTEN` for a host without an address
 */
export async function workersPortFor(
	app: AppPort,
	options: ResolvedServeOptions,
	count: number,
): Promise<WorkersPort> {
	const { host, port, backlog, log } = options;
	const bun = bunRuntime();
	let reason = reasonAgainstOwn(app, options);
	if (bun !== undefined && reason === undefined) {
		const { WorkerSockets } = await import("./bun/worker-sockets.ts");
		const made = WorkerSockets.make(bun, { host, backlog, count });
		const sockets = await made.catch((error: unknown) => {
			throw toListenError(error, host, port);
		});
		if (sockets !== undefined) {
			return sockets;
		}
		reason = "its workers can't take over a listening socket on this system";
	}
	if (denoRuntime() !== undefined) {
		reason ??= "its workers can't share a port without --unstable-net";
	}
	tellOfNode(options, reason);
	const { SharedPort } = await import("./workers/shared-port.ts");
	return new SharedPort(backlog, log);
}

/** The runtime's own; `undefined` where it has none, or for a reason that the log tells. */
async function ownEngine(
	app: AppPort,
	options: ResolvedServeOptions,
	isWorker: boolean,
): Promise<Engine | undefined> {
	const reason = reasonAgainstOwn(app, options);
	if (reason !== undefined && isWorker) {
		throw new SetupError(
			"VIV_OPTION",
			`serve: this worker can't be served as the first process has it: ${reason}; build the same app with the same options in all processes, or give "engine": "node"`,
		);
	}
	if (reason !== undefined) {
		tellOfNode(options, reason);
		return undefined;
	}
	const bun = bunRuntime();
	if (bun !== undefined) {
		const { bunEngine } = await import("./bun/bun-engine.ts");
		return bunEngine(bun);
	}
	const deno = denoRuntime();
	if (deno !== undefined) {
		const { denoEngine } = await import("./deno/deno-engine.ts");
		return denoEngine(deno);
	}
	return undefined;
}

/** The runtime that has a server of its own. */
function ownName(): "Bun" | "Deno" | undefined {
	if (bunRuntime() !== undefined) {
		return "Bun";
	}
	return denoRuntime() === undefined ? undefined : "Deno";
}

/** Why the runtime's own server does not do; `undefined` where it does, or where there is none. */
function reasonAgainstOwn(
	app: AppPort,
	options: ResolvedServeOptions,
): string | undefined {
	if (ownName() === undefined) {
		return undefined;
	}
	const deno = denoRuntime();
	return (
		reasonForNode(app, options) ??
		(deno === undefined
			? reasonForNodeOnBun(options, process.platform === "linux")
			: reasonForNodeOnDeno(app, options, denoUpgrade(deno) !== undefined))
	);
}

function tellOfNode(
	{ log }: ResolvedServeOptions,
	reason: string | undefined,
): void {
	const name = ownName();
	if (name !== undefined && reason !== undefined) {
		log.info(
			`Vivace serves by ${name}'s node:http, not by ${name}.serve: ${reason}`,
		);
	}
}
