import { SetupError } from "../errors/setup-error.ts";
import type { AppPort, StartOptions, StopReport } from "../http/app-port.ts";
import type { Middleware } from "../http/middleware.ts";
import { Request, type RequestContext } from "../http/request.ts";
import type { RequestSource } from "../http/request-source.ts";
import type { Response } from "../http/response.ts";
import {
	type WebRequestOptions,
	WebRequestSource,
} from "../http/web-request-source.ts";
import { toWebResponse } from "../http/web-response.ts";
import type { AnyDependency } from "../inject/graph.ts";
import {
	assertLifespanFunction,
	type LifespanFunction,
} from "../lifespan/lifespan-function.ts";
import { LifespanRunner } from "../lifespan/lifespan-runner.ts";
import type { ResourceNode } from "../lifespan/resource.ts";
import type { TimelineEntry } from "../lifespan/timeline.ts";
import { buildOpenApi } from "../openapi/build-openapi.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import { RouteTable } from "../routing/route-table.ts";
import { type CompileContext, operationGraph } from "./compile.ts";
import { describeOperation } from "./describe-operation.ts";
import { compileDispatch, type Dispatch } from "./dispatch.ts";
import {
	type DocumentationOptions,
	documentationPaths,
	documentationRouter,
} from "./documentation.ts";
import {
	type ErrorClass,
	type ExceptionHandler,
	ExceptionHandlers,
} from "./exception-handlers.ts";
import { LiveScopes } from "./live-scopes.ts";
import type { Logger } from "./logger.ts";
import { DependencyOverrides } from "./overrides.ts";
import type { PathOperation, SharedOptions } from "./path-operation.ts";
import { Resources } from "./resources.ts";
import { Route } from "./route.ts";
import { Router } from "./router.ts";

/** What an app's lifespan yields: a record, or nothing. */
export type AppState = Readonly<Record<string, unknown>>;

/**
 * Options of an {@link App}.
 * @typeParam State what the lifespan yields
 */
export interface AppOptions<State = AppState>
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
	/** Operations that the API's users implement. FastAPI, "OpenAPI Webhooks". */
	readonly webhooks?: Router;
	/** Whether a model whose input and output differ is documented twice. Default: true. */
	readonly separateInputOutputSchemas?: boolean;
	/** Runs before the first request up to its `yield`, after the last one from there; what it yields is `request.state`. */
	readonly lifespan?: LifespanFunction<App, State>;
	/** App-scoped dependencies that are acquired though no path operation names them. Default: none. */
	readonly resources?: readonly AnyDependency[];
	/** Whether a path that only lacks a final slash, or has one too many, is redirected (307). Default: true. */
	readonly redirectSlashes?: boolean;
	/** Whether a body without `Content-Type: application/json` is not taken for JSON. Default: true. */
	readonly strictContentType?: boolean;
	/** Whether strings of a JSON body that read as a number, boolean or date are refused. Default: false. */
	readonly strict?: boolean;
	/** Whether the problems in a 422 body show the value that was received. Default: true. */
	readonly errorInput?: boolean;
	/** The largest body that is read into memory, in bytes. Default: 1 MiB. */
	readonly bodyLimitBytes?: number;
	/** Prefix that a proxy strips, without a final slash. Default: what the server says, `serve(app, { rootPath })`. */
	readonly rootPath?: string;
	/** How long a generator dependency may take to clean up, in milliseconds; 0 is no limit. Default: 10,000. */
	readonly exitTimeoutMs?: number;
	/** How long start-up may take in all, in milliseconds; 0 is no limit beside each resource's own. Default: 0. */
	readonly startupTimeoutMs?: number;
	/** Where the app writes what its operators should know. Default: `console`. */
	readonly logger?: Logger;
}

/** What is made once when the app starts. */
interface Built {
	readonly dispatch: Dispatch;
	readonly runner: LifespanRunner;
	readonly resources: Resources;
	readonly lifespanNode: ResourceNode | undefined;
}

