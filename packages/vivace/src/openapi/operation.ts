import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonSchema } from "../schema/document/json-schema.ts";

/** A schema of any library, or JSON Schema as it stands in the document. */
export type OpenApiSchema = StandardSchemaV1 | JsonSchema;

/** The description of a parameter or of a part of a body, beside its schema. */
export interface OpenApiField {
	/** The name on the wire. */
	readonly name: string;
	readonly schema: OpenApiSchema;
	readonly isRequired: boolean;
	/** Default: the name in words, unless the schema is a model. */
	readonly title?: string | undefined;
	readonly description?: string | undefined;
	readonly deprecated?: boolean | undefined;
	/** Examples of values, put into the schema. */
	readonly examples?: readonly unknown[] | undefined;
	/** Examples by name, put beside the schema (OpenAPI 3.1.1 §4.8.12.5). */
	readonly openapiExamples?: Readonly<Record<string, unknown>> | undefined;
	/** True when it is documented. Default: true. */
	readonly includeInSchema?: boolean | undefined;
}

/** A parameter of an operation, its own or one of its dependencies'. */
export interface OpenApiParameter extends OpenApiField {
	readonly in: "path" | "query" | "header" | "cookie";
	/** True when the schema is an object whose fields are the parameters; then `name` is not on the wire. Default: false. */
	readonly isModel?: boolean | undefined;
	/** True when the underscores of a header model's fields are dashes on the wire. Default: true. */
	readonly convertUnderscores?: boolean | undefined;
	/** Names on the wire of fields of a model that have others than their own. */
	readonly aliases?: Readonly<Record<string, string>> | undefined;
}

/** The body that an operation takes. */
export interface OpenApiBody {
	/** Default: `application/json`. */
	readonly mediaType?: string | undefined;
	/** At least one. */
	readonly parts: readonly (OpenApiField & {
		/** True when the fields of the part, an object, stand in the place of the part (a form model beside others). Default: false. */
		readonly isSpread?: boolean;
		/** Of a part that is spread: names on the wire of fields that have others than their own. */
		readonly aliases?: Readonly<Record<string, string>> | undefined;
	})[];
	/** True when each part stands under its name (several parts, fields of a form); else the only part is the body. */
	readonly isEmbedded: boolean;
	/** By name the media types that files may have, where they are several (OpenAPI 3.1.1 §4.8.15). */
	readonly encoding?:
		| Readonly<Record<string, { readonly contentType: string }>>
		| undefined;
}

/** The answer of an operation that succeeded. */
export interface OpenApiResponse {
	readonly status: number;
	/** Default: `Successful Response`. */
	readonly description?: string | undefined;
	/** The response class's `Content-Type`, without parameters; `null`: nothing is documented. */
	readonly mediaType: string | null;
	/** How the schema is documented: as JSON, as text, or as the item of a stream of JSON lines or of server-sent events. */
	readonly form: "json" | "text" | "jsonLines" | "events";
	/** The schema of the answer, or of one item of the stream. Default: anything. */
	readonly schema?: OpenApiSchema | undefined;
}

/** A further answer; its members beside `schema` are an OpenAPI response object (OpenAPI 3.1.1 §4.8.17). */
export interface OpenApiAdditionalResponse {
	readonly schema?: OpenApiSchema | undefined;
	readonly description?: string | undefined;
	readonly content?: Readonly<Record<string, unknown>> | undefined;
	readonly headers?: Readonly<Record<string, unknown>> | undefined;
	readonly links?: Readonly<Record<string, unknown>> | undefined;
	readonly [member: string]: unknown;
}

/** One use of a security scheme. */
export interface OpenApiSecurity {
	/** The scheme's name, a key of `components.securitySchemes`. */
	readonly name: string;
	/** The security scheme object (OpenAPI 3.1.1 §4.8.27). */
	readonly scheme: Readonly<Record<string, unknown>>;
	readonly scopes: readonly string[];
}

/** A path operation, a webhook or a callback as the document describes it: a plain record, free of the router that made it. */
export interface OpenApiOperation {
	/** The path in OpenAPI's form, without the types of its parameters: `/items/{item_id}`; a webhook's name. */
	readonly path: string;
	/** In any case. */
	readonly method: string;
	/** The handler's name, in any style; empty: none. */
	readonly name: string;
	/** The id that `generateUniqueId` made for the operation. Default: FastAPI's, see `uniqueIdOf`. */
	readonly uniqueId?: string | undefined;
	/** Default: {@link OpenApiOperation.uniqueId}. */
	readonly operationId?: string | undefined;
	/** Default: the name in words. */
	readonly summary?: string | undefined;
	/** Markdown; documented up to a form feed. */
	readonly description?: string | undefined;
	readonly tags?: readonly string[] | undefined;
	readonly deprecated?: boolean | undefined;
	/** The operation's own in the order of their declaration, then those of its dependencies, depth first. */
	readonly parameters: readonly OpenApiParameter[];
	readonly body?: OpenApiBody | undefined;
	readonly response: OpenApiResponse;
	/** By status code, `"4XX"` or `"default"`. */
	readonly responses?:
		| Readonly<Record<string, OpenApiAdditionalResponse>>
		| undefined;
	readonly security?: readonly OpenApiSecurity[] | undefined;
	/** Operations that the API calls; their `path` may hold runtime expressions (OpenAPI 3.1.1 §4.8.18). */
	readonly callbacks?: readonly OpenApiOperation[] | undefined;
	/** Merged into the operation: objects deeply, lists one after the other. */
	readonly openapiExtra?: Readonly<Record<string, unknown>> | undefined;
}

/** The head of the document, about the whole API. */
export interface OpenApiInfo {
	readonly title: string;
	readonly version: string;
	readonly summary?: string | undefined;
	/** Markdown. */
	readonly description?: string | undefined;
	readonly termsOfService?: string | undefined;
	readonly contact?: Readonly<Record<string, unknown>> | undefined;
	readonly license?: Readonly<Record<string, unknown>> | undefined;
	/** Default: `3.1.0`. */
	readonly openapiVersion?: string | undefined;
	/** Names, descriptions and order of the groups. */
	readonly tags?: readonly Readonly<Record<string, unknown>>[] | undefined;
	readonly servers?: readonly Readonly<Record<string, unknown>>[] | undefined;
	readonly externalDocs?: Readonly<Record<string, unknown>> | undefined;
}

/** How the document is made. */
export interface OpenApiOptions {
	/** Operations that the API's users implement; their `path` is the webhook's name. */
	readonly webhooks?: Iterable<OpenApiOperation> | undefined;
	/**
	 * True when a model whose input and output differ is documented as `Item-Input` and `Item-Output`; else everything is documented
	 * as it is received. Default: true.
	 */
	readonly separateInputOutputSchemas?: boolean | undefined;
	/** True when fields and models have titles that are made of their names. Default: true. */
	readonly titles?: boolean | undefined;
	/** Hears of each thing that is documented otherwise than its author may think. Default: a process warning. */
	readonly onWarning?: ((message: string) => void) | undefined;
}

/** An OpenAPI 3.1 document, ready for `JSON.stringify`. */
export interface OpenApiDocument {
	openapi: string;
	info: Record<string, unknown>;
	servers?: Record<string, unknown>[];
	paths: Record<string, Record<string, unknown>>;
	webhooks?: Record<string, Record<string, unknown>>;
	components?: Record<string, Record<string, unknown>>;
	tags?: Record<string, unknown>[];
	externalDocs?: Record<string, unknown>;
	[member: string]: unknown;
}
