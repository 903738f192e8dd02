import {
	assertOptions,
	type MemberRule,
	type OptionRules,
	objectWith,
} from "../errors/options.ts";
import { dependencyOf } from "../inject/dependency.ts";
import type { AnyDependency } from "../inject/graph.ts";
import type { LifespanFunction } from "../lifespan/lifespan-function.ts";
import { assertOrigins } from "../websocket/allowed-origins.ts";
import {
	assertPublishedDocuments,
	type PublishedDocument,
} from "./document-part.ts";
import {
	type DocumentationOptions,
	documentationPaths,
	documentationRules,
} from "./documentation.ts";
import { type HealthOptions, healthPaths } from "./health.ts";
import type { Logger } from "./logger.ts";
import type { OutgoingRouter } from "./outgoing-router.ts";
import type { AppState } from "./owned-lifespan.ts";
import { type SharedOptions, sharedRules } from "./path-operation.ts";
import { type SocketDefaults, socketDefaultsRules } from "./socket-defaults.ts";

/**
 * Options of an {@link App}.
 * @typeParam State what the lifespan yields
 * @typeParam App what the lifespan is given
 */
export interface AppOptions<State = AppState, App = unknown>
	extends SharedOptions,
		DocumentationOptions {
	/** Name of the API. Default: "Vivace". */
	readonly title?: string;
	/** Version of the API, not of OpenAPI. Default: "0.1.0". */
	readonly version?: string;
	/** A short sentence about the API. */
	readonly summary?: string;
	/** About the API, in Markdown. */
	readonly description?: string;
	/** URL of the terms of service. */
	readonly termsOfService?: string;
	/** OpenAPI contact object: `name`, `url`, `email`. */
	readonly contact?: Readonly<Record<string, unknown>>;
	/** OpenAPI licence object: `name`, `identifier` or `url`. */
	readonly license?: Readonly<Record<string, unknown>>;
	/** OpenAPI tag objects: descriptions and order of the groups. */
	readonly openapiTags?: readonly Readonly<Record<string, unknown>>[];
	/** OpenAPI server objects. FastAPI, "Behind a Proxy": additional servers. */
	readonly servers?: readonly Readonly<Record<string, unknown>>[];
	readonly externalDocs?: Readonly<Record<string, unknown>>;
	/** Requests that the API sends to its subscribers, for the document; `app.webhooks` adds to them. FastAPI, "OpenAPI Webhooks". */
	readonly webhooks?: OutgoingRouter;
	/**
	 * Additional documents for some of the routes, with their own pages: public and internal, or one per version. Default: none.
	 * @see FastAPI, "Sub Applications", which is its way to a second document
	 */
	readonly documents?: readonly PublishedDocument[];
	/** True when a model whose input and output differ is documented twice. Default: true. */
	readonly separateInputOutputSchemas?: boolean;
	/**
	 * The OpenAPI version of the document. Items of streams (JSON lines, server-sent events) are described by `itemSchema`, which exists
	 * since 3.2. With such routes use "3.2.0", because tools that check the version refuse it in a 3.1 document. Everything else uses the
	 * terms of 3.1. Default: "3.1.0", as in FastAPI.
	 */
	readonly openapiVersion?: `3.${0 | 1 | 2}.${number}`;
	/**
	 * True when fields, parameters and models without a title get one that is made from their names, as in FastAPI. Without them a
	 * document is about a tenth smaller. Default: true.
	 */
	readonly openapiTitles?: boolean;
	/** Runs until its `yield` before the first request, and the rest after the last one. The yielded value is `request.state`. */
	readonly lifespan?: LifespanFunction<App, State>;
	/** App-scoped dependencies that are acquired although no route names them. Default: none. */
	readonly resources?: readonly AnyDependency[];
	/**
	 * The paths where the app reports that it is alive and ready, including the resources of mounted apps; `true` means `/livez` and
	 * `/readyz`. They are handled before any middleware and are not documented. In a mounted app the option is ignored. Default: false.
	 */
	readonly health?: HealthOptions | boolean;
	/**
	 * True when every route and mount must require a security scheme that refuses requests without credentials, or say `public: true`.
	 * Mounted apps inherit it. Checked when the app is built. The documentation and health paths are public. Default: false.
	 */
	readonly requireSecurity?: boolean;
	/** Rules for all sockets of the app, but not of mounted apps. */
	readonly sockets?: SocketDefaults;
	/** True when a path with a missing or an extra final slash is redirected (307). Default: true. */
	readonly redirectSlashes?: boolean;
	/** True when strings in a JSON body are never converted to a number, boolean or date. Default: false. */
	readonly strict?: boolean;
	/** True when the problems in a 422 body contain the received value. Default: true. */
	readonly errorInput?: boolean;
	/**
	 * Prefix below which a proxy serves the app, whether or not the proxy removes it; without a final slash. Default: that of the server,
	 * `serve(app, { rootPath })`.
	 */
	readonly rootPath?: string;
	/** How long a generator dependency may take to clean up, in milliseconds; 0 means no limit. Default: 10,000. */
	readonly exitTimeoutMs?: number;
	/** How long the whole start may take, in milliseconds; 0 means no limit except that of each resource. Default: 0. */
	readonly startupTimeoutMs?: number;
	/** Gets the app's warnings and errors. Default: `console`. */
	readonly logger?: Logger;
}

