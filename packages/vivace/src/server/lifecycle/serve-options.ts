import { assertOptions, type OptionRules } from "../../errors/options.ts";
import { SetupError } from "../../errors/setup-error.ts";
import { unfailing } from "../../errors/unfailing-log.ts";
import { requestLine } from "../../logging/request-line.ts";
import type { RequestLog, RequestLogEntry } from "../../logging/request-log.ts";
import { type TlsOptions, tlsRules } from "./tls-options.ts";
import {
	type ResolvedWorkerLimits,
	resolveWorkerLimits,
	type WorkerLimits,
	workerLimitRules,
} from "./worker-limits.ts";

/** The log of a server; `console` is one. */
export interface ServerLog {
	info(message: string): void;
	warn(message: string): void;
	/** A failure. `error` is given, with its stack, if the program is to blame and not its environment. */
	error(message: string, error?: unknown): void;
	/** Gets the entries of `requestLog`; without it each is a line for `info`. */
	request?(entry: RequestLogEntry): void;
}

/** Options of `serve`. */
export interface ServeOptions {
	/** Address or name to listen on; `"0.0.0.0"` means all IPv4 addresses, `"::"` all addresses. Default: `"127.0.0.1"`. */
	readonly host?: string;
	/** TCP port, 0 to 65,535; `0` chooses a free one, see {@link Server.port}. Default: 8000. */
	readonly port?: number;
	/**
	 * A Unix socket to listen on, instead of host and port. A socket that an ended process left behind is replaced; any other file is an
	 * error. At a stop the socket is removed. Default: none.
	 */
	readonly socketPath?: string;
	/** Permissions of {@link ServeOptions.socketPath}, as for `chmod`. Default: `0o660`, its owner and group may connect. */
	readonly socketMode?: number;
	/**
	 * A descriptor that already listens, instead of host and port: its number, or `"systemd"` for the one that a `.socket` unit passes
	 * on. Connections that arrive while the program restarts wait there. Default: none.
	 */
	readonly fd?: number | "systemd";
	/**
	 * Serves HTTPS with HTTP/1.1; use a proxy for HTTP/2. Files that change are read again within two seconds, for new connections.
	 * Default: none, HTTP.
	 */
	readonly tls?: TlsOptions;
	/** How many connections may wait to be accepted, 1 to 65,535; the operating system may allow fewer. Default: 2,048. */
	readonly backlog?: number;
	/**
	 * How many connections may be open at a time, per worker. Further ones are closed at once, and the log says so. `0` means no limit.
	 * Default: 10,000; on the native servers of Bun and Deno this counts requests and sockets, and further ones get a 503.
	 */
	readonly maxConnections?: number;
	/** The maximum size of request line and headers together, in bytes; a larger request gets a 431. Default: 16,384. */
	readonly maxHeaderBytes?: number;
	/**
	 * How long a client may take to send request line and headers, in milliseconds; then it gets a 408. `0` means no limit. Default:
	 * 60,000.
	 */
	readonly headersTimeoutMs?: number;
	/**
	 * How long a client may take to send a whole request, headers and body, in milliseconds; then it gets a 408. `0` means no limit. It
	 * doesn't limit the response. Default: 300,000.
	 */
	readonly requestTimeoutMs?: number;
	/**
	 * How long an idle connection stays open for the next request, in milliseconds. It must be longer than that of the load balancer in
	 * front (60 s for most). Otherwise the load balancer sends requests on connections that are being closed. A connection may stay up to
	 * 11 s longer, since Vivace looks at all of them every few seconds. Default: 65,000.
	 */
	readonly keepAliveTimeoutMs?: number;
	/**
	 * How long a client may take nothing of a response that waits for it, in milliseconds. Then its connection is cut, and the request's
	 * scopes are closed. While the server stops it is at most half of `drainTimeoutMs`. `0` means no limit. Default: 60,000.
	 */
	readonly writeTimeoutMs?: number;
	/**
	 * The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted: addresses and networks (`"10.0.0.0/8"`), `true` for all,
	 * `false` for none. Default: this machine, `["127.0.0.0/8", "::1"]`.
	 */
	readonly trustProxy?: boolean | readonly string[];
	/**
	 * Prefix that a proxy in front of the server strips from the path, such as `/api/v1`; an app's own `rootPath` overrides it. Default:
	 * none.
	 */
	readonly rootPath?: string;
	/**
	 * How long the server continues after it was told to stop, while readiness is already false, in milliseconds: the time that a load
	 * balancer needs to notice. Each response closes its connection meanwhile, so that a proxy keeps no connection that is about to
	 * close. Default: 0.
	 */
	readonly drainDelayMs?: number;
	/** How long running requests have to finish when the server stops, in milliseconds. Default: 30,000. */
	readonly drainTimeoutMs?: number;
	/** How long background tasks and unfinished clean-ups of requests may take after that, in milliseconds. Default: 30,000. */
	readonly tasksTimeoutMs?: number;
	/** How long the release of all resources together may take, in milliseconds; `0` means no limit. Default: 30,000. */
	readonly stopTimeoutMs?: number;
	/**
	 * How long the whole stop may take after a signal, in milliseconds. Set it below the time after which the system kills the process
	 * (Kubernetes' `terminationGracePeriodSeconds`, 30 s). Shortly before it is over the waiting ends, as after a second signal, so that
	 * resources are still released. When it is over the process ends, and the log says where it hung. Default: `0`, the sum of the limits
	 * above and five seconds.
	 */
	readonly gracePeriodMs?: number;
	/**
	 * The HTTP server: `"native"` is the runtime's own, `Bun.serve` or `Deno.serve`; `"node"` is `node:http`, which Bun and Deno have
	 * too. If another feature needs it (another option, a mounted `node:http` handler, workers), `node:http` is used in any case, and the
	 * log says so. On Node both are the same. Default: `"native"`.
	 */
	readonly engine?: "native" | "node";
	/**
	 * How many processes serve the port, 1 to 512, each with its own lifespan; `"auto"` means one per processor. The process that calls
	 * `serve` then starts no app: it accepts connections, passes them on, and replaces workers that crash. On SIGHUP it replaces all of
	 * them, one by one, so that a new version takes over without a refused connection. Default: none, this process serves.
	 */
	readonly workers?: number | "auto";
	/** When a worker is replaced. The new one takes over before the old one stops, so no request is lost. Needs `workers`. */
	readonly workerLimits?: WorkerLimits;
	/**
	 * True when SIGINT and SIGTERM stop the server gracefully and then end the process: with code 0, or with 1 if something failed or a
	 * second signal skipped the waiting. Default: true.
	 */
	readonly signals?: boolean;
	/**
	 * True when an uncaught error, or a rejected promise that nobody awaits, stops the server like a signal: it is logged, requests
	 * finish, resources are released, and the process ends with code 1. Otherwise the runtime decides, and Node ends the process at once.
	 * Default: the value of `signals`.
	 */
	readonly uncaughtErrors?: boolean;
	/**
	 * True when a start that fails ends the process with code 1 after one line in the log; otherwise `serve` rejects. Default: the value
	 * of `signals`.
	 */
	readonly exit?: boolean;
	/** Where the server writes its lines. Default: the console. */
	readonly log?: ServerLog;
	/**
	 * True when `log` gets a line for each request when it is over (a stream when it has ended): method, path, status, duration, and why
	 * it was refused. A function gets the entries instead. Queries, headers and bodies are never in them, and successful health probes
	 * are left out. Default: false, under `vivace dev` true.
	 */
	readonly requestLog?: boolean | RequestLog;
}

