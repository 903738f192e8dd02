import { fetchEngine } from "../fetch/fetch-listener.ts";
import type { Engine } from "../lifecycle/listener.ts";
import { BunPort } from "./bun-port.ts";
import type { BunRuntime, BunServer, BunSocketHandler } from "./bun-runtime.ts";
import { socketHandler } from "./bun-socket.ts";
import { setBacklog } from "./system-sockets.ts";

/** The longest idle time that Bun takes, in seconds. */
const longestIdleSeconds = 255;

/** Serves by `Bun.serve`. */
export function bunEngine(bun: BunRuntime): Engine {
	return fetchEngine<BunServer>({
		async open(options, answer) {
			const idleSeconds = idleSecondsOf(options.keepAliveTimeoutMs);
			const server = bun.serve({
				hostname: options.host,
				port: options.port,
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
			await setBacklog(server.port, backlog);
			return new BunPort(bun, server, { idleSeconds, drainTimeoutMs });
		},
	});
}

/** Bun counts in seconds and has no limit at 0, as we. */
function idleSecondsOf(keepAliveTimeoutMs: number): number {
	return Math.min(Math.ceil(keepAliveTimeoutMs / 1000), longestIdleSeconds);
}
