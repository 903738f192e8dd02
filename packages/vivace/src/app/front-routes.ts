import type { MatchedRoute } from "../http/matched-route.ts";
import { decodePercent } from "../http/query-string.ts";
import { behindPrefix } from "../http/raw-path.ts";
import type { Request } from "../http/request.ts";
import type { Response } from "../http/response.ts";
import type { PlacedFrontend } from "./frontend.ts";
import { type Reply, replied } from "./reply.ts";
import type { OperationRoute } from "./route.ts";

/** A front end that takes a path. */
export interface FoundFrontend {
	/** The route that a request is told. */
	readonly matched: MatchedRoute;
	/** Answers a request that no route takes. */
	respond(request: Request, reply: Reply): Response | Promise<unknown>;
}

/** The front ends of an app, which are asked for what no route takes: of several the one with the longest path. */
export class FrontRoutes {
	readonly #fronts: {
		readonly placed: PlacedFrontend;
		readonly route: OperationRoute;
		readonly matched: MatchedRoute;
	}[] = [];

	/**
	 * Of two with the same path the first counts.
	 *
	 * @param mountPath where its app is mounted in the outermost one
	 */
	add(placed: PlacedFrontend, route: OperationRoute, mountPath: string): void {
		const { methods, tags } = placed.operation;
		const path = mountPath + placed.prefix || "/";
		const matched = Object.freeze({
			path,
			name: "",
			methods,
			tags,
			kind: "frontend" as const,
		});
		this.#fronts.push({ placed, route, matched });
		this.#fronts.sort(
			(a, b) => b.placed.prefix.length - a.placed.prefix.length,
		);
	}

	/** @param rawPath as sent, percent-encoded, without the query */
	find(rawPath: string): FoundFrontend | undefined {
		for (const { placed, route, matched } of this.#fronts) {
			const raw = behindPrefix(rawPath, placed.prefix);
			if (raw !== undefined) {
				const rest = decodePercent(raw).slice(1);
				return {
					matched,
					respond: (request, reply) =>
						answer(request, reply, placed, route, rest),
				};
			}
		}
		return undefined;
	}
}

function answer(
	request: Request,
	reply: Reply,
	{ frontEnd }: PlacedFrontend,
	route: OperationRoute,
	rest: string,
): Response | Promise<unknown> {
	request.pathTexts = [...request.pathTexts, rest];
	request.pathNames = route.names;
	request.isRouted = true;
	return request.method === "GET" || request.method === "HEAD"
		? route.respond(request, reply)
		: replied(request, frontEnd.refuse(rest), reply);
}
