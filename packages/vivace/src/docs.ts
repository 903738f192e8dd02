export { type RedocOptions, redocHtml } from "./docs/redoc-html.ts";
export {
	type SwaggerUiOptions,
	swaggerUiDefaultParameters,
	swaggerUiHtml,
	swaggerUiOAuth2RedirectHtml,
} from "./docs/swagger-ui-html.ts";
export type { ChartedResource } from "./lifespan/report/charted-resource.ts";
export {
	type LifespanPageOptions,
	lifespanHtml,
} from "./lifespan/report/lifespan-html.ts";