/**
 * A web application: path operations, the resources that they need, and everything around them.
 *
 * Nothing runs until a server (or the test client) starts it. Mistakes in its declarations are thrown where they are written, those
 * that only the whole shows when it starts.
 *
 * @typeParam State what the lifespan yields: the type of `request.state`
 * @example
 * ```ts
 * import { App } from "vivace";
 * import { z } from "zod";
 *
 * const app = new App({ title: "Shop" });
 *
 * app.get("/items/{item_id}", { item_id: z.int(), q: z.string().nullish() }, ({ item_id, q }) => ({ item_id, q }));
 * ```
 */
export class App<State = AppState> extends Router<State> implements AppPort {
	/** Dependencies that stand in for others, in tests. */
	readonly overrides: DependencyOverrides = new DependencyOverrides();
	readonly #options: AppOptions<State>;
	readonly #logger: Logger;
	readonly #middleware: Middleware[] = [];
	readonly #handlers = new ExceptionHandlers();
	readonly #events: Record<AppEvent, EventHandler[]> = {
		startup: [],
		shutdown: [],
	};
	readonly #scopes: LiveScopes;
	#document: OpenApiDocument | undefined = undefined;
	#built: Built | undefined = undefined;
	#context: RequestContext;
	#isStarted = false;
	#isShuttingDown = false;

	constructor(options: AppOptions<State> = {}) {
		super(sharedOptions(options));
		if (options.lifespan !== undefined) {
			assertLifespanFunction(options.lifespan, "App");
		}
		assertAppOptions(options);
		documentationPaths(options);
		this.#options = options;
		this.#logger = options.logger ?? console;
		this.#scopes = new LiveScopes(this.#logger);
		this.#context = this.#requestContext({});
	}

	/**
	 * Adds middleware around all that was added after it: the first added sees a request first and its response last.
	 * @throws SetupError `VIV_OPTION` when it is not a function
	 * @see FastAPI, "Middleware" (there the last added is the outermost)
	 */
	use(...middleware: readonly Middleware[]): void {
		this.assertOpen();
		for (const layer of middleware) {
			if (typeof layer === "function") this.#middleware.push(layer);
			else {
				throw new SetupError(
					"VIV_OPTION",
					`app.use(): expected a function (request, next) => response, got ${typeof layer}.`,
				);
			}
		}
	}

	/**
	 * Says how an error is answered: by its class (the nearest one counts) or, for an `HTTPException`, by its status. `Error` and 500
	 * are the last resort, for what nothing else answers.
	 */
	exceptionHandler<Thrown>(
		key: ErrorClass<Thrown> | number,
		handler: ExceptionHandler<Thrown>,
	): void {
		this.#handlers.set(key, handler as ExceptionHandler); // it is called with instances of `key` alone
	}

	/**
	 * Registers a function to be called before the first request or after the last.
	 * @deprecated Use `new App({ lifespan })`. An app that has a lifespan does not call them (and warns).
	 */
	onEvent(event: AppEvent, handler: EventHandler): void {
		if (!Object.hasOwn(this.#events, event)) {
			throw new SetupError(
				"VIV_OPTION",
				`app.onEvent(): expected "startup" or "shutdown", got ${JSON.stringify(event)}.`,
			);
		}
		this.assertOpen();
		if (this.#options.lifespan !== undefined) {
			process.emitWarning(
				`app.onEvent("${event}", …) is never called: the app has a lifespan; move it there.`,
				{ type: "VivaceWarning", code: "VIV_LIFESPAN" },
			);
		}
		this.#events[event].push(handler);
	}

	/** Name of the API. */
	get title(): string {
		return this.#options.title ?? "Vivace";
	}

	/** @internal Path of the documentation page, which the server names when it listens. */
	get documentationPath(): string | undefined {
		return documentationPaths(this.#options).docs;
	}

	/**
	 * The OpenAPI document of the path operations, made at the first call after a change. Assign a function of your own to extend it.
	 * @see FastAPI, "Extending OpenAPI"
	 */
	openapi(): OpenApiDocument {
		this.#document ??= this.#describe();
		return this.#document;
	}

	/** What the lifespan yielded; empty before the app has started. */
	get state(): State {
		return this.#context.state as State; // the lifespan's type vouches for it
	}

	/** What started and stopped when, and what waited for what. */
	get lifespan(): { timeline(): readonly TimelineEntry[] } {
		return { timeline: () => this.#built?.runner.timeline() ?? [] };
	}

	async start(options: StartOptions = {}): Promise<void> {
		if (this.#isStarted) {
			throw new SetupError(
				"VIV_LIFESPAN",
				"the app has been started already; stop it before it is started again.",
			);
		}
		const built = this.#build();
		this.#built = built;
		this.#isStarted = true;
		this.#isShuttingDown = false;
		try {
			await built.runner.start(options);
		} catch (error) {
			this.#isStarted = false;
			throw error;
		}
		const state =
			built.lifespanNode && built.runner.valueOf(built.lifespanNode);
		this.#context = this.#requestContext(
			(state ?? {}) as AppState, // asserted to be a record by the node
			options.rootPath,
		);
	}

	request(source: RequestSource): Request {
		return new Request(source, this.#context);
	}

	/**
	 * Answers a web-standard request: for runtimes and tests that have no server of ours. The app must have been started, if it has
	 * resources.
	 *
	 * @param options.waitUntil gets the promise of what runs after the answer, where the runtime must be told
	 */
	async fetch(
		request: globalThis.Request,
		options: FetchOptions = {},
	): Promise<globalThis.Response> {
		const source = new WebRequestSource(request, options);
		const response = await this.handle(this.request(source));
		return toWebResponse(response, { ...options, method: source.method });
	}

	handle(request: Request): Response | Promise<Response> {
		this.#built ??= this.#build();
		return this.#built.dispatch(request);
	}

	beginShutdown(): void {
		this.#isShuttingDown = true;
	}

	/** Whether the app was told that it is about to stop. */
	get isShuttingDown(): boolean {
		return this.#isShuttingDown;
	}

	drain(timeoutMs: number): Promise<boolean> {
		return this.#scopes.drain(timeoutMs);
	}

	async stop(options: { readonly limitMs?: number } = {}): Promise<StopReport> {
		const report = await this.#built?.runner.stop(options);
		this.#isStarted = false;
		this.#built = undefined;
		return report ?? { errors: [] };
	}

	protected override assertOpen(): void {
		this.#document = undefined;
		if (this.#isStarted) throw closed();
	}

	#requestContext(state: AppState, rootPath = ""): RequestContext {
		return {
			app: this,
			state,
			bodyLimitBytes: this.#options.bodyLimitBytes ?? 1024 * 1024,
			rootPath: (this.#options.rootPath || rootPath).replace(/\/+$/, ""),
		};
	}

	#build(): Built {
		const operations = [
			...documentationRouter(this, this.#options).operations(),
			...this.operations(),
		];
		const lifespanNode = this.#lifespanNode();
		const resources = this.#collectResources(operations, lifespanNode);
		const runner = new LifespanRunner(resources.nodes, {
			startupTimeoutMs: this.#options.startupTimeoutMs ?? 0,
			logger: this.#logger,
		});
		const table = this.#routeTable(operations, runner, resources);
		const dispatch = compileDispatch({
			table,
			middleware: this.#middleware,
			handlers: this.#handlers,
			logger: this.#logger,
			redirectSlashes: this.#options.redirectSlashes ?? true,
		});
		return { dispatch, runner, resources, lifespanNode };
	}

	#describe(): OpenApiDocument {
		const { openapiTags: tags, webhooks, ...options } = this.#options;
		const described = (operations: readonly PathOperation[]) =>
			operations
				.filter((operation) => operation.includeInSchema)
				.flatMap(describeOperation);
		return buildOpenApi(
			{
				...options,
				tags,
				title: this.title,
				version: options.version ?? "0.1.0",
			},
			described(this.operations()),
			{
				webhooks: webhooks && described(webhooks.operations()),
				separateInputOutputSchemas: options.separateInputOutputSchemas,
				onWarning: (message) => this.#logger.warn(message),
			},
		);
	}

	#routeTable(
		operations: readonly PathOperation[],
		runner: LifespanRunner,
		resources: Resources,
	): RouteTable<Route> {
		const options = this.#options;
		const context: CompileContext = {
			resourceValue: (resource) => {
				const node = resources.nodeOf(resource);
				return node && runner.valueOf(node);
			},
			exitTimeoutMs: options.exitTimeoutMs ?? 10_000,
			strictContentType: options.strictContentType ?? true,
			strict: options.strict ?? false,
			errorInput: options.errorInput ?? true,
			overrides: this.overrides.replacements,
			trackEnd: (end) => this.#scopes.track(end),
		};
		const table = new RouteTable<Route>();
		for (const operation of operations) {
			const route = new Route(operation, context, this.overrides);
			table.add(operation.methods, operation.template, route);
		}
		return table;
	}

	#collectResources(
		operations: readonly PathOperation[],
		lifespanNode: ResourceNode | undefined,
	): Resources {
		const resources = new Resources(
			lifespanNode === undefined ? [] : [lifespanNode],
			this.overrides.replacements,
		);
		for (const resource of this.#options.resources ?? []) {
			resources.add(resource, "resources");
		}
		for (const operation of operations) {
			const graph = operationGraph(operation, this.overrides.replacements);
			for (const resource of graph.resources) {
				resources.add(resource, operation.where);
			}
		}
		return resources;
	}

	#lifespanNode(): ResourceNode | undefined {
		const { lifespan } = this.#options;
		if (lifespan !== undefined) {
			return lifespanNode("lifespan", () => lifespan(this as unknown as App));
		}
		const { startup, shutdown } = this.#events;
		if (startup.length + shutdown.length === 0) return undefined;
		return lifespanNode("startup and shutdown handlers", () =>
			runEvents(startup, shutdown),
		);
	}
}

