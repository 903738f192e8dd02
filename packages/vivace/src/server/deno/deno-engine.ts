import { fetchEngine } from "../fetch/fetch-listener.ts";
import { internalError } from "../fetch/fetch-response.ts";
import type { Engine } from "../lifecycle/listener.ts";
import { DenoPort } from "./deno-port.ts";
import type {
	DenoRequestInfo,
	DenoRuntime,
	DenoServer,
} from "./deno-runtime.ts";

/** Serves by `Deno.serve`. */
export function denoEngine(deno: DenoRuntime): Engine {
	return fetchEngine<DenoRequestInfo>({
		async open(options, answer) {
			const cutting = new AbortController();
			const { promise: listening, resolve } = Promise.withResolvers<void>();
			const server = listen(options.host, () =>
				deno.serve(
					{
						hostname: options.host,
						port: options.port,
						tcpBacklog: options.backlog,
						signal: cutting.signal,
						onListen: resolve,
						onError: (error) => {
							options.log.error("an answer could not be sent", error);
							return internalError(false);
						},
					},
					answer,
				),
			);
			server.finished.catch((error: unknown) =>
				options.log.error("the listening socket failed", error),
			);
			await listening;
			return new DenoPort(deno, server, cutting, options.drainTimeoutMs);
		},
	});
}

/** Deno's error for a name without an address has no code. */
function listen(host: string, serve: () => DenoServer): DenoServer {
	try {
		return serve();
	} catch (error) {
		const { isIP } = process.getBuiltinModule("node:net");
		if (error instanceof Error && !("code" in error) && isIP(host) === 0) {
			throw Object.assign(error, { code: "ENOTFOUND" });
		}
		throw error;
	}
}
