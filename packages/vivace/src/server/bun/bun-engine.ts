import { fetchEngine } from "../fetch/fetch-listener.ts";
import type { InheritedAddress } from "../lifecycle/connection-source.ts";
import type { Engine } from "../lifecycle/listener.ts";
import { adoptSocket } from "./adopted-socket.ts";
import { BunPort, type SharedSocket } from "./bun-port.ts";
import type { BunRuntime, BunServer, BunSocketHandler } from "./bun-runtime.ts";
import { socketHandler } from "./bun-socket.ts";
import { systemCalls } from "./system-calls.ts";

/** The longest idle time that Bun takes, in seconds. */
const longestIdleSeconds = 255;

/** Serves by `Bun.serve`. */
export function bunEngine(bun: BunRuntime): Engine {
	return fetchEngine<BunServer>({
		async open(options, answer, inherited) {
			const idleSeconds = idleSecondsOf(options.keepAliveTimeoutMs);
			if (options.keepAliveTimeoutMs > longestIdleSeconds * 1000) {
				options.log.warn(
					`keepAliveTimeoutMs is ${options.keepAliveTimeoutMs}, and Bun.serve keeps an idle connection for ${longestIdleSeconds} s at most; 0 is no limit`,
				);
			}
			const server = bun.serve({
				...(inherited === undefined
					? { hostname: options.host, port: options.port }
					: forNobody),
				development: false,
				reusePort: false, // otherwise, outside development, a second program takes half of the connections
				idleTimeout: idleSeconds,
				maxRequestBodySize: Number.MAX_SAFE_INTEGER, // the app has limits of its own
				fetch: answer,
				websocket: socketHandler as BunSocketHandler<never>, // its data is what `upgrade` is given
				error: (error) => {
					options.log.error("an answer could not be sent", error);
					return new globalThis.Response("Internal Server Error", {
						status: 500,
						headers: { "content-type": "text/plain; charset=utf-8" },
					});
				},
			});
			const { backlog, drainTimeoutMs } = options;
			const shared = inherited && (await adopt(server, inherited));
			const limits = { idleSeconds, drainTimeoutMs, backlog };
			return new BunPort(bun, server, limits, shared);
		},
	});
}

/** Where Bun listens until an inherited socket is in the place of its own. */
const forNobody = { hostname: "127.0.0.1", port: 0 };

async function adopt(
	server: BunServer,
	{ descriptor, ...address }: InheritedAddress,
): Promise<SharedSocket> {
	const system = await systemCalls();
	const socket = system && adoptSocket(system, server.port, descriptor);
	if (socket === undefined) {
		void server.stop(true);
		throw new Error("Bun can't be given a listening socket that is there");
	}
	return { ...socket, address };
}

/** Bun counts in seconds and has no limit at 0, as we. */
function idleSecondsOf(keepAliveTimeoutMs: number): number {
	return Math.min(Math.ceil(keepAliveTimeoutMs / 1000), longestIdleSeconds);
}
