import type { OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { MatchedRoute } from "../http/matched-route.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { Request } from "../http/request.ts";
import type { NodeHandler } from "../http/request-source.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse } from "../http/web-response.ts";
import type { Route } from "./route.ts";

/** Anything that answers web-standard requests: a Hono or H3 app, a function of an edge runtime. */
export interface FetchTarget {
	fetch(
		request: globalThis.Request,
	): globalThis.Response | Promise<globalThis.Response>;
}

/** Options of `app.mount`. */
export interface MountOptions {
	/**
	 * Stands before the names of its routes, with a colon: `app.urlPathFor("admin:read_user", …)`. Default: none, its names are found as if
	 * they were the app's own.
	 */
	readonly name?: string;
}

export const mountRules: OptionRules<MountOptions> = { name: "text" };

/** What can be mounted beside an app; a handler of `node:http` (an Express app) works below a server on Node alone. */
export type ForeignTarget = FetchTarget | NodeHandler;

/** The path below which something is mounted, without a final slash; the empty string is the root. */
export function mountPath(path: unknown): string {
	if (typeof path !== "string" || !path.startsWith("/")) {
		throw new SetupError(
			"VIV_PATH",
			`mount(): the path must begin with "/", got ${JSON.stringify(path)}; write mount("/sub", app).`,
		);
	}
	if (path.includes("{")) {
		throw new SetupError(
			"VIV_PATH",
			`mount(): the path "${path}" has a parameter; what is mounted could not know its value, so write the path out.`,
		);
	}
	return path.replace(/\/+$/, "");
}

/** @throws SetupError `VIV_ROUTE` when it is nothing that can be mounted */
export function assertForeignTarget(
	target: unknown,
): asserts target is ForeignTarget {
	const isFetch =
		target !== null &&
		typeof target === "object" &&
		"fetch" in target &&
		typeof target.fetch === "function";
	if (isFetch || typeof target === "function") {
		return;
	}
	throw new SetupError(
		"VIV_ROUTE",
		`mount(): expected an App, an object with fetch(request) or a Node handler, got ${target === null ? "null" : typeof target}.`,
	);
}

/** The name of the parameter that takes the rest of the path. */
export const restOfPath = "path";

/** Hands requests to something that is no app of ours; their path begins behind the mount. */
export class ForeignRoute implements Route {
	readonly names: readonly string[] = [restOfPath];
	readonly #path: string;
	readonly #target: ForeignTarget;
	readonly #matched: MatchedRoute;

	/** @param whole its path in the outermost app, and its name */
	constructor(
		path: string,
		target: ForeignTarget,
		whole: Pick<MatchedRoute, "path" | "name">,
	) {
		this.#path = path;
		this.#target = target;
		this.#matched = { ...whole, methods: [], tags: [], kind: "mount" };
	}

	match(): MatchedRoute {
		return this.#matched;
	}

	async respond(request: Request): Promise<Response> {
		const source = new MountedSource(request, this.#path);
		if (typeof this.#target !== "function") {
			const { exchange, context, url } = request;
			const inner = new Request(exchange, context, source, request);
			const origin = url.slice(0, url.indexOf("/", url.indexOf("//") + 2));
			const web = inner.toWeb(origin + source.target);
			return fromWebResponse(await this.#target.fetch(web));
		}
		if (request.source.takeOver === undefined) {
			throw new TypeError(
				`a Node handler is mounted at "${this.#path}", but this server is not Node's; mount an object with fetch(request) instead.`,
			);
		}
		request.source.takeOver(this.#target, source.target);
		return new Response();
	}
}