/** Options of {@link App.fetch}. */
export interface FetchOptions extends WebRequestOptions {
	readonly waitUntil?: (promise: Promise<unknown>) => void;
}

type AppEvent = "startup" | "shutdown";
type EventHandler = () => unknown;

function lifespanNode(
	name: string,
	call: () => AsyncGenerator<unknown, void, void>,
): ResourceNode {
	return { name, needs: [], options: {}, acquire: call };
}

/** The deprecated form of a lifespan: all of them in order, each awaited. */
async function* runEvents(
	startup: readonly EventHandler[],
	shutdown: readonly EventHandler[],
): AsyncGenerator<undefined, void, void> {
	for (const handler of startup) await handler();
	yield undefined;
	for (const handler of shutdown) await handler();
}

function sharedOptions<State>(options: AppOptions<State>): SharedOptions {
	const { tags, dependencies, responses, deprecated } = options;
	const { includeInSchema, responseClass, callbacks, generateUniqueId } =
		options;
	return Object.fromEntries(
		Object.entries({
			tags,
			dependencies,
			responses,
			deprecated,
			includeInSchema,
			responseClass,
			callbacks,
			generateUniqueId,
		}).filter(([, value]) => value !== undefined),
	);
}

function assertAppOptions<State>(options: AppOptions<State>): void {
	for (const name of [
		"bodyLimitBytes",
		"exitTimeoutMs",
		"startupTimeoutMs",
	] as const) {
		const value = options[name];
		if (value === undefined) continue;
		if (!(Number.isFinite(value) && value >= 0)) {
			throw new SetupError(
				"VIV_OPTION",
				`App: ${name} must be a number that is not negative, got ${value}.`,
			);
		}
	}
}

function closed(): SetupError {
	return new SetupError(
		"VIV_ROUTE",
		"the app has started: what it serves can't be changed any more; declare it before.",
	);
}
