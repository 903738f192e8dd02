import { isJsonObject } from "../json/json-object.ts";
import type { JsonSchema } from "../schema/document/json-schema.ts";
import { SlicedWork } from "../time/sliced-work.ts";
import {
	childOf,
	type DocumentNode,
	finishSteps,
	mergeInto,
	setMember,
} from "./document-tree.ts";
import { withoutTitles } from "./made-titles.ts";
import { cutDescription, ModelTable } from "./model-table.ts";
import type {
	OpenApiDocument,
	OpenApiInfo,
	OpenApiOperation,
	OpenApiOptions,
	OpenApiSecurity,
} from "./operation.ts";
import { summaryOf, uniqueIdOf } from "./operation-name.ts";
import { parameterObjects } from "./parameters.ts";
import { describeBody } from "./request-body.ts";
import { hasItemSchema, responsesObject } from "./responses.ts";
import {
	validationErrorModels,
	validationErrorResponse,
} from "./validation-error-models.ts";

/**
 * The OpenAPI 3.1 document of an API, equal to the one that FastAPI makes for the same API. Members without a value are left out;
 * components are sorted by name.
 */
export function buildOpenApi(
	info: OpenApiInfo,
	operations: readonly OpenApiOperation[],
	options: OpenApiOptions = {},
): OpenApiDocument {
	return new SlicedWork(openApiSteps(info, operations, options)).finish();
}

/** {@link buildOpenApi} in steps; an operation is asked for when its turn has come. */
export function* openApiSteps(
	info: OpenApiInfo,
	operations: Iterable<OpenApiOperation>,
	options: OpenApiOptions = {},
): Generator<unknown, OpenApiDocument> {
	const draft = new DocumentDraft(options);
	const paths = yield* draft.pathItems(operations);
	const webhooks = yield* draft.pathItems(options.webhooks ?? []);
	const { title, version, summary, description, termsOfService } = info;
	const { contact, license } = info;
	draft.tellOfVersion(info.openapiVersion);
	return yield* draft.finish({
		openapi: info.openapiVersion ?? "3.1.0",
		info: {
			title,
			version,
			summary: summary || undefined,
			description: description || undefined,
			termsOfService: termsOfService || undefined,
			contact: withPlainUrl(contact),
			license: withPlainUrl(license),
		},
		servers: info.servers?.length ? info.servers : undefined,
		paths,
		webhooks: Object.keys(webhooks).length > 0 ? webhooks : undefined,
		tags: info.tags?.length ? info.tags.map(withPlainDocs) : undefined,
		externalDocs: withPlainUrl(info.externalDocs),
	});
}

type Described = Readonly<Record<string, unknown>>;

/** Pydantic writes addresses as browsers do: `http://example.com/` for `http://example.com`. */
function withPlainUrl<Value extends Described | undefined>(
	value: Value,
): Value {
	const url = value?.url;
	return typeof url === "string" && URL.canParse(url)
		? { ...value, url: new URL(url).href }
		: value;
}

function withPlainDocs(tag: Described): Described {
	const { externalDocs } = tag;
	return isJsonObject(externalDocs)
		? { ...tag, externalDocs: withPlainUrl(externalDocs) }
		: tag;
}

/** The methods whose body is documented. */
const methodsWithBody = new Set([
	"get",
	"head",
	"post",
	"put",
	"delete",
	"patch",
]);

/** Work that yields where it may be interrupted. */
type Steps<Value> = Generator<unknown, Value>;

/** Where models stand: `components`, `schemas`, name. What is deeper is one step. */
const depthOfModels = 3;

/** A document while its operations are described one after the other. */
class DocumentDraft {
	readonly #models: ModelTable;
	readonly #onWarning: (message: string) => void;
	/** Components that are not a user's models: bodies with parts and the models of a 422. */
	readonly #ownModels: Record<string, JsonSchema> = {};
	readonly #securitySchemes: DocumentNode = {};
	readonly #operationIds = new Set<string>();
	/** The first operation that answers with a stream of items. */
	#firstStream: string | undefined;

