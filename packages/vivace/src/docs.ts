export type { ChartedResource } from "./docs/charted-resource.ts";
export {
	type LifespanPageOptions,
	lifespanHtml,
} from "./docs/lifespan-html.ts";
export { type RedocOptions, redocHtml } from "./docs/redoc-html.ts";
export {
	type SwaggerUiOptions,
	swaggerUiDefaultParameters,
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "./docs/swagger-ui-html.ts";
