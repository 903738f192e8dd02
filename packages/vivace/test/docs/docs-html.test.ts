import assert from "node:assert/strict";
import { test } from "node:test";
import { redocHtml } from "../../src/docs/redoc-html.ts";
import {
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "../../src/docs/swagger-ui-html.ts";
import { scriptJson, scriptText } from "../../src/http/html-text.ts";

const page = { openapiUrl: "/openapi.json", title: "Shop - Swagger UI" };

test("the page of Swagger UI holds the lines that FastAPI's holds", () => {
	const html = swaggerUiHtml({
		...page,
		oauth2RedirectUrl: "/docs/oauth2-redirect",
	});
	for (const line of [
		"<title>Shop - Swagger UI</title>",
		"/docs/swagger-ui-dist@5/swagger-ui-bundle.js",
		"/docs/swagger-ui-dist@5/swagger-ui.css",
		"url: '/openapi.json',",
		'"dom_id": "#swagger-ui",',
		'"layout": "BaseLayout",',
		'"deepLinking": true,',
		'"showExtensions": true,',
		'"showCommonExtensions": true,',
		"oauth2RedirectUrl: window.location.origin + '/docs/oauth2-redirect',",
		"presets: [",
		"SwaggerUIBundle.presets.apis,",
		"SwaggerUIBundle.SwaggerUIStandalonePreset",
	]) {
		assert.ok(html.includes(line), line);
	}
	assert.ok(!html.includes("initOAuth"));
});

test("settings of Swagger UI go before the usual ones and are written as Python writes JSON", () => {
	const html = swaggerUiHtml({
		...page,
		swaggerUiParameters: {
			deepLinking: false,
			syntaxHighlight: { theme: "obsidian", on: [1, 2] },
			empty: {},
		},
		initOAuth: { clientId: "the-foo-clients", appName: "The Predendapp" },
	});
	assert.ok(html.includes('"deepLinking": false,'));
	assert.ok(
		html.includes('"syntaxHighlight": {"theme": "obsidian", "on": [1, 2]},'),
	);
	assert.ok(html.includes('"empty": {},'));
	assert.ok(
		html.includes(
			'ui.initOAuth({"clientId": "the-foo-clients", "appName": "The Predendapp"})',
		),
	);
});

test("assets can come from anywhere", () => {
	const cdn = "https://unpkg.com/swagger-ui-dist@5";
	const html = swaggerUiHtml({
		...page,
		swaggerJsUrl: `${cdn}/swagger-ui-bundle.js`,
		swaggerCssUrl: `${cdn}/swagger-ui.css`,
		swaggerFaviconUrl: "/favicon.png",
	});
	assert.ok(html.includes(`src="${cdn}/swagger-ui-bundle.js"`));
	assert.ok(html.includes(`href="${cdn}/swagger-ui.css"`));
	assert.ok(html.includes('href="/favicon.png"'));
	const redoc = redocHtml({ ...page, redocJsUrl: "/static/redoc.js" });
	assert.ok(redoc.includes('src="/static/redoc.js"'));
});

test("ReDoc asks no other server for anything unless Google's fonts are wanted", () => {
	const html = redocHtml({ ...page, assetsUrl: "/api/redoc" });
	assert.ok(html.includes("/api/redoc/redoc@2/bundles/redoc.standalone.js"));
	assert.ok(html.includes('spec-url="/openapi.json"'));
	assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
	const fonts = redocHtml({ ...page, withGoogleFonts: true });
	assert.ok(fonts.includes("https://fonts.googleapis.com/css"));
});

test("what is embedded can't end the element that it stands in", () => {
	const evil = `</script><script>alert("1" + '2')</script>&\u2028`;
	const html =
		swaggerUiHtml({
			openapiUrl: evil,
			title: evil,
			swaggerJsUrl: evil,
			swaggerCssUrl: evil,
			swaggerFaviconUrl: evil,
			oauth2RedirectUrl: evil,
			initOAuth: { [evil]: evil },
			swaggerUiParameters: { [evil]: evil },
		}) + redocHtml({ openapiUrl: evil, title: evil, redocJsUrl: evil });
	assert.ok(!html.includes("<script>alert"));
	assert.equal(html.match(/<\/script>/g)?.length, 3);
});

test("a text in a script is the text that was given", () => {
	for (const text of [
		"/openapi.json",
		`it's "quoted" \\ </script>`,
		"a\nb\u2028c é 漢 😀",
	]) {
		assert.equal(evaluate(scriptText(text)), text);
		assert.deepEqual(evaluate(scriptJson({ [text]: [text] })), {
			[text]: [text],
		});
	}
});

/** The value that a script element would read; JSON, as single quotes are the only difference. */
function evaluate(source: string): unknown {
	return JSON.parse(
		source.startsWith("'")
			? `"${source.slice(1, -1).replaceAll(/(?<!\\)((?:\\\\)*)"/g, '$1\\"')}"`
			: source,
	);
}

test("the page for OAuth2 hands the answer to the window that opened it", () => {
	assert.ok(
		swaggerUiOAuth2RedirectHtml().includes(
			"window.opener.swaggerUIRedirectOauth2",
		),
	);
});
