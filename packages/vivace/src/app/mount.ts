import { HTTPException } from "../errors/http-exception.ts";
import { type OptionRules, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { Incoming, OpenRequest } from "../http/incoming.ts";
import type { MatchedRoute } from "../http/matched-route.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { Request } from "../http/request.ts";
import type { NodeHandler } from "../http/request-source.ts";
import type { RequestTarget } from "../http/request-target.ts";
import { Response } from "../http/response.ts";
import { fromWebResponse, isWebResponse } from "../http/web-response.ts";
import { encodePath } from "../routing/url-path.ts";
import { type MountSite, pathOfMount } from "./mount-site.ts";
import { type Reply, replied } from "./reply.ts";
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
	/** True when it may be called without credentials, where the app's `requireSecurity` says that nothing may. Default: false. */
	readonly public?: boolean;
}

export const mountRules: OptionRules<MountOptions> = {
	name: "text",
	public: "boolean",
};

/** A target beside an app that can be mounted; a handler of `node:http` (an Express app) works below a server on Node alone. */
export type ForeignTarget = RequestTarget | FetchTarget | NodeHandler;

/** @throws SetupError `VIV_ROUTE` when it is nothing that can be mounted */
export function assertForeignTarget(
	target: unknown,
	where: string,
): asserts target is ForeignTarget {
	if (
		typeof target === "function" ||
		hasMethod(target, "fetch") ||
		hasMethod(target, "respond")
	) {
		return;
	}
	throw new SetupError(
		"VIV_ROUTE",
		`${where}: expected an App, staticFiles(…), an object with fetch(request) or a Node handler, got ${target === null ? "null" : typeof target}.`,
	);
}

function hasMethod<Name extends string>(
	target: unknown,
	name: Name,
): target is { readonly [Key in Name]: () => unknown } {
	return (
		target !== null &&
		typeof target === "object" &&
		name in target &&
		typeof target[name as keyof typeof target] === "function"
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
	readonly #open: OpenRequest;

	/** @param outer the app that it is mounted in: its path in the outermost one, and the parameters of that */
	constructor(
		site: MountSite,
		target: ForeignTarget,
		outer: { readonly path: string; readonly outerNames: readonly string[] },
		open: OpenRequest,
	) {
		this.#open = open;
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

	respond(incoming: Incoming, reply: Reply): Response | Promise<unknown> {
		return replied(incoming, this.#respond(this.#open(incoming)), reply);
	}

	#respond(request: Request): Response | Promise<Response> {
		const path = pathOfMount(this.#site, request);
		const source = new MountedSource(request, path);
		const { exchange, context } = request;
		if (typeof this.#target === "function") {
			return this.#handOver(request, this.#target, path, source.target);
		}
		if (isRequestTarget(this.#target)) {
			const rootPath = context.rootPath + encodePath(path);
			return this.#target.respond(
				new Request(exchange, { ...context, rootPath }, source, request),
			);
		}
		return this.#fetch(
			new Request(exchange, context, source, request),
			this.#target,
			source.target,
		);
	}

	async #fetch(
		request: Request,
		target: FetchTarget,
		path: string,
	): Promise<Response> {
		if (notOfTheWeb.has(request.method)) {
			throw new HTTPException(405);
		}
		const { url } = request;
		const origin = url.slice(0, url.indexOf("/", url.indexOf("//") + 2));
		const answer: unknown = await target.fetch(request.toWeb(origin + path));
		if (!isWebResponse(answer)) {
			throw new TypeError(
				`${this.#matched.path}: fetch(request) of what is mounted gave ${told(answer)}, which is no web-standard Response; return new Response(…).`,
			);
		}
		return fromWebResponse(answer);
	}

	#handOver(
		request: Request,
		handler: NodeHandler,
		path: string,
		target: string,
	): Response {
		if (request.source.takeOver === undefined) {
			throw new TypeError(
				`a Node handler is mounted at "${path}", but this server is not Node's; mount an object with fetch(request) instead.`,
			);
		}
		request.source.takeOver(handler, target);
		return new Response();
	}
}

function isRequestTarget(
	target: RequestTarget | FetchTarget,
): target is RequestTarget {
	return !("fetch" in target); // a target that has both is asked as it was before there were request targets
}
