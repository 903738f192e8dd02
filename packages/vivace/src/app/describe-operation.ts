import { EventSourceResponse } from "../http/event-source-response.ts";
import { JSONResponse } from "../http/json-response.ts";
import { isGeneratorFunction } from "../inject/generator.ts";
import type { DependencyGraph } from "../inject/graph.ts";
import type { ParameterField } from "../inject/parameter-field.ts";
import type {
	OpenApiAdditionalResponse,
	OpenApiOperation,
	OpenApiParameter,
	OpenApiResponse,
} from "../openapi/operation.ts";
import { uniqueIdOf } from "../openapi/operation-name.ts";
import { pathTypeNamed } from "../routing/path-type.ts";
import { operationGraph } from "./compile.ts";
import { describeBody } from "./describe-body.ts";
import { describeField } from "./describe-field.ts";
import { operationStatus, type PathOperation } from "./path-operation.ts";

/** The plain records from which the document describes path operations: of those that it names, one for each of their methods. */
export function* describeOperations(
	operations: readonly PathOperation[],
): Generator<OpenApiOperation, void> {
	for (const operation of operations) {
		if (operation.includeInSchema) {
			yield* describeOperation(operation);
		}
	}
}

function describeOperation(
	operation: PathOperation,
): readonly OpenApiOperation[] {
	const { options } = operation;
	const graph = operationGraph(operation);
	const { names } = operation.template;
	const shared = {
		path: operation.template.openapi,
		name: operation.name,
		operationId: options.operationId,
		summary: options.summary,
		description: options.description,
		tags: operation.tags,
		deprecated: operation.deprecated,
		parameters: [
			...graph.fields
				.filter(({ source, name }) => source !== "path" || names.includes(name)) // others stand in the URL of the server
				.flatMap(describeParameter),
			...undeclaredNames(operation, graph),
		],
		body: describeBody(graph),
		response: describeResponse(operation),
		responses: operation.responses as Readonly<
			Record<string, OpenApiAdditionalResponse>
		>,
		security: graph.security.map(({ declaration, scopes }) => ({
			name: declaration.name,
			scheme: declaration.scheme,
			scopes,
		})),
		callbacks: operation.callbacks.flatMap((source) => [
			...describeOperations(source.operations()),
		]),
		openapiExtra: options.openapiExtra,
	};
	return operation.methods.map((method) => ({
		...shared,
		method,
		uniqueId: options.operationId || generatedId(operation, method),
	}));
}

/** The id that the document gives to one of a path operation's methods. */
export function operationId(operation: PathOperation, method: string): string {
	const { name, options, template } = operation;
	return (
		options.operationId ||
		(generatedId(operation, method) ??
			uniqueIdOf({ name, path: template.openapi, method }))
	);
}

function generatedId(
	operation: PathOperation,
	method: string,
): string | undefined {
	const { name, methods, tags, template, generateUniqueId } = operation;
	const path = template.openapi;
	return generateUniqueId?.({ name, path, method, methods, tags });
}

function describeParameter(field: ParameterField): OpenApiParameter[] {
	switch (field.source) {
		case "path":
		case "query":
		case "header":
		case "cookie":
			return [
				{
					...describeField(field),
					in: field.source,
					isModel: field.isModel,
					convertUnderscores: field.options.convertUnderscores,
					aliases: field.options.aliases,
				},
			];
		default:
			return [];
	}
}

/** A name in the path that nothing declares is handed on as text, so it is documented as text. */
function undeclaredNames(
	operation: PathOperation,
	graph: DependencyGraph,
): OpenApiParameter[] {
	const declared = new Set(
		graph.fields
			.filter((field) => field.source === "path")
			.map((field) => field.name),
	);
	return operation.template.parameters
		.filter(({ name }) => !declared.has(name))
		.map(({ name, converter }) => ({
			in: "path",
			name,
			schema: { type: "string", ...patternOf(converter) },
			isRequired: true,
		}));
}

/** Which texts a path type of the program's own takes, nobody knows from its name. */
function patternOf(converter: string): { readonly pattern?: string } {
	const type = pathTypeNamed(converter);
	return type === undefined || type.isBuiltIn
		? {}
		: { pattern: `^${type.pattern}$` };
}

function describeResponse(operation: PathOperation): OpenApiResponse {
	const { options, responseClass } = operation;
	const status = operationStatus(operation);
	const streamed =
		isGeneratorFunction(operation.handler) && responseClass === undefined;
	const mediaType = streamed
		? "application/jsonl"
		: (responseClass ?? JSONResponse).mediaType;
	return {
		status,
		description: options.responseDescription,
		mediaType,
		form: responseForm(operation, streamed),
		schema: options.response,
	};
}

function responseForm(
	{ responseClass }: PathOperation,
	isStreamed: boolean,
): OpenApiResponse["form"] {
	if (isStreamed) {
		return "jsonLines";
	}
	if (responseClass === undefined) {
		return "json";
	}
	if (isKind(responseClass, EventSourceResponse)) {
		return "events";
	}
	return isKind(responseClass, JSONResponse) ? "json" : "text";
}

function isKind(type: unknown, base: unknown): boolean {
	return (
		type === base ||
		(typeof type === "function" &&
			typeof base === "function" &&
			type.prototype instanceof base)
	);
}
