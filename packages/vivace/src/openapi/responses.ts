import { statusCodes } from "../errors/status-phrase.ts";
import { isBodyAllowed } from "../http/answer-framing.ts";
import type { JsonSchema } from "../schema/document/json-schema.ts";
import { answerHeadersOf } from "../schema/library/built-in/built-in-schema.ts";
import { isSchema } from "../schema/standard-schema.ts";
import { childOf, type DocumentNode, mergeInto } from "./document-tree.ts";
import { titledSchema } from "./field-schema.ts";
import type { ModelTable } from "./model-table.ts";
import type {
	OpenApiAdditionalResponse,
	OpenApiOperation,
	OpenApiResponse,
} from "./operation.ts";

/** The context in which the responses of one operation are described. */
export interface ResponseContext {
	readonly uniqueId: string;
	readonly models: ModelTable;
	/** How warnings name the operation. */
	readonly where: string;
}

/** The responses object of an operation (OpenAPI 3.1.1 §4.8.16): its own answer and the further ones merged into it. */
export function responsesObject(
	{ response, responses = {} }: OpenApiOperation,
	context: ResponseContext,
): DocumentNode {
	const result: DocumentNode = {
		[String(response.status)]: {
			description: response.description ?? "Successful Response",
			...successHeaders(response),
			...successContent(response, context),
		},
	};
	for (const [status, additional] of Object.entries(responses)) {
		const upper = status.toUpperCase();
		const target = childOf(result, upper === "DEFAULT" ? "default" : upper);
		mergeResponse(target, status, additional, response, context);
	}
	return result;
}

/** Those that the answer's schema knows of. */
function successHeaders({ schema }: OpenApiResponse): DocumentNode {
	const headers = isSchema(schema)
		? structuredClone(answerHeadersOf(schema))
		: {};
	return Object.keys(headers).length > 0 ? { headers } : {};
}

/** True when the items of a stream are described, not the whole. */
export function hasItemSchema({ status, form }: OpenApiResponse): boolean {
	return isBodyAllowed(status) && (form === "jsonLines" || form === "events");
}

function successContent(
	response: OpenApiResponse,
	context: ResponseContext,
): DocumentNode {
	const { status, mediaType, form } = response;
	if (!isBodyAllowed(status)) {
		return {};
	}
	switch (form) {
		case "jsonLines":
			return {
				content: {
					"application/jsonl": { itemSchema: itemSchema(response, context) },
				},
			};
		case "events":
			return {
				content: {
					"text/event-stream": { itemSchema: eventSchema(response, context) },
				},
			};
		default:
			return mediaType === null
				? {}
				: {
						content: { [mediaType]: { schema: bodySchema(response, context) } },
					};
	}
}

function bodySchema(
	{ form, schema }: OpenApiResponse,
	context: ResponseContext,
): JsonSchema {
	if (form === "text") {
		return { type: "string" };
	}
	if (!schema) {
		return {};
	}
	return outputSchema(schema, `Response_${context.uniqueId}`, context);
}

function itemSchema(
	{ schema }: OpenApiResponse,
	context: ResponseContext,
): JsonSchema {
	if (!schema) {
		return {};
	}
	return outputSchema(schema, `StreamItem_${context.uniqueId}`, context);
}

/** A server-sent event (HTML Living Standard §9.2) whose data, if it is known, is JSON. */
function eventSchema(
	response: OpenApiResponse,
	context: ResponseContext,
): JsonSchema {
	const data: JsonSchema = response.schema
		? {
				type: "string",
				contentMediaType: "application/json",
				contentSchema: itemSchema(response, context),
			}
		: { type: "string" };
	return {
		type: "object",
		properties: {
			data,
			event: { type: "string" },
			id: { type: "string" },
			retry: { type: "integer", minimum: 0 },
		},
		...(response.schema && { required: ["data"] }),
	};
}

function outputSchema(
	schema: NonNullable<OpenApiResponse["schema"]>,
	name: string,
	{ models, where }: ResponseContext,
): JsonSchema {
	const described = models.add(schema, "output", `${where}: the response`);
	return titledSchema(described, name, models);
}

function mergeResponse(
	target: DocumentNode,
	status: string,
	additional: OpenApiAdditionalResponse,
	success: OpenApiResponse,
	context: ResponseContext,
): void {
	const { schema, ...members } = additional;
	const { description } = target;
	const addition = structuredClone(members) as DocumentNode;
	if (schema) {
		const name = `Response_${status}_${context.uniqueId}`;
		const media = childOf(
			childOf(addition, "content"),
			success.mediaType ?? "application/json",
		);
		mergeInto(childOf(media, "schema"), outputSchema(schema, name, context));
	}
	mergeInto(target, addition);
	target.description =
		additional.description ||
		description ||
		statusText(status) ||
		"Additional Response";
}

function statusText(status: string): string | undefined {
	return statusRanges[status.toUpperCase()] ?? statusCodes[Number(status)];
}

const statusRanges: Readonly<Record<string, string>> = {
	"1XX": "Information",
	"2XX": "Success",
	"3XX": "Redirection",
	"4XX": "Client Error",
	"5XX": "Server Error",
	DEFAULT: "Default Response",
};
