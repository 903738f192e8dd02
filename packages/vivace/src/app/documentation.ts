import {
	areDocsAssetsMissing,
	docsAssetResponse,
	docsAssets,
	docsAssetsMissing,
} from "../docs/docs-assets.ts";
import { redocHtml } from "../docs/redoc-html.ts";
import {
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "../docs/swagger-ui-html.ts";
import { HTTPException } from "../errors/http-exception.ts";
import type { OptionRules } from "../errors/options.ts";
import { told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { cspNonce } from "../http/csp-nonce.ts";
import { HTMLResponse } from "../http/html-response.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { listsTag } from "../http/validators.ts";
import type { WrittenDocument } from "../openapi/written-document.ts";
import type { PublishedDocument } from "./document-part.ts";
import { Router } from "./router.ts";

/** Where and how an app documents itself; `null` switches a page off. FastAPI, "Metadata and Docs URLs". */
export interface DocumentationOptions {
	/** Path of the OpenAPI document. Without it there are no pages either. Default: `/openapi.json`. */
	readonly openapiUrl?: string | null;
	/** Path of Swagger UI. Default: `/docs`. */
	readonly docsUrl?: string | null;
	/** Path of ReDoc. Default: `/redoc`. */
	readonly redocUrl?: string | null;
	/**
	 * Path of the page that draws how the app started and which resource needs which, with the words of what went wrong: for developers.
	 * A mounted app has none; its resources are on the page of the app around it. Default: `/docs/lifespan` (below `docsUrl`), none where
	 * `NODE_ENV` is `production` or there is no Swagger UI.
	 */
	readonly lifespanUrl?: string | null;
	/** Path to which an authorization server sends Swagger UI's user back. Default: `/docs/oauth2-redirect`. */
	readonly swaggerUiOAuth2RedirectUrl?: string | null;
	/** Options of Swagger UI's `initOAuth`. FastAPI, "Configure Swagger UI". */
	readonly swaggerUiInitOAuth?: Readonly<Record<string, unknown>>;
	/** Settings of Swagger UI, by name. FastAPI, "Configure Swagger UI". */
	readonly swaggerUiParameters?: Readonly<Record<string, unknown>>;
	/** True when a `rootPath` is named as first of the document's servers. Default: true. */
	readonly rootPathInServers?: boolean;
}

/** Rules of {@link DocumentationOptions}; {@link documentationPaths} checks the paths. */
export const documentationRules: OptionRules<DocumentationOptions> = {
	openapiUrl: "any",
	docsUrl: "any",
	redocUrl: "any",
	lifespanUrl: "any",
	swaggerUiOAuth2RedirectUrl: "any",
	swaggerUiInitOAuth: "record",
	swaggerUiParameters: "record",
	rootPathInServers: "boolean",
};

/** The port of the pages to their app. */
export interface Documented {
	readonly title: string;
	/** Its document as it is sent. */
	document(): WrittenDocument | Promise<WrittenDocument>;
}

/** The paths of an app's documentation, with the defaults filled in; `undefined` where a page is switched off. */
export interface DocumentationPaths {
	readonly openapi: string | undefined;
	readonly docs: string | undefined;
	readonly redoc: string | undefined;
	readonly oauth2Redirect: string | undefined;
	readonly lifespan: string | undefined;
}

/** @throws SetupError `VIV_OPTION` when one of them is not a path */
export function documentationPaths(
	options: DocumentationOptions,
): DocumentationPaths {
	const openapi = pagePath("openapiUrl", options.openapiUrl, "/openapi.json");
	const hasPages = openapi !== undefined;
	const docs = pagePath("docsUrl", options.docsUrl, "/docs");
	return {
		openapi,
		lifespan: lifespanPath(options, hasPages ? docs : undefined),
		docs: hasPages ? docs : undefined,
		redoc: hasPages
			? pagePath("redocUrl", options.redocUrl, "/redoc")
			: undefined,
		oauth2Redirect:
			hasPages && docs !== undefined
				? pagePath(
						"swaggerUiOAuth2RedirectUrl",
						options.swaggerUiOAuth2RedirectUrl,
						"/docs/oauth2-redirect",
					)
				: undefined,
	};
}

function lifespanPath(
	{ lifespanUrl }: DocumentationOptions,
	docs: string | undefined,
): string | undefined {
	if (lifespanUrl !== undefined) {
		return pagePath("lifespanUrl", lifespanUrl, "");
	}
	const isProduction = globalThis.process?.env.NODE_ENV === "production";
	return docs === undefined || isProduction
		? undefined
		: `${docs.replace(/\/+$/, "")}/lifespan`;
}

function pagePath(
	name: string,
	value: string | null | undefined,
	fallback: string,
): string | undefined {
	const path = value === undefined ? fallback : value;
	if (path === null || path === "") {
		return undefined;
	}
	if (typeof path !== "string" || !path.startsWith("/")) {
		throw new SetupError(
			"VIV_OPTION",
			`App: ${name} must begin with "/" (or be null to switch it off), got ${told(path)}${typeof path === "string" ? `; write "/${path}"` : ""}.`,
		);
	}
	return path;
}

const pageMethods = ["GET", "HEAD"];

/** The routes of the documentation: the document, its pages and what the pages load. */
export function documentationRouter(
	app: Documented,
	options: DocumentationOptions,
): Router {
	const paths = documentationPaths(options);
	const router = new Router({ includeInSchema: false, public: true });
	if (paths.openapi === undefined) {
		return router;
	}
	const { openapi, docs, redoc, oauth2Redirect } = paths;
	router.route(pageMethods, openapi, {}, (_values, request) =>
		documentAnswer(app, options, request),
	);
	if (docs !== undefined) {
		router.route(pageMethods, docs, {}, async (_values, request) => {
			await assertAssets();
			const { rootPath } = request;
			const nonce = cspNonce(request);
			const html = swaggerUiHtml({
				title: `${app.title} - Swagger UI`,
				openapiUrl: rootPath + openapi,
				assetsUrl: rootPath + docs,
				oauth2RedirectUrl: oauth2Redirect && rootPath + oauth2Redirect,
				initOAuth: options.swaggerUiInitOAuth,
				swaggerUiParameters: options.swaggerUiParameters,
				nonce,
			});
			return page(html, nonce, "same-origin-allow-popups");
		});
		addAssets(router, docs, "swagger-ui-dist@");
	}
	if (oauth2Redirect !== undefined) {
		router.route(pageMethods, oauth2Redirect, {}, (_values, request) => {
			const nonce = cspNonce(request);
			const html = swaggerUiOAuth2RedirectHtml({ nonce });
			return page(html, nonce, "unsafe-none");
		});
	}
	if (redoc !== undefined) {
		router.route(pageMethods, redoc, {}, async (_values, { rootPath }) => {
			await assertAssets();
			const html = redocHtml({
				title: `${app.title} - ReDoc`,
				openapiUrl: rootPath + openapi,
				assetsUrl: rootPath + redoc,
			});
			return new HTMLResponse(html);
		});
		addAssets(router, redoc, "redoc@");
	}
	return router;
}

/**
 * A page that knows the one that opened it, or that it has opened, also where `securityHeaders()` has other pages know nobody.
 * @param nonce there is one where that middleware is
 */
function page(
	html: string,
	nonce: string | undefined,
	openerPolicy: string,
): HTMLResponse {
	return nonce === undefined
		? new HTMLResponse(html)
		: new HTMLResponse(html, {
				headers: { "cross-origin-opener-policy": openerPolicy },
			});
}

/** An empty page would not say what is missing. */
async function assertAssets(): Promise<void> {
	if (await areDocsAssetsMissing()) {
		throw new HTTPException(404, docsAssetsMissing);
	}
}

/** The routes of a document of a part, and of its pages. */
export function publishedRouter(
	part: Documented,
	{ openapiUrl, docsUrl, redocUrl, dependencies }: PublishedDocument,
	options: DocumentationOptions,
): Router {
	const router = new Router(dependencies && { dependencies });
	router.include(
		documentationRouter(part, {
			...options,
			openapiUrl,
			docsUrl: docsUrl ?? null,
			redocUrl: redocUrl ?? null,
			swaggerUiOAuth2RedirectUrl:
				docsUrl === undefined ? null : `${docsUrl}/oauth2-redirect`,
		}),
	);
	return router;
}

function documentAnswer(
	app: Documented,
	options: DocumentationOptions,
	request: Request,
): Response | Promise<Response> {
	const rootPath = options.rootPathInServers === false ? "" : request.rootPath;
	const document = app.document();
	return document instanceof Promise
		? document.then((written) => bytesAnswer(written, rootPath, request))
		: bytesAnswer(document, rootPath, request);
}

/** A browser that opens the page again has the document already. */
function bytesAnswer(
	document: WrittenDocument,
	rootPath: string,
	request: Request,
): Response {
	const { bytes, etag } = document.below(rootPath);
	const tags = request.header("if-none-match");
	return tags !== undefined && listsTag(tags, etag)
		? new Response(null, { status: 304, headers: { etag } })
		: new Response(bytes, { mediaType: "application/json", headers: { etag } });
}

function addAssets(router: Router, page: string, name: string): void {
	const base = page.replace(/\/+$/, "");
	for (const path of docsAssets.keys()) {
		if (!path.startsWith(name)) {
			continue;
		}
		router.route(pageMethods, `${base}/${path}`, {}, (_values, request) =>
			docsAssetResponse(request, path),
		);
	}
}
