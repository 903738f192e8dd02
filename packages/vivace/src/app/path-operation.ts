import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
	isRecord,
	type MemberRule,
	type OptionRules,
	objectWith,
} from "../errors/options.ts";
import { type Limits, limitRules } from "../http/limits.ts";
import { isMiddlewareFactory, type Middleware } from "../http/middleware.ts";
import { Response, type ResponseOptions } from "../http/response.ts";
import type { Declarations } from "../inject/declaration.ts";
import {
	type DependencyUse,
	dependencyOf,
	type InjectedFunction,
} from "../inject/dependency.ts";
import type { AnyDependency } from "../inject/graph.ts";
import type { PathTemplate } from "../routing/path-template.ts";
import { isSchema } from "../schema/standard-schema.ts";
import type { OperationEndpoint } from "./operation-endpoint.ts";

/** A response class that a route uses, for instance `HTMLResponse`. */
export interface ResponseClass {
	new (content: never, options?: ResponseOptions): Response;
	/** The media type in the document; `null` means none. */
	readonly mediaType: string | null;
	/** The status if the route sets none. Default: 200. */
	readonly defaultStatus?: number;
}

/** One more response of a route, for the document. FastAPI, "Additional Responses in OpenAPI". */
export interface AdditionalResponse {
	/** The schema of the response body. */
	readonly schema?: StandardSchemaV1;
	readonly description?: string;
	/** OpenAPI media type objects by media type. */
	readonly content?: Readonly<Record<string, unknown>>;
	readonly headers?: Readonly<Record<string, unknown>>;
	readonly links?: Readonly<Record<string, unknown>>;
}

/** Rules of {@link AdditionalResponse}. */
export const additionalResponseRules: OptionRules<AdditionalResponse> = {
	schema: schemaMistake,
	description: "text",
	content: "record",
	headers: "record",
	links: "record",
};

/** By status code, `"4XX"` or `"default"`. */
export type AdditionalResponses = Readonly<
	Record<string | number, AdditionalResponse>
>;

/** A dependency that runs without its value being used. */
export type EffectDependency = AnyDependency | DependencyUse<unknown>;

/** Options of routes, routers, `include` and the app; the outer ones are combined with the inner ones. */
export interface SharedOptions {
	/** Groups in the document; outer ones first. */
	readonly tags?: readonly string[];
	/** Dependencies that run before the handler's own, without their values; outer ones first. */
	readonly dependencies?: readonly EffectDependency[];
	/** Further responses; the inner ones win. */
	readonly responses?: AdditionalResponses;
	readonly deprecated?: boolean;
	/** True when it is documented. Default: true. */
	readonly includeInSchema?: boolean;
	/**
	 * True when it may be called without credentials although the app says `requireSecurity`; the innermost value applies. Default:
	 * false.
	 */
	readonly public?: boolean;
	/** The response class for plain values; the innermost one applies. Default: `JSONResponse`. */
	readonly responseClass?: ResponseClass;
	/**
	 * True when a body without `Content-Type: application/json` isn't read as JSON; the innermost value applies. Default: true. FastAPI,
	 * "Strict Content-Type Checking".
	 */
	readonly strictContentType?: boolean;
	/** Limits for the size of requests; for each member the innermost value applies. */
	readonly limits?: Limits;
	/**
	 * Middleware around each route, outer ones first. Unlike that of `app.use` it runs only for requests that match a route, and errors
	 * of the route (an `HTTPException`, a `RequestValidationError`) come out of `next(request)`. It must pass on the same request object.
	 * FastAPI, "Custom Request and APIRoute class".
	 */
	readonly routeMiddleware?: readonly Middleware[];
	/** Requests that the API sends in the course of a request, for the document. FastAPI, "OpenAPI Callbacks". */
	readonly callbacks?: OperationSource;
	/**
	 * Makes the `operationId` from a route's name, path, method and tags; {@link shortUniqueId} is one. Default: FastAPI's,
	 * `read_item_items__item_id__get`.
	 */
	readonly generateUniqueId?: (operation: OperationIdentity) => string;
}