type Optional =
	| "socketPath"
	| "fd"
	| "tls"
	| "workers"
	| "workerLimits"
	| "requestLog";

/** Every option with its value. */
export interface ResolvedServeOptions
	extends Required<Omit<ServeOptions, Optional>> {
	readonly socketPath: string | undefined;
	readonly fd: number | "systemd" | undefined;
	readonly tls: TlsOptions | undefined;
	readonly requestLog: RequestLog | undefined;
	readonly workers: number | undefined;
	readonly workerLimits: ResolvedWorkerLimits;
}

/** The proxies that are trusted where a program names none. */
export const ownMachineAlone: readonly string[] = ["127.0.0.0/8", "::1"];

/**
 * The options with their defaults.
 *
 * @throws SetupError `VIV_OPTION` where one is out of its range
 */
export function resolveServeOptions(
	options: ServeOptions,
): ResolvedServeOptions {
	assertOptions("serve", options, rules);
	const signals = options.signals ?? true;
	const log = options.log === undefined ? console : unfailing(options.log);
	const resolved: ResolvedServeOptions = {
		host: options.host ?? "127.0.0.1",
		port: options.port ?? 8000,
		socketPath: options.socketPath,
		socketMode: options.socketMode ?? 0o660,
		fd: options.fd,
		tls: options.tls,
		backlog: options.backlog ?? 2048,
		maxConnections: options.maxConnections ?? 10_000,
		maxHeaderBytes: options.maxHeaderBytes ?? 16_384,
		headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
		requestTimeoutMs: options.requestTimeoutMs ?? 300_000,
		keepAliveTimeoutMs: options.keepAliveTimeoutMs ?? 65_000,
		writeTimeoutMs: options.writeTimeoutMs ?? 60_000,
		trustProxy: options.trustProxy ?? ownMachineAlone,
		rootPath: options.rootPath ?? "",
		drainDelayMs: options.drainDelayMs ?? 0,
		drainTimeoutMs: options.drainTimeoutMs ?? 30_000,
		tasksTimeoutMs: options.tasksTimeoutMs ?? 30_000,
		stopTimeoutMs: options.stopTimeoutMs ?? 30_000,
		gracePeriodMs: options.gracePeriodMs ?? 0,
		workers:
			options.workers === "auto"
				? process.getBuiltinModule("node:os").availableParallelism()
				: options.workers,
		workerLimits: resolveWorkerLimits(options.workerLimits),
		engine: options.engine ?? "native",
		signals,
		uncaughtErrors: options.uncaughtErrors ?? signals,
		exit: options.exit ?? signals,
		log,
		requestLog: requestLogOf(options, log),
	};
	assertRanges(resolved, options);
	assertTogether(options);
	return resolved;
}

