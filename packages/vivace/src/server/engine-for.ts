import type { AppPort } from "../http/app-port.ts";
import { bunRuntime } from "./bun/bun-runtime.ts";
import { denoRuntime, denoUpgrade } from "./deno/deno-runtime.ts";
import type { ConnectionSource } from "./lifecycle/connection-source.ts";
import type { Engine } from "./lifecycle/listener.ts";
import type { ResolvedServeOptions } from "./lifecycle/serve-options.ts";
import {
	reasonForNode,
	reasonForNodeOnBun,
	reasonForNodeOnDeno,
} from "./reason-for-node.ts";

/**
 * The engine that serves an app: the runtime's own, but `node:http`, which every runtime has, where connections come from another process
 * or something asks for more than the own one has. Each is loaded where it serves: `node:http` alone takes 9 ms on Bun.
 */
export async function engineFor(
	app: AppPort,
	options: ResolvedServeOptions,
	connections: ConnectionSource | undefined,
): Promise<Engine> {
	const own =
		connections === undefined ? await ownEngine(app, options) : undefined;
	if (own !== undefined) {
		return own;
	}
	const { nodeEngine } = await import("./node/node-listener.ts");
	return nodeEngine;
}

/** The runtime's own; `undefined` where it has none, or for a reason that the log tells. */
async function ownEngine(
	app: AppPort,
	options: ResolvedServeOptions,
): Promise<Engine | undefined> {
	const bun = bunRuntime();
	const deno = denoRuntime();
	if (bun === undefined && deno === undefined) {
		return undefined;
	}
	const name = bun === undefined ? "Deno" : "Bun";
	const reason =
		reasonForNode(app, options) ??
		(deno === undefined
			? reasonForNodeOnBun(options, process.platform === "linux")
			: reasonForNodeOnDeno(app, options, denoUpgrade(deno) !== undefined));
	if (reason !== undefined) {
		options.log.info(
			`Vivace serves by ${name}'s node:http, not by ${name}.serve: ${reason}`,
		);
		return undefined;
	}
	if (bun !== undefined) {
		const { bunEngine } = await import("./bun/bun-engine.ts");
		return bunEngine(bun);
	}
	if (deno !== undefined) {
		const { denoEngine } = await import("./deno/deno-engine.ts");
		return denoEngine(deno);
	}
	return undefined;
}