function schemaMistake(value: unknown): string | undefined {
	return isSchema(value) ? undefined : "a schema, such as z.object({ … })";
}

/** The check of a {@link FieldSelection}. */
export function selectionMistake(value: unknown): string | undefined {
	const isRight = Array.isArray(value)
		? value.every((name) => typeof name === "string")
		: isRecord(value) &&
			Object.values(value).every(
				(inner) => inner === true || selectionMistake(inner) === undefined,
			);
	return isRight
		? undefined
		: 'a list of fields, ["name"], or a record of them, { name: true, owner: ["id"] }';
}

/** The check of a list of dependencies. */
export const dependenciesRule: MemberRule = {
	isMember: (each) => dependencyOf(each) !== undefined,
	words: "a list of dependencies, as dependency(fn) makes them",
	call: "dependency(async () => …)",
};

/** Rules of {@link SharedOptions}. */
export const sharedRules: OptionRules<SharedOptions> = {
	tags: "texts",
	dependencies: dependenciesRule,
	responses: "record",
	deprecated: "boolean",
	includeInSchema: "boolean",
	public: "boolean",
	responseClass: (value) =>
		typeof value === "function" &&
		(value === Response || value.prototype instanceof Response)
			? undefined
			: "a class of responses, such as HTMLResponse",
	strictContentType: "boolean",
	limits: { nested: limitRules },
	routeMiddleware: middlewareMistake,
	callbacks: objectWith("operations"), // an OutgoingRouter
	generateUniqueId: "function",
};

function middlewareMistake(value: unknown): string | undefined {
	const words = "a list of functions (request, next) => response";
	if (
		!Array.isArray(value) ||
		!value.every((layer) => typeof layer === "function")
	) {
		return words;
	}
	const factory = value.find(isMiddlewareFactory);
	return (
		factory && `${words} (${factory.name} makes one: write ${factory.name}())`
	);
}

/** Gives path operations: an `OutgoingRouter` or a `Router`. */
export interface OperationSource {
	/** @internal */
	operations(): readonly PathOperation[];
	/** @internal Something has taken what it declares. */
	markPlaced?(): void;
}

/** The parts from which an `operationId` can be made. */
export interface OperationIdentity {
	readonly name: string;
	/** As in OpenAPI: `/items/{item_id}`. */
	readonly path: string;
	/** The method, in capitals. */
	readonly method: string;
	/** All methods that its handler serves. */
	readonly methods: readonly string[];
	readonly tags: readonly string[];
}

/**
 * Which fields of a response, or of each item of a stream, are sent. FastAPI, "Response Model": `response_model_exclude_unset` and
 * similar.
 */
export interface ResponseFields<Schema = undefined> {
	/** Leaves out fields that the handler did not set (and the schema's defaults filled in). Default: false. */
	readonly excludeUnset?: boolean;
	/** Leaves out fields that equal the schema's default. Default: false. */
	readonly excludeDefaults?: boolean;
	/** Leaves out fields that are null. Default: false. */
	readonly excludeNone?: boolean;
	/** The only fields that are sent, by their own names. */
	readonly include?: FieldSelection<Schema>;
	/** Fields that are not sent, by their own names. */
	readonly exclude?: FieldSelection<Schema>;
}

/**
 * Names of fields, `["name", "owner"]`; or a record for nested fields, `{ name: true, owner: ["email"] }`. For a list it applies to each
 * item.
 *
 * @typeParam Schema the response schema whose fields they are. A name that it has not does not compile in a list; in a record, and where
 * types are not checked, it is an error when the app is built.
 */
export type FieldSelection<Schema = undefined> =
	| FieldList<Schema>
	| FieldRecord;

// An interface, and no type parameter on the record: each route with a response schema pays 4 instantiations, not 14.
interface FieldList<Schema> extends ReadonlyArray<FieldName<Schema>> {}