/** Those of other scopes would never be made. */
const resourcesRule: MemberRule = {
	isMember: (each) => dependencyOf(each)?.scope === "app",
	words:
		'a list of dependencies of app scope: dependency(fn, { scope: "app" })',
	call: 'dependency(async function* () { … }, { scope: "app" })',
};

const appRules: OptionRules<AppOptions<unknown, never>> = {
	...sharedRules,
	...documentationRules,
	title: "text",
	version: "text",
	summary: "text",
	description: "text",
	termsOfService: "text",
	contact: "record",
	license: "record",
	openapiTags: "records",
	servers: "records",
	externalDocs: "record",
	webhooks: objectWith("operations"), // an OutgoingRouter
	documents: "list", // assertPublishedDocuments
	separateInputOutputSchemas: "boolean",
	openapiVersion: (value) =>
		/^3\.[012]\.\d+$/.test(String(value))
			? undefined
			: 'a version of OpenAPI 3 such as "3.1.0" or "3.2.0"',
	openapiTitles: "boolean",
	lifespan: "any", // assertLifespanFunction
	resources: resourcesRule,
	health: "any", // healthPaths
	requireSecurity: "boolean",
	sockets: { nested: socketDefaultsRules },
	redirectSlashes: "boolean",
	strict: "boolean",
	errorInput: "boolean",
	rootPath: "text",
	exitTimeoutMs: "milliseconds",
	startupTimeoutMs: "milliseconds",
	logger: objectWith("error", "warn", "info"),
};

/** How long a generator dependency may take to clean up, in milliseconds; 0 is no limit. */
export function exitTimeoutMs({ exitTimeoutMs }: AppOptions): number {
	return exitTimeoutMs ?? 10_000;
}

/**
 * The options that an app gives its own path operations, as a router does.
 * @throws SetupError `VIV_OPTION` for an option that there is not, or a value that it may not have
 */
export function sharedOptions<State>(
	options: AppOptions<State, never>,
): SharedOptions {
	assertAppOptions(options);
	const { tags, dependencies, responses, deprecated } = options;
	const { includeInSchema, responseClass, strictContentType, callbacks } =
		options;
	const { generateUniqueId, routeMiddleware, limits } = options;
	const { public: isPublic } = options;
	return Object.fromEntries(
		Object.entries({
			tags,
			dependencies,
			responses,
			deprecated,
			includeInSchema,
			public: isPublic,
			responseClass,
			strictContentType,
			limits,
			routeMiddleware,
			callbacks,
			generateUniqueId,
		}).filter(([, value]) => value !== undefined),
	);
}

function assertAppOptions<State>(options: AppOptions<State, never>): void {
	assertOptions("App", options, appRules);
	healthPaths(options.health);
	assertOrigins("App: sockets", options.sockets?.allowedOrigins);
	const { openapi, docs, redoc } = documentationPaths(options);
	assertPublishedDocuments(options.documents ?? [], [openapi, docs, redoc]);
}