/** The longest that a timer can wait (2^31 - 1 ms, almost 25 days). */
const longestMs = 2_147_483_647;

const ranges: Readonly<Record<string, readonly [min: number, max: number]>> = {
	port: [0, 65_535],
	socketMode: [0, 0o777],
	backlog: [1, 65_535],
	maxConnections: [0, longestMs],
	maxHeaderBytes: [1024, 1_073_741_824],
	headersTimeoutMs: [0, longestMs],
	requestTimeoutMs: [0, longestMs],
	keepAliveTimeoutMs: [0, longestMs],
	writeTimeoutMs: [0, longestMs],
	drainDelayMs: [0, longestMs],
	drainTimeoutMs: [0, longestMs],
	tasksTimeoutMs: [0, longestMs],
	stopTimeoutMs: [0, longestMs],
	gracePeriodMs: [0, longestMs],
	workers: [1, 512],
};

/** The numbers by {@link assertRanges}, the others by what follows it. */
const rules: OptionRules<ServeOptions> = {
	host: "any",
	port: "any",
	socketPath: (value) =>
		typeof value === "string" && value.trim() !== ""
			? undefined
			: "the path of a socket",
	socketMode: "any",
	fd: (value) =>
		value === "systemd" || (Number.isInteger(value) && Number(value) >= 0)
			? undefined
			: 'the number of a descriptor, or "systemd"',
	tls: { nested: tlsRules },
	backlog: "any",
	maxConnections: "any",
	maxHeaderBytes: "any",
	headersTimeoutMs: "any",
	requestTimeoutMs: "any",
	keepAliveTimeoutMs: "any",
	writeTimeoutMs: "any",
	trustProxy: "any",
	rootPath: "any",
	drainDelayMs: "any",
	drainTimeoutMs: "any",
	tasksTimeoutMs: "any",
	stopTimeoutMs: "any",
	gracePeriodMs: "any",
	engine: ["native", "node"],
	workers: "any",
	workerLimits: { nested: workerLimitRules },
	signals: "any",
	uncaughtErrors: "any",
	exit: "any",
	log: "record",
	requestLog: (value) =>
		typeof value === "boolean" || typeof value === "function"
			? undefined
			: "true, false or a function that takes entries",
};

