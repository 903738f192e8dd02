import { assertOptions, type OptionRules } from "../errors/options.ts";
import type { RequestLogEntry } from "./request-log.ts";

/** Options of {@link jsonLog}. */
export interface JsonLogOptions {
	/** Takes each line, without its line end. Default: `console.log`. */
	readonly write?: (line: string) => void;
	/** Fields that every line has, such as the name of the service. Default: none. */
	readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** A log for `serve` and for an app. */
export interface Log {
	info(message: string): void;
	warn(message: string, error?: unknown): void;
	error(message: string, error?: unknown): void;
	request(entry: RequestLogEntry): void;
}

/**
 * A log of JSON lines on standard output, for whatever collects them: `time` (ISO 8601, UTC), `level` (`info`, `warn`, `error`) and `message`;
 * `error` with `name`, `message`, `stack` and `cause`; for requests `method`, `path`, `route`, `status`, `duration_ms`, `client`,
 * `request_id` and `reason`.
 *
 * @example
 * ```ts
 * import { App, serve } from "vivace";
 * import { jsonLog } from "vivace/logging";
 *
 * const log = jsonLog({ fields: { service: "shop" } });
 * const app = new App({ logger: log });
 *
 * await serve(app, { log, requestLog: true });
 * ```
 * @throws SetupError `VIV_OPTION` for an option that there is not, or a wrong value
 */
export function jsonLog(options: JsonLogOptions = {}): Log {
	assertOptions("jsonLog()", options, rules);
	const { write = console.log, fields = {} } = options;
	const put = (
		level: RequestLogEntry["level"],
		message: string,
		more: object,
		time = new Date(),
	) => write(JSON.stringify({ time, level, message, ...fields, ...more }));
	const failure = (error: unknown) =>
		error === undefined ? {} : { error: describe(error) };
	return {
		info: (message) => put("info", message, {}),
		warn: (message, error) => put("warn", message, failure(error)),
		error: (message, error) => put("error", message, failure(error)),
		request: (entry) => {
			const { time, level, method, path, status } = entry;
			const message = `${method} ${path} ${status ?? "–"}`;
			put(level, message, requestFields(entry), time);
		},
	};
}

const rules: OptionRules<JsonLogOptions> = {
	write: "function",
	fields: "record",
};

function requestFields(entry: RequestLogEntry): object {
	const { method, path, route, status, durationMs, client } = entry;
	const { requestId, reason } = entry;
	return {
		method,
		path,
		route,
		status,
		duration_ms: Math.round(durationMs * 1000) / 1000,
		client,
		request_id: requestId,
		reason,
	};
}

/** An error and its causes, as deep as they are, each once. */
function describe(error: unknown, seen: readonly unknown[] = []): unknown {
	if (!(error instanceof Error)) {
		const { inspect } = process.getBuiltinModule("node:util");
		return { message: typeof error === "string" ? error : inspect(error) };
	}
	const { name, message, stack, cause } = error;
	const isNew = cause !== undefined && !seen.includes(cause);
	return {
		name,
		message,
		stack,
		...(isNew && { cause: describe(cause, [...seen, error]) }),
	};
}