interface FieldRecord {
	readonly [name: string]: true | FieldSelection;
}

type FieldName<Schema> =
	Schema extends StandardSchemaV1<unknown, infer Output>
		? unknown extends Output
			? string
			: NameWithin<Output>
		: string;

type NameWithin<Value> = Value extends readonly (infer Item)[]
	? NameOf<Item>
	: NameOf<Value>;

/** Of a union the names of all its members. */
type NameOf<Value> = Value extends unknown ? keyof Value & string : never;

/**
 * Options of a route: what FastAPI takes in its decorator.
 *
 * @typeParam Path the template's text, from which the names of the path parameters are read
 * @typeParam Schema what the handler's result must fit
 */
export interface RouteOptions<
	Path extends string = string,
	Schema extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined,
> extends SharedOptions,
		ResponseFields<Schema> {
	readonly path: Path;
	/** Status for success. Default: 200. */
	readonly status?: number;
	/** Validates the handler's result, removes fields that it doesn't name, and appears in the document. */
	readonly response?: Schema;
	/** Default: "Successful Response". */
	readonly responseDescription?: string;
	/** Default: the handler's name in words. */
	readonly summary?: string;
	readonly description?: string;
	readonly operationId?: string;
	/** Default: the handler's name. */
	readonly name?: string;
	/** OpenAPI members that are merged into the operation. */
	readonly openapiExtra?: Readonly<Record<string, unknown>>;
	/** True when strings in a JSON body are never converted to a number, boolean or date. Default: the app's. */
	readonly strict?: boolean;
}

/** Rules of {@link RouteOptions}. */
export const routeRules: OptionRules<RouteOptions> = {
	...sharedRules,
	path: { required: "text" },
	status: "any", // compile, which knows the response class
	response: "any", // a schema library's own objects; compile refuses anything else
	responseDescription: "text",
	excludeUnset: "boolean",
	excludeDefaults: "boolean",
	excludeNone: "boolean",
	include: selectionMistake,
	exclude: selectionMistake,
	summary: "text",
	description: "text",
	operationId: "text",
	name: "text",
	openapiExtra: "record",
	strict: "boolean",
};

/** A path operation as it was declared, before the routers around it have had their say. */
export interface DeclaredOperation {
	readonly methods: readonly string[];
	readonly options: RouteOptions;
	readonly params: Declarations;
	readonly handler: InjectedFunction;
	/** Made where it is declared. */
	readonly declared: Error;
}

/** A path operation with everything that its routers and its app add: what compile, OpenAPI and the command line read. */
export interface PathOperation {
	/** Of its errors. */
	readonly endpoint: OperationEndpoint;
	/** Upper case. */
	readonly methods: readonly string[];
	readonly template: PathTemplate;
	/** The handler's name or the one given; empty when it has none. */
	readonly name: string;
	readonly handler: InjectedFunction;
	readonly params: Declarations;
	readonly options: RouteOptions;
	readonly tags: readonly string[];
	readonly dependencies: readonly EffectDependency[];
	/** Outermost first. */
	readonly routeMiddleware: readonly Middleware[];
	readonly responses: AdditionalResponses;
	readonly deprecated: boolean | undefined;
	readonly includeInSchema: boolean;
	/** True when it says that it may be called without credentials. */
	readonly isPublic: boolean;
	readonly responseClass: ResponseClass | undefined;
	readonly strictContentType: boolean | undefined;
	/** The limits of app, routers and route, the innermost of each member. */
	readonly limits: Limits | undefined;
	readonly callbacks: readonly OperationSource[];
	readonly generateUniqueId:
		| ((operation: OperationIdentity) => string)
		| undefined;
	/** How messages name it: `GET /items/{item_id}`. */
	readonly where: string;
}

/** The status of a successful answer: what the route says, else its response class, else 200. */
export function operationStatus(operation: PathOperation): number {
	return (
		operation.options.status ?? operation.responseClass?.defaultStatus ?? 200
	);
}
