import { assertOptions, type OptionRules } from "../errors/options.ts";
import {
	defaultFaviconUrl,
	escapeHtml,
	nonceAttribute,
	scriptJson,
	scriptText,
} from "../http/html-text.ts";

/** The parts of the page of Swagger UI. */
export interface SwaggerUiOptions {
	/** Where the browser finds the OpenAPI document, for instance `/openapi.json`. */
	readonly openapiUrl: string;
	/** The title in the browser's tab, for instance `Shop - Swagger UI`. */
	readonly title: string;
	/** Where the app serves its own assets, without a final slash. Default: `/docs`. */
	readonly assetsUrl?: string | undefined;
	/** Default: the script that the package brings, below `assetsUrl`. */
	readonly swaggerJsUrl?: string | undefined;
	/** Default: the style sheet that the package brings, below `assetsUrl`. */
	readonly swaggerCssUrl?: string | undefined;
	/** Default: a picture within the page. */
	readonly swaggerFaviconUrl?: string | undefined;
	/** Path of the page that {@link swaggerUiOAuth2RedirectHtml} makes. Default: none. */
	readonly oauth2RedirectUrl?: string | undefined;
	/** Options of Swagger UI's `initOAuth`: `clientId`, `appName`, `scopes`, … Default: it is not called. */
	readonly initOAuth?: Readonly<Record<string, unknown>> | undefined;
	/** Settings of Swagger UI, JSON values by name; they go before {@link swaggerUiDefaultParameters}. */
	readonly swaggerUiParameters?: Readonly<Record<string, unknown>> | undefined;
	/** The nonce of its inline script for a Content-Security-Policy, see `cspNonce`. Default: none. */
	readonly nonce?: string | undefined;
}

const rules: OptionRules<SwaggerUiOptions> = {
	openapiUrl: { required: "text" },
	title: { required: "text" },
	assetsUrl: "text",
	swaggerJsUrl: "text",
	swaggerCssUrl: "text",
	swaggerFaviconUrl: "text",
	oauth2RedirectUrl: "text",
	initOAuth: "record",
	swaggerUiParameters: "record",
	nonce: "text",
};

/** The settings of Swagger UI that are used where the app says nothing else. */
export const swaggerUiDefaultParameters: Readonly<Record<string, unknown>> = {
	dom_id: "#swagger-ui",
	layout: "BaseLayout",
	deepLinking: true,
	showExtensions: true,
	showCommonExtensions: true,
};

/**
 * The page that shows an OpenAPI document with Swagger UI. Whatever it embeds is escaped.
 *
 * @see FastAPI, "Custom Docs UI Static Assets" and "Configure Swagger UI"
 */
export function swaggerUiHtml(options: SwaggerUiOptions): string {
	assertOptions("swaggerUiHtml()", options, rules);
	const { openapiUrl, title, assetsUrl = "/docs" } = options;
	const packageUrl = `${assetsUrl}/swagger-ui-dist@5`;
	const {
		swaggerJsUrl = `${packageUrl}/swagger-ui-bundle.js`,
		swaggerCssUrl = `${packageUrl}/swagger-ui.css`,
		swaggerFaviconUrl = defaultFaviconUrl,
	} = options;
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(swaggerCssUrl)}">
<link rel="icon" href="${escapeHtml(swaggerFaviconUrl)}">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${escapeHtml(swaggerJsUrl)}"></script>
<script${nonceAttribute(options.nonce)}>
const ui = SwaggerUIBundle({
url: ${scriptText(openapiUrl)},
${settingLines(options)}
presets: [
SwaggerUIBundle.presets.apis,
SwaggerUIBundle.SwaggerUIStandalonePreset
],
})
${options.initOAuth ? `ui.initOAuth(${scriptJson(options.initOAuth)})` : ""}
</script>
</body>
</html>
`;
}

function settingLines(options: SwaggerUiOptions): string {
	const settings = {
		...swaggerUiDefaultParameters,
		...options.swaggerUiParameters,
	};
	const lines = Object.entries(settings).map(
		([name, value]) => `${scriptJson(name)}: ${scriptJson(value)},`,
	);
	const { oauth2RedirectUrl } = options;
	if (oauth2RedirectUrl) {
		lines.push(
			`oauth2RedirectUrl: window.location.origin + ${scriptText(oauth2RedirectUrl)},`,
		);
	}
	return lines.join("\n");
}

/**
 * The page to which an authorization server sends the browser back: hands code or token to the Swagger UI that opened it (RFC 6749
 * §4.1.2 and §4.2.2) and closes itself.
 */
export function swaggerUiOAuth2RedirectHtml(
	options: Pick<SwaggerUiOptions, "nonce"> = {},
): string {
	assertOptions("swaggerUiOAuth2RedirectHtml()", options, { nonce: "text" });
	const { nonce } = options;
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Swagger UI: OAuth2 Redirect</title>
</head>
<body>
<script${nonceAttribute(nonce)}>
"use strict";
const pending = window.opener.swaggerUIRedirectOauth2;
const isInHash = /code|token|error/.test(window.location.hash);
const text = isInHash ? window.location.hash.slice(1) : window.location.search.slice(1);
const answer = Object.fromEntries(new URLSearchParams(text.replace("?", "&")));
const isValid = answer.state === pending.state;
const { auth, redirectUrl } = pending;
const flow = auth.schema.get("flow");
const wantsCode = ["accessCode", "authorizationCode", "authorization_code"].includes(flow) && !auth.code;

function report(level, message) {
	pending.errCb({ authId: auth.name, source: "auth", level, message });
}

if (!wantsCode) {
	pending.callback({ auth, token: answer, isValid, redirectUrl });
} else {
	if (!isValid) {
		report("warning", "The authorization server did not return the state that was sent: the authorization may be forged.");
	}
	if (answer.code) {
		delete pending.state;
		auth.code = answer.code;
		pending.callback({ auth, redirectUrl });
	} else if (answer.error) {
		const description = answer.error_description ?? "The authorization server refused.";
		report("error", "[" + answer.error + "]: " + description + (answer.error_uri ? " See " + answer.error_uri : ""));
	} else {
		report("error", "[Authorization failed]: the authorization server sent no code.");
	}
}
window.close();
</script>
</body>
</html>
`;
}
