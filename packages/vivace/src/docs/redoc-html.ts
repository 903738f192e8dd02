import { assertOptions, type OptionRules } from "../errors/options.ts";
import { defaultFaviconUrl, escapeHtml } from "../http/html-text.ts";

/** The parts of the page of ReDoc. */
export interface RedocOptions {
	/** Where the browser finds the OpenAPI document, for instance `/openapi.json`. */
	readonly openapiUrl: string;
	/** The title in the browser's tab, for instance `Shop - ReDoc`. */
	readonly title: string;
	/** Where the app serves its own assets, without a final slash. Default: `/redoc`. */
	readonly assetsUrl?: string | undefined;
	/** Default: the script that the package brings, below `assetsUrl`. */
	readonly redocJsUrl?: string | undefined;
	/** Default: a picture within the page. */
	readonly redocFaviconUrl?: string | undefined;
	/** True when ReDoc's fonts are loaded from Google's servers; otherwise the reader's own are used. Default: false. */
	readonly withGoogleFonts?: boolean | undefined;
}

const rules: OptionRules<RedocOptions> = {
	openapiUrl: { required: "text" },
	title: { required: "text" },
	assetsUrl: "text",
	redocJsUrl: "text",
	redocFaviconUrl: "text",
	withGoogleFonts: "boolean",
};

/**
 * The page that shows an OpenAPI document with ReDoc. Whatever it embeds is escaped.
 *
 * @see FastAPI, "Custom Docs UI Static Assets"
 */
export function redocHtml(options: RedocOptions): string {
	assertOptions("redocHtml()", options, rules);
	const { openapiUrl, title, assetsUrl = "/redoc" } = options;
	const {
		redocJsUrl = `${assetsUrl}/redoc@2/bundles/redoc.standalone.js`,
		redocFaviconUrl = defaultFaviconUrl,
		withGoogleFonts = false,
	} = options;
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${withGoogleFonts ? googleFonts : ""}
<link rel="icon" href="${escapeHtml(redocFaviconUrl)}">
<style>body { margin: 0; padding: 0; }</style>
</head>
<body>
<noscript>This page needs JavaScript to show the documentation.</noscript>
<redoc spec-url="${escapeHtml(openapiUrl)}"></redoc>
<script src="${escapeHtml(redocJsUrl)}"></script>
</body>
</html>
`;
}

const googleFonts =
	'<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Montserrat:300,400,700|Roboto:300,400,700">';