	constructor(options: OpenApiOptions) {
		this.#onWarning = options.onWarning ?? warnProcess;
		this.#models = new ModelTable({
			isSeparate: options.separateInputOutputSchemas ?? true,
			hasTitles: options.titles ?? true,
			onWarning: this.#onWarning,
		});
	}

	*pathItems(operations: Iterable<OpenApiOperation>): Steps<DocumentNode> {
		const paths: DocumentNode = {};
		for (const operation of operations) {
			this.#addTo(paths, operation);
			yield;
		}
		return paths;
	}

	*finish(document: DocumentNode): Steps<OpenApiDocument> {
		const reserved = new Set(Object.keys(this.#ownModels));
		const { references, models } = yield* this.#models.finish(reserved);
		for (const [name, model] of Object.entries(this.#ownModels)) {
			models.set(name, model);
		}
		yield;
		const names = [...models.keys()].sort();
		const schemas: DocumentNode = {};
		for (const name of names) {
			yield;
			setMember(schemas, name, models.get(name));
		}
		const components = {
			...(names.length > 0 && { schemas }),
			...(Object.keys(this.#securitySchemes).length > 0 && {
				securitySchemes: this.#securitySchemes,
			}),
		};
		if (Object.keys(components).length > 0) {
			document.components = components;
		}
		return (yield* finishSteps(
			document,
			// nearly all texts are nobody's reference, which their first character tells sooner than a map
			(text) =>
				text.charCodeAt(0) === 0 ? (references.get(text) ?? text) : text,
			depthOfModels,
		)) as OpenApiDocument; // the members that openApiSteps set
	}

	/** `itemSchema` came with OpenAPI 3.2, `type: "null"` and much else with 3.1. */
	tellOfVersion(version: string | undefined): void {
		if (version === undefined && this.#firstStream !== undefined) {
			this.#onWarning(
				`${this.#firstStream}: the items of its stream are documented by itemSchema, which is of OpenAPI 3.2, in a document that says 3.1.0 as FastAPI's does; tools may refuse it. Say openapiVersion: "3.2.0", or "3.1.0" to keep it so.`,
			);
		}
		if (version?.startsWith("3.0.")) {
			this.#onWarning(
				`openapiVersion is "${version}", but the document is written in the words of OpenAPI 3.1 (type "null", const, examples), which tools for 3.0 may refuse.`,
			);
		}
	}

	#addTo(paths: DocumentNode, operation: OpenApiOperation): void {
		const item = childOf(paths, operation.path);
		item[operation.method.toLowerCase()] = this.#operation(operation);
	}

	#operation(operation: OpenApiOperation): DocumentNode {
		const method = operation.method.toLowerCase();
		const where = `${method.toUpperCase()} ${operation.path}`;
		const uniqueId = operation.uniqueId ?? uniqueIdOf(operation);
		const result = this.#metadata(operation, uniqueId, where);
		const security = this.#security(operation.security ?? [], where);
		if (security.length > 0) {
			result.security = security;
		}
		const parameters = parameterObjects(
			operation.parameters,
			this.#models,
			where,
		);
		if (parameters.length > 0) {
			result.parameters = parameters;
		}
		if (operation.body && methodsWithBody.has(method)) {
			const { requestBody, components } = describeBody(
				operation.body,
				uniqueId,
				this.#models,
				where,
			);
			result.requestBody = requestBody;
			Object.assign(this.#ownModels, components);
		}
		if (operation.callbacks?.length) {
			result.callbacks = this.#callbacks(operation.callbacks);
		}
		const context = { uniqueId, models: this.#models, where };
		const responses = responsesObject(operation, context);
		if (hasItemSchema(operation.response)) {
			this.#firstStream ??= where;
		}
		result.responses = responses;
		this.#addValidationError(operation, responses);
		if (operation.openapiExtra) {
			mergeInto(result, operation.openapiExtra);
		}
		return result;
	}

	#metadata(
		operation: OpenApiOperation,
		uniqueId: string,
		where: string,
	): DocumentNode {
		const operationId = operation.operationId || uniqueId;
		if (this.#operationIds.has(operationId)) {
			this.#onWarning(
				`${where}: the operation id "${operationId}" is taken by another operation; give one of them an operationId of its own.`,
			);
		}
		this.#operationIds.add(operationId);
		const { tags, description = "", deprecated } = operation;
		return {
			...(tags?.length && { tags }),
			summary: operation.summary || summaryOf(operation),
			description: cutDescription(description).trim() || undefined,
			operationId,
			...(deprecated && { deprecated }),
		};
	}

	/** One requirement for each scheme; the scopes of several uses come together. */
	#security(uses: readonly OpenApiSecurity[], where: string): DocumentNode[] {
		const scopes = new Map<string, Set<string>>();
		for (const use of uses) {
			this.#warnOfOther(use, where);
			setMember(this.#securitySchemes, use.name, use.scheme);
			const known = scopes.get(use.name) ?? new Set();
			for (const scope of use.scopes) {
				known.add(scope);
			}
			scopes.set(use.name, known);
		}
		return Array.from(scopes, ([name, names]) => ({ [name]: [...names] }));
	}

	/** The document has one scheme for each name; FastAPI too keeps the last. */
	#warnOfOther({ name, scheme }: OpenApiSecurity, where: string): void {
		const known = Object.hasOwn(this.#securitySchemes, name)
			? this.#securitySchemes[name]
			: scheme;
		if (known !== scheme && JSON.stringify(known) !== JSON.stringify(scheme)) {
			this.#onWarning(
				`${where}: another security scheme is called "${name}" too, and the document shows one of them; give one a schemeName of its own.`,
			);
		}
	}

	#callbacks(callbacks: readonly OpenApiOperation[]): DocumentNode {
		const result: DocumentNode = {};
		for (const callback of callbacks) {
			const name = callback.name || uniqueIdOf(callback);
			this.#addTo(childOf(result, name), callback);
		}
		return result;
	}

	#addValidationError(
		operation: OpenApiOperation,
		responses: DocumentNode,
	): void {
		const validates =
			operation.parameters.length > 0 || operation.body !== undefined;
		if (!validates) {
			return;
		}
		if (["422", "4XX", "default"].some((status) => status in responses)) {
			return;
		}
		responses["422"] = validationErrorResponse;
		Object.assign(
			this.#ownModels,
			this.#models.hasTitles
				? validationErrorModels
				: mapValues(validationErrorModels, withoutTitles),
		);
	}
}

function mapValues(
	models: Readonly<Record<string, JsonSchema>>,
	make: (model: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
	return Object.fromEntries(
		Object.entries(models).map(([name, model]) => [name, make(model)]),
	);
}

function warnProcess(message: string): void {
	globalThis.process?.emitWarning?.(message, { code: "VIV_OPENAPI" });
}
