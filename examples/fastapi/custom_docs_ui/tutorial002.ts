import { App, HTMLResponse, Router } from "vivace";
import {
	redocHtml,
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "vivace/docs";
import { z } from "zod";

export const app = new App({ title: "FastAPI", docsUrl: null, redocUrl: null });

const pages = new Router({
	includeInSchema: false,
	responseClass: HTMLResponse,
});

pages.get("/docs", () =>
	swaggerUiHtml({
		openapiUrl: "/openapi.json",
		title: `${app.title} - Swagger UI`,
		oauth2RedirectUrl: "/docs/oauth2-redirect",
		swaggerJsUrl: "/static/swagger-ui-bundle.js",
		swaggerCssUrl: "/static/swagger-ui.css",
	}),
);

pages.get("/docs/oauth2-redirect", () => swaggerUiOAuth2RedirectHtml());

pages.get("/redoc", () =>
	redocHtml({
		openapiUrl: "/openapi.json",
		title: `${app.title} - ReDoc`,
		redocJsUrl: "/static/redoc.standalone.js",
	}),
);

app.include(pages);

app.get(
	"/users/{username}",
	{ username: z.string() },
	function read_user({ username }) {
		return { message: `Hello ${username}` };
	},
);
