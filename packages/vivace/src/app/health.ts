import { assertOptions, type OptionRules, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { JSONResponse } from "../http/json-response.ts";
import type { LifespanStatus } from "../lifespan/lifespan-runner.ts";
import type { CheckResult } from "../lifespan/readiness.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Logger } from "./logger.ts";
import type { PathOperation } from "./path-operation.ts";

/** Paths at which an app says how it is, for load balancers and orchestrators. `null` leaves one out. */
export interface HealthOptions {
	/** Answers 200 for as long as the process answers at all. Default: `/livez`. */
	readonly livez?: string | null;
	/** Answers 200 when requests may be sent (`ready` or `degraded`), else 503. Default: `/readyz`. */
	readonly readyz?: string | null;
	/** How long the `check` of each resource may take, in milliseconds. Default: 1,000. */
	readonly checkTimeoutMs?: number;
}

/** The answers of an app about its health, with the defaults filled in. */
export interface HealthPaths {
	readonly livez: string | undefined;
	readonly readyz: string | undefined;
	readonly checkTimeoutMs: number;
}

/** The parts of an app that are asked for health. */
export interface HealthSource {
	readonly isShuttingDown: boolean;
	/** How many sockets are open, of mounted apps too; `undefined` in an app without sockets. */
	readonly openSockets: (() => number) | undefined;
	status(): LifespanStatus;
	checkAll(options: {
		readonly timeoutMs: number;
	}): Promise<Readonly<Record<string, CheckResult>>>;
}

/** @throws SetupError `VIV_OPTION` for what is no path or no time limit */
export function healthPaths(
	health: HealthOptions | boolean | undefined,
): HealthPaths | undefined {
	if (health === undefined || health === false) {
		return undefined;
	}
	const given = health === true ? {} : health;
	assertOptions("App: health", given, rules);
	const { livez, readyz, checkTimeoutMs = 1_000 } = given;
	if (!(Number.isFinite(checkTimeoutMs) && checkTimeoutMs > 0)) {
		throw new SetupError(
			"VIV_OPTION",
			`App: health.checkTimeoutMs must be a number greater than 0, got ${checkTimeoutMs}.`,
		);
	}
	const paths = {
		livez: healthPath("livez", livez),
		readyz: healthPath("readyz", readyz),
		checkTimeoutMs,
	};
	if (paths.livez !== undefined && paths.livez === paths.readyz) {
		throw new SetupError(
			"VIV_OPTION",
			`App: health.livez and health.readyz must be two paths, got "${paths.livez}" for both; they say different things.`,
		);
	}
	return paths;
}

const rules: OptionRules<HealthOptions> = {
	livez: "any", // healthPath
	readyz: "any",
	checkTimeoutMs: "any", // healthPaths
};

function healthPath(
	name: "livez" | "readyz",
	path: string | null | undefined,
): string | undefined {
	if (path === null) {
		return undefined;
	}
	if (path === undefined) {
		return `/${name}`;
	}
	if (typeof path === "string" && /^\/[^{}?#\s]*$/.test(path)) {
		return path;
	}
	throw new SetupError(
		"VIV_OPTION",
		`App: health.${name} must be a plain path that begins with "/" (or null to leave it out), got ${told(path)}.`,
	);
}

/** @throws SetupError `VIV_ROUTE` when a path operation would never be reached */
export function assertHealthPathsFree(
	{ livez, readyz }: HealthPaths,
	operations: readonly PathOperation[],
): void {
	for (const { template, methods } of operations) {
		if (template.text !== livez && template.text !== readyz) {
			continue;
		}
		throw new SetupError(
			"VIV_ROUTE",
			`${methods.join(", ")} ${template.text}: the path belongs to the app's health; give it or new App({ health }) another one.`,
		);
	}
}

/**
 * Answers the paths of health before anything else of the app: no middleware sees them, so that none (trusted hosts, HTTPS redirect,
 * a rate limit, authentication) can make a healthy app look ill.
 */
export function withHealth(
	dispatch: Dispatch,
	paths: HealthPaths,
	source: HealthSource,
	logger: Logger,
): Dispatch {
	const { livez, readyz, checkTimeoutMs } = paths;
	const readiness = new ReadinessAnswer(source, logger, checkTimeoutMs);
	return (incoming) => {
		const { routePath } = incoming;
		const { method } = incoming.source;
		if (method === "GET" || method === "HEAD") {
			incoming.exchange.isProbe = routePath === livez || routePath === readyz;
			if (routePath === livez) {
				const sockets = source.openSockets?.();
				const alive = { status: "alive" };
				return answer(
					200,
					sockets === undefined ? alive : { ...alive, sockets },
				);
			}
			if (routePath === readyz) {
				return incoming.exchange.giveLater(readiness.answer());
			}
		}
		return dispatch(incoming);
	};
}

class ReadinessAnswer {
	readonly #source: HealthSource;
	readonly #logger: Logger;
	readonly #timeoutMs: number;
	/** The resources whose check failed last time: the log tells the change, not every probe. */
	readonly #failing = new Set<string>();

	constructor(source: HealthSource, logger: Logger, timeoutMs: number) {
		this.#source = source;
		this.#logger = logger;
		this.#timeoutMs = timeoutMs;
	}

	async answer(): Promise<JSONResponse> {
		const { isShuttingDown } = this.#source;
		const { state, resources } = this.#source.status();
		if (isShuttingDown) {
			return answer(503, { status: "stopping", resources });
		}
		if (state !== "ready" && state !== "degraded") {
			const status = state === "idle" ? "starting" : state;
			return answer(503, { status, resources });
		}
		const results = await this.#source.checkAll({ timeoutMs: this.#timeoutMs });
		this.#log(results);
		return answerOf(results);
	}

	/** The fault may name hosts and users: it is for the log, never for the answer. */
	#log(results: Readonly<Record<string, CheckResult>>): void {
		for (const [name, { ok, state, error }] of Object.entries(results)) {
			const isFailing = !ok && state === "ready";
			if (isFailing === this.#failing.has(name)) {
				continue;
			}
			if (isFailing) {
				this.#failing.add(name);
				this.#logger.warn(`"${name}" fails its check: ${error}`);
			} else {
				this.#failing.delete(name);
				this.#logger.info(`"${name}" no longer fails its check`);
			}
		}
	}
}

function answerOf(
	results: Readonly<Record<string, CheckResult>>,
): JSONResponse {
	const problems = Object.values(results).filter(({ ok }) => !ok);
	const resources = Object.fromEntries(
		Object.entries(results).map(([name, { ok, state }]) => [
			name,
			!ok && state === "ready" ? "failing" : state,
		]),
	);
	if (problems.length === 0) {
		return answer(200, { status: "ready", resources });
	}
	return problems.every(({ optional }) => optional)
		? answer(200, { status: "degraded", resources })
		: answer(503, { status: "failing", resources });
}

function answer(status: number, content: unknown): JSONResponse {
	return new JSONResponse(content, {
		status,
		headers: { "cache-control": "no-store" },
	});
}
