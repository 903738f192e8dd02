import { buildOpenApi } from "../openapi/build-openapi.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import type { AppOptions } from "./app-options.ts";
import { describeOperations } from "./describe-operation.ts";
import type { Logger } from "./logger.ts";
import type { PathOperation } from "./path-operation.ts";

/** The parts of an app's document. */
export interface DocumentedParts {
	readonly title: string;
	readonly operations: readonly PathOperation[];
	readonly webhooks: readonly PathOperation[];
	readonly logger: Logger;
}

/** The OpenAPI document of an app, with what its options say of it. */
export function appDocument<State>(
	{ openapiTags: tags, ...options }: AppOptions<State, never>,
	{ title, operations, webhooks, logger }: DocumentedParts,
): OpenApiDocument {
	return buildOpenApi(
		{ ...options, tags, title, version: options.version ?? "0.1.0" },
		describeOperations(operations),
		{
			webhooks: describeOperations(webhooks),
			separateInputOutputSchemas: options.separateInputOutputSchemas,
			titles: options.openapiTitles,
			onWarning: (message) => logger.warn(message),
		},
	);
}
