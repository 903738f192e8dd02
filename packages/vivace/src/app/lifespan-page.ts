import { cspNonce } from "../http/csp-nonce.ts";
import { HTMLResponse } from "../http/html-response.ts";
import type { TimelineEntry } from "../lifespan/report/timeline.ts";
import {
	type DocumentationOptions,
	documentationPaths,
} from "./documentation.ts";
import { Router } from "./router.ts";

/** The port of the page about the lifespan to its app. */
interface Timed {
	readonly title: string;
	readonly lifespan: { timeline(): readonly TimelineEntry[] };
}

/** The route of the page that draws how the app has started, and the graph of its resources. */
export function lifespanRouter(
	app: Timed,
	options: DocumentationOptions,
): Router {
	const router = new Router({ includeInSchema: false, public: true });
	const { lifespan, docs } = documentationPaths(options);
	if (lifespan === undefined) {
		return router;
	}
	router.route(["GET", "HEAD"], lifespan, {}, async (_values, request) => {
		const { rootPath } = request;
		const { lifespanHtml } = await import(
			"../lifespan/report/lifespan-html.ts"
		);
		const html = lifespanHtml({
			title: app.title,
			resources: app.lifespan.timeline(),
			docsUrl: docs && rootPath + docs,
			nonce: cspNonce(request),
		});
		return new HTMLResponse(html, { headers: { "cache-control": "no-store" } });
	});
	return router;
}
