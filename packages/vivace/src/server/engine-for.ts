import type { AppPort } from "../http/app-port.ts";
import { bunRuntime } from "./bun/bun-runtime.ts";
import type { ConnectionSource } from "./lifecycle/connection-source.ts";
import type { Engine } from "./lifecycle/listener.ts";
import type { ResolvedServeOptions } from "./lifecycle/serve-options.ts";

/**
 * The engine that serves an app: the runtime's own, but `node:http`, which every runtime has, where connections come from another process,
 * a handler of `node:http` is mounted, or something else than a TCP port is asked for.
 */
export async function engineFor(
	app: AppPort,
	{ tls, socketPath, fd }: ResolvedServeOptions,
	connections: ConnectionSource | undefined,
): Promise<Engine> {
	const bun = bunRuntime();
	const isForNode =
		connections !== undefined ||
		app.hasNodeHandlers === true ||
		(tls ?? socketPath ?? fd) !== undefined;
	// each is loaded where it serves: node:http alone takes 9 ms on Bun
	if (bun === undefined || isForNode) {
		const { nodeEngine } = await import("./node/node-listener.ts");
		return nodeEngine;
	}
	const { bunEngine } = await import("./bun/bun-engine.ts");
	return bunEngine(bun);
}
