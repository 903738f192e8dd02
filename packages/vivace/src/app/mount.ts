import { HTTPException } from "../errors/http-exception.ts";
import type { OptionRules } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { MatchedRoute } from "../http/matched-route.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { Request } from "../http/request.ts";
import type { NodeHandler } from "../http/request-source.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse } from "../http/web-response.ts";
import { type MountSite, pathOfMount } from "./mount-site.ts";
import type { Route } from "./route.ts";

/** Anything that answers web-standard requests: a Hono or H3 app, a function of an edge runtime. */
export interface FetchTarget {
	fetch(
		request: globalThis.Request,
	): globalThis.Response | Promise<globalThis.Response>;
}

/** Options of `mount` and `host`. */
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

/** @throws SetupError `VIV_ROUTE` when it is nothing that can be mounted */
export function assertForeignTarget(
	target: unknown,
	where: string,
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
		`${where}: expected an App, an object with fetch(request) or a Node handler, got ${target === null ? "null" : typeof target}.`,
	);
}

/** The methods that a web-standard request can't have (Fetch Standard, "forbidden method"). */
const notOfTheWeb: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/** Hands requests to something that is no app of ours; their path begins behind the mount. */
export class ForeignRoute implements Route {
	readonly names: readonly string[];
	readonly #site: MountSite;
	readonly #target: ForeignTarget;
	readonly #matched: MatchedRoute;

	/** @param outer the app that it is mounted in: its path in the outermost one, and the parameters of that */
	constructor(
		site: MountSite,
		target: ForeignTarget,
		outer: { readonly path: string; readonly outerNames: readonly string[] },
	) {
		this.names = [...outer.outerNames, ...site.routeNames];
		this.#site = site;
		this.#target = target;
		this.#matched = {
			path: outer.path + site.openapi,
			name: site.place.name,
			methods: [],
			tags: [],
			kind: "mount",
		};
	}

	match(): MatchedRoute {
		return this.#matched;
	}

	async respond(request: Request): Promise<Response> {
		const path = pathOfMount(this.#site, request);
		const source = new MountedSource(request, path);
		if (typeof this.#target !== "function") {
			if (notOfTheWeb.has(request.method)) {
				throw new HTTPException(405);
			}
			const { exchange, context, url } = request;
			const inner = new Request(exchange, context, source, request);
			const origin = url.slice(0, url.indexOf("/", url.indexOf("//") + 2));
			const web = inner.toWeb(origin + source.target);
			return fromWebResponse(await this.#target.fetch(web));
		}
		if (request.source.takeOver === undefined) {
			throw new TypeError(
				`a Node handler is mounted at "${path}", but this server is not Node's; mount an object with fetch(request) instead.`,
			);
		}
		request.source.takeOver(this.#target, source.target);
		return new Response();
	}
}
