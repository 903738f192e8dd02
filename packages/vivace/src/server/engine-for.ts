import type { AppPort } from "../http/app-port.ts";
import { bunRuntime } from "./bun/bun-runtime.ts";
import type { ConnectionSource } from "./lifecycle/connection-source.ts";
import type { Engine } from "./lifecycle/listener.ts";
import type { ResolvedServeOptions } from "./lifecycle/serve-options.ts";
import { reasonForNode } from "./reason-for-node.ts";

/**
 * The engine that serves an app: the runtime's own, but `node:http`, which every runtime has, where connections come from another process
 * or something asks for more than the own one has. Each is loaded where it serves: `node:http` alone takes 9 ms on Bun.
 */
export async function engineFor(
	app: AppPort,
	options: ResolvedServeOptions,
	connections: ConnectionSource | undefined,
): Promise<Engine> {
	const bun = bunRuntime();
	if (bun !== undefined && connections === undefined) {
		const reason = reasonForNode(app, options);
		if (reason === undefined) {
			const { bunEngine } = await import("./bun/bun-engine.ts");
			return bunEngine(bun);
		}
		options.log.info(
			`Vivace serves by Bun's node:http, not by Bun.serve: ${reason}`,
		);
	}
	const { nodeEngine } = await import("./node/node-listener.ts");
	return nodeEngine;
}
