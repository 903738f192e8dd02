import { fetchEngine } from "../fetch/fetch-listener.ts";
import type { FetchAnswer } from "../fetch/fetch-platform.ts";
import { internalError, toldFailure } from "../fetch/fetch-response.ts";
import type { ListenAddress } from "../lifecycle/connection-source.ts";
import type { Engine } from "../lifecycle/listener.ts";
import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";
import { SocketFile } from "../lifecycle/socket-file.ts";
import { type DenoListening, DenoPort } from "./deno-port.ts";
import type {
	DenoPlace,
	DenoRequestInfo,
	DenoRuntime,
	DenoServer,
} from "./deno-runtime.ts";
import { ListeningDescriptor } from "./listening-descriptor.ts";
import { ListeningFile } from "./listening-file.ts";

/** Serves by `Deno.serve`. */
export function denoEngine(deno: DenoRuntime): Engine {
	return fetchEngine<DenoRequestInfo>({
		async open(options, answer) {
			const cutting = new AbortController();
			const serve = (place: DenoPlace) =>
				serveAt(deno, place, { answer, cutting, log: options.log });
			const { socketPath } = options;
			const opened =
				socketPath === undefined
					? await openTcp(deno, options, serve)
					: await openFile(socketPath, options.socketMode, serve);
			const { drainTimeoutMs } = options;
			return new DenoPort(deno, { ...opened, cutting, drainTimeoutMs });
		},
	});
}

type Serve = (place: DenoPlace) => Promise<DenoServer>;

interface Opened {
	readonly server: DenoServer;
	readonly address: ListenAddress;
	readonly socket: DenoListening;
}

/** Resolves when it listens. */
async function serveAt(
	deno: DenoRuntime,
	place: DenoPlace,
	{
		answer,
		cutting,
		log,
	}: {
		readonly answer: FetchAnswer<DenoRequestInfo>;
		readonly cutting: AbortController;
		readonly log: ResolvedServeOptions["log"];
	},
): Promise<DenoServer> {
	const { promise: listening, resolve } = Promise.withResolvers<void>();
	const server = deno.serve(
		{
			...place,
			signal: cutting.signal,
			onListen: resolve,
			onError: (error) => {
				if (error !== toldFailure) {
					log.error("an answer could not be sent", error);
				}
				return internalError(false);
			},
		},
		answer,
	);
	server.finished.catch((error: unknown) =>
		log.error("the listening socket failed", error),
	);
	await listening;
	return server;
}

async function openTcp(
	deno: DenoRuntime,
	{ host, port, backlog }: ResolvedServeOptions,
	serve: Serve,
): Promise<Opened> {
	try {
		const server = await serve({ hostname: host, port, tcpBacklog: backlog });
		const { addr } = server;
		const address = { address: addr.hostname ?? host, port: addr.port ?? port };
		return { server, address, socket: new ListeningDescriptor(deno, address) };
	} catch (error) {
		throw codedError(error, host);
	}
}

async function openFile(
	path: string,
	mode: number,
	serve: Serve,
): Promise<Opened> {
	const file = new SocketFile(path, mode);
	const server = await file.open(
		() => serve({ path: file.boundPath }),
		(bound) => bound.shutdown(),
	);
	const address = { address: path, port: 0 };
	return { server, address, socket: new ListeningFile(file) };
}

/** Deno's error for a name without an address has no code. */
function codedError(error: unknown, host: string): unknown {
	const { isIP } = process.getBuiltinModule("node:net");
	return error instanceof Error && !("code" in error) && isIP(host) === 0
		? Object.assign(error, { code: "ENOTFOUND" })
		: error;
}
