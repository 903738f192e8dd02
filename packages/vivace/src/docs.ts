export { type RedocOptions, redocHtml } from "./docs/redoc-html.ts";
export {
	type SwaggerUiOptions,
	swaggerUiDefaultParameters,
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "./docs/swagger-ui-html.ts";