/**
 * Who is told of requests, if anybody.
 *
 * @param lines takes a line for each where the log takes no entries
 */
export function requestLogOf(
	{
		requestLog = false,
		log = console as ServerLog,
	}: Pick<ServeOptions, "requestLog" | "log">,
	lines: Pick<ServerLog, "info"> = log,
): RequestLog | undefined {
	if (typeof requestLog === "function") {
		return requestLog;
	}
	if (!requestLog) {
		return undefined;
	}
	return (entry) =>
		log.request === undefined
			? lines.info(requestLine(entry))
			: log.request(entry);
}

function assertRanges(
	resolved: ResolvedServeOptions,
	given: ServeOptions,
): void {
	const values = resolved as unknown as Readonly<Record<string, unknown>>; // looked up by the names of `ranges`
	for (const [name, [min, max]] of Object.entries(ranges)) {
		const value = values[name];
		if (value === undefined) {
			continue;
		}
		if (
			!Number.isInteger(value) ||
			Number(value) < min ||
			Number(value) > max
		) {
			throw refusal(
				name,
				`must be a whole number from ${min} to ${max}, not ${describe(value)}`,
			);
		}
	}
	if (typeof resolved.host !== "string" || resolved.host.trim() === "") {
		throw refusal(
			"host",
			`must be an address or a host name, not ${describe(resolved.host)}`,
		);
	}
	if (!/^(?:\/[^?#]*)?$/.test(resolved.rootPath)) {
		throw refusal(
			"rootPath",
			`must be a path that begins with "/", not ${describe(resolved.rootPath)}`,
		);
	}
	for (const name of ["signals", "uncaughtErrors", "exit"] as const) {
		if (typeof resolved[name] !== "boolean") {
			throw refusal(
				name,
				`must be true or false, not ${describe(resolved[name])}`,
			);
		}
	}
	const { headersTimeoutMs, requestTimeoutMs } = resolved;
	if (requestTimeoutMs !== 0 && headersTimeoutMs > requestTimeoutMs) {
		throw refusal(
			given.headersTimeoutMs === undefined
				? "requestTimeoutMs"
				: "headersTimeoutMs",
			`headersTimeoutMs (${headersTimeoutMs}) is a part of requestTimeoutMs (${requestTimeoutMs}) and can't be longer; set both`,
		);
	}
}

/** Options that exclude or need each other. */
function assertTogether(given: ServeOptions): void {
	const places = ["socketPath", "fd", "port", "host"] as const;
	const [first, second] = places.filter((name) => given[name] !== undefined);
	if (second !== undefined && first !== "port") {
		throw refusal(
			`${first}`,
			`says where to listen, and so does "${second}"; leave one of them out`,
		);
	}
	if (given.socketMode !== undefined && given.socketPath === undefined) {
		throw refusal("socketMode", 'is for a Unix socket, and needs "socketPath"');
	}
	if (given.workerLimits !== undefined && given.workers === undefined) {
		throw refusal(
			"workerLimits",
			'is for workers; give "workers" too, 1 for a single one',
		);
	}
}

function refusal(name: string, rule: string): SetupError {
	return new SetupError("VIV_OPTION", `serve: "${name}" ${rule}`);
}

function describe(value: unknown): string {
	return typeof value === "string" ? JSON.stringify(value) : String(value);
}
