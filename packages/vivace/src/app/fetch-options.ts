import {
	assertArgument,
	assertOptions,
	isNear,
	isRecord,
	type OptionRules,
} from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { WebRequestOptions } from "../http/web-request-source.ts";

/** Options of `app.fetch`. */
export interface FetchOptions extends WebRequestOptions {
	/** Gets the promise of the work that goes on after the answer, where the runtime must be told. Default: nobody is told. */
	readonly waitUntil?: (promise: Promise<unknown>) => void;
}

const where = "app.fetch()";

const rules: OptionRules<FetchOptions> = {
	client: "record",
	onUnhandledError: "function",
	waitUntil: "function",
};

/**
 * Refuses what is no request, and what runtimes hand a `fetch` beside it: taken for options, it would be ignored in silence.
 * @throws SetupError `VIV_OPTION`
 */
export function assertFetch(
	request: unknown,
	options: object,
	others: readonly unknown[],
): void {
	const { url, headers } = Object(request) as Partial<globalThis.Request>;
	if (typeof url !== "string" || headers === undefined) {
		assertArgument(where, "request", request, () => "a web Request");
	}
	if (others.length > 0 || !isRecord(options) || isOfRuntime(options)) {
		throw new SetupError(
			"VIV_OPTION",
			`${where}: takes a request and { client, waitUntil }, not what a runtime hands on beside it (env and ctx of Workers, the server of Bun, ` +
				"info of Deno); write (request, env, ctx) => app.fetch(request, { waitUntil: (promise) => ctx.waitUntil(promise) }).",
		);
	}
	assertOptions<FetchOptions>(where, options, rules);
}

/** True for an object that has none of our options: bindings, a server, information on the connection. */
function isOfRuntime(given: object): boolean {
	const names = Object.keys(given);
	const prototype: unknown = Object.getPrototypeOf(given);
	const isPlain = prototype === Object.prototype || prototype === null;
	return (
		!isPlain ||
		(names.length > 0 &&
			!names.some((name) =>
				Object.keys(rules).some((own) => isNear(name, own)),
			))
	);
}
