import { assertArgument, assertOptions } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import { unfailing } from "../errors/unfailing-log.ts";
import type { Answer } from "../http/answer.ts";
import type { AnswerTaker } from "../http/answer-taker.ts";
import {
	type AppPort,
	type StartOptions,
	type StopOptions,
	type StopReport,
	startRules,
	stopRules,
} from "../http/app-port.ts";
import { bodyFailure } from "../http/body-failure.ts";
import type { Exchange } from "../http/exchange.ts";
import type { PathValue } from "../http/matched-route.ts";
import type { Middleware } from "../http/middleware.ts";
import { declaredInVain } from "../http/unplaced.ts";
import { tellIfUnserved } from "../http/unserved.ts";
import { WebExchange } from "../http/web-exchange.ts";
import { toWebResponse } from "../http/web-response.ts";
import type {
	Declarations,
	ScopeSignal,
	ValuesOf,
	WithoutRequest,
} from "../inject/declaration.ts";
import type { InjectedFunction } from "../inject/dependency.ts";
import type { AnyDependency, DependencyGraph } from "../inject/graph.ts";
import type { Scope } from "../inject/scope.ts";
import {
	assertLifespanFunction,
	lifespanCall,
} from "../lifespan/lifespan-function.ts";
import type { TimelineEntry } from "../lifespan/report/timeline.ts";
import type { OpenApiDocument } from "../openapi/operation.ts";
import type { WrittenDocument } from "../openapi/written-document.ts";
import { AppDocuments, writtenAtOnce } from "./app-document.ts";
import { AppLife } from "./app-life.ts";
import { type AppOptions, sharedOptions } from "./app-options.ts";
import { type AppParts, namedRoutes } from "./app-parts.ts";
import { operationGraph } from "./compile.ts";
import {
	assertDocumentPart,
	type DocumentPart,
	partOperations,
} from "./document-part.ts";
import {
	documentationPaths,
	documentationRouter,
	publishedRouter,
} from "./documentation.ts";
import {
	type AnsweringHandler,
	type ErrorClass,
	type ExceptionHandler,
	ExceptionHandlers,
} from "./exception-handlers.ts";
import { assertFetch, type FetchOptions } from "./fetch-options.ts";
import { noMiddleware } from "./foreign-app.ts";
import { assertMiddleware } from "./function-form.ts";
import { lifespanRouter } from "./lifespan-page.ts";
import type { Logger } from "./logger.ts";
import type { ForeignTarget, MountOptions } from "./mount.ts";
import { assertMountHost, type MountPlace } from "./mount-site.ts";
import { OutgoingRouter } from "./outgoing-router.ts";
import { DependencyOverrides } from "./overrides.ts";
import type { AppState, OwnedLifespan } from "./owned-lifespan.ts";
import type { PathOperation } from "./path-operation.ts";
import { addressFor, type NamedRoutes } from "./route-names.ts";
import { type MountTarget, Router } from "./router.ts";

/**
 * A web application: routes, the resources that they need, and everything around them.
 *
 * Nothing runs until a server (or the test client) starts it. A mistake in a declaration is thrown at its line. Mistakes that appear only
 * in combination are thrown at the start.
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
	/** Dependencies that replace others, in tests. */
	readonly overrides: DependencyOverrides = new DependencyOverrides();
	/** Requests that the API sends, for the document: their paths are the webhooks' names. FastAPI, "OpenAPI Webhooks". */
	readonly webhooks: OutgoingRouter;
	readonly #options: AppOptions<State, App>;
	readonly #logger: Logger;
	readonly #middleware: Middleware[] = [];
	readonly #handlers = new ExceptionHandlers();
	readonly #state: Record<string, unknown> = {};
	readonly #life: AppLife;
	readonly #documents: AppDocuments<State>;
	readonly #tellUsed: () => void = tellIfUnserved();
	/** Of what it serves, while that does not change. */
	#names: NamedRoutes | undefined;
	/** The path operations of which it was last built, and which it serves while it does. */
	#served: readonly PathOperation[] | undefined;

	constructor(options: AppOptions<State, App> = {}) {
		super(sharedOptions(options));
		if (options.lifespan !== undefined) {
			assertLifespanFunction(options.lifespan, "App");
		}
		documentationPaths(options);
		this.webhooks = options.webhooks ?? new OutgoingRouter();
		this.webhooks.markPlaced();
		this.#options = options;
		this.#logger =
			options.logger === undefined ? console : unfailing(options.logger);
		this.#documents = new AppDocuments(options, {
			title: this.title,
			operations: () =>
				(this.isFrozen ? this.#served : undefined) ?? this.operations(),
			webhooks: () => this.webhooks.operations(),
			count: () => this.operationCount + this.webhooks.operations().length,
			logger: this.#logger,
		});
		this.#life = new AppLife({
			parts: () => this.#parts(),
			freeze: () => {
				this.#use();
				this.freeze(this);
			},
			thaw: () => this.thaw(this),
			assertOverridesReached: () => this.#assertOverridesReached(),
		});
	}

	/**
	 * Adds middleware. The first one added is the outermost: it sees a request first and its response last.
	 * @throws SetupError `VIV_OPTION` when it isn't a function, or is a function that makes middleware and was not called
	 * @see FastAPI, "Middleware" (there the last added is the outermost)
	 */
	use(...middleware: readonly Middleware[]): void {
		this.assertOpen("app.use()");
		for (const layer of middleware) {
			if (typeof layer === "function") {
				assertMiddleware("app.use()", layer);
				this.#middleware.push(layer);
			} else {
				throw noMiddleware(middleware, (each) => each instanceof Router);
			}
		}
	}

	/**
	 * Passes every request for a host to another app or mount, with the same paths. Hosts are compared in the order of their declaration,
	 * before all paths of this app, including its documentation.
	 *
	 * @param host a name with parameters, `{tenant}.example.com`, in any case; requests may come to any port. In the mounted app `Path()`
	 * reads the parameters. A port is used only by `request.urlFor`
	 * @throws SetupError `VIV_PATH` or `VIV_ROUTE` for a malformed host, and for a target that can't be mounted
	 * @see Starlette, "Routing": host-based routing (there a host is tried in the order of all routes)
	 */
	host(host: string, target: MountTarget, options: MountOptions = {}): void {
		assertMountHost(host);
		this.addMount(`host("${host}")`, { path: "", host }, target, options);
	}

	/** @internal */
	override addMount(
		where: string,
		place: Pick<MountPlace, "path" | "host">,
		target: MountTarget,
		options: MountOptions,
	): void {
		if (
			target instanceof App &&
			((target as App) === (this as unknown as App) || target.#mountsApp(this))
		) {
			throw mountedInItself(where);
		}
		super.addMount(where, place, target, options);
	}

	/**
	 * The path of a route, from its name (the handler's, or the option `name`) and the values of its path parameters, percent-encoded. It
	 * doesn't contain the prefix of a proxy. Names below a mount begin with the mount's name: `"admin:read_user"`. `request.urlFor`
	 * returns absolute URLs.
	 *
	 * @throws SetupError `VIV_ROUTE` when there is no such name, or the values don't fit its path or would not be read back from it
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 * app.get("/files/{path:path}", function read_file({ path }) {
	 * 	return { path };
	 * });
	 * console.log(app.urlPathFor("read_file", { path: "a/b c.txt" })); // /files/a/b%20c.txt
	 * ```
	 * @see Starlette, `app.url_path_for`
	 */
	urlPathFor(
		name: string,
		values: Readonly<Record<string, PathValue>> = {},
	): string {
		assertArgument("app.urlPathFor()", "name", name, "text");
		assertArgument("app.urlPathFor()", "values", values, "record");
		if (!this.isFrozen) {
			return addressFor(namedRoutes(this.#parts()), name, values).path;
		}
		this.#names ??= namedRoutes(this.#parts());
		return addressFor(this.#names, name, values).path;
	}

	/**
	 * Registers the handler for an error class (the nearest one applies) or, for an `HTTPException`, for its status. `Error` and 500
	 * handle errors that no other handler takes. A handler that closes a socket and has no response says so: `return undefined`.
	 */
	exceptionHandler<Thrown, Answer>(
		key: ErrorClass<Thrown> | number,
		handler: AnsweringHandler<Thrown, Answer>,
	): void {
		this.#handlers.set(key, handler as ExceptionHandler); // it is called with instances of `key` alone
	}

	/** @internal */
	protected override get hasLifespan(): boolean {
		return this.#options.lifespan !== undefined;
	}

	/** Name of the API. */
	get title(): string {
		return this.#options.title ?? "Vivace";
	}

	/** @internal The app-scoped dependencies that it and what is mounted in it can reach, in no promised order. */
	get resources(): readonly AnyDependency[] {
		return this.#life.assembly.dependencies;
	}

	/** @internal Path of the documentation page, which the server names when it listens. */
	get documentationPath(): string | undefined {
		return documentationPaths(this.#options).docs;
	}

	/**
	 * The OpenAPI document of the routes, made at the first call after a change. Assign your own function to extend it.
	 * @see FastAPI, "Extending OpenAPI"
	 */
	openapi(): OpenApiDocument;
	/**
	 * The document of some of the routes, with the models that these need; `new App({ documents })` serves one. A function that was
	 * assigned to `app.openapi` isn't called for it.
	 *
	 * @throws SetupError `VIV_OPTION` for a tag that no route has
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 * app.get({ path: "/items", tags: ["public"] }, () => []);
	 * app.get({ path: "/metrics" }, () => ({}));
	 * console.log(Object.keys(app.openapi({ tags: ["public"] }).paths)); // [ "/items" ]
	 * ```
	 */
	openapi(part: DocumentPart): OpenApiDocument;
	openapi(part?: DocumentPart): OpenApiDocument {
		this.#use();
		if (part === undefined) {
			return this.#documents.of();
		}
		assertDocumentPart(part);
		return this.#documents.of(part);
	}

	/** @internal What one of its path operations needs. A command may be of another copy of this package, which knows none of its declarations. */
	graphOf(operation: PathOperation): DependencyGraph {
		return operationGraph(operation);
	}

	/** @internal The documents of a part that it serves, by their paths; each is made when it is asked for. */
	get publishedDocuments(): ReadonlyMap<string, () => OpenApiDocument> {
		return new Map(
			this.#options.documents?.map((document) => [
				document.openapiUrl,
				() => this.#documents.of(document),
			]),
		);
	}

	/**
	 * The values that the lifespan has yielded, while the app runs, and what the program writes into it, also before the start. Every
	 * later request gets a copy of both as `request.state`.
	 * @see Starlette, "Applications": storing state on the app instance
	 */
	get state(): State {
		return this.#state as State; // the lifespan's type vouches for it
	}

	/** The start and the end of each resource, and what it waited for. */
	get lifespan(): { timeline(): readonly TimelineEntry[] } {
		return {
			timeline: () =>
				(
					this.#life.builtAssembly ?? this.#life.failedAssembly
				)?.runner.timeline() ?? [],
		};
	}

	/**
	 * Acquires the resources of the app and of its mounts, and runs their lifespans up to the `yield`.
	 *
	 * @throws LifespanError when something fails, after all acquired resources were released; SetupError when the declarations don't fit
	 * together or the app has been started already
	 */
	async start(options: StartOptions = {}): Promise<void> {
		assertOptions("app.start()", options, startRules);
		return this.#life.start(options, true);
	}

	/**
	 * Calls a function with the values of a record, like the handler of a route, but without a request: in a script, a job, a test.
	 * Order, `around` (a session's transaction), errors and release are the same as in a request. An error in the function is thrown into
	 * the generators. The result is returned when function scope, background tasks and request scope have ended. A parameter of a
	 * dependency has the value that it has when a request leaves it out.
	 *
	 * If the app isn't running, it is started first and stopped after the last such scope. While it runs, it isn't stopped before the
	 * scope has ended (within the time for background tasks), and `signal` is aborted when it is about to stop.
	 *
	 * Without a record it returns the scope itself, for `await using`, which always ends successfully, even after an error in its block.
	 *
	 * @throws SetupError `VIV_SCOPE` when something isn't available without a request: a required parameter, the request; LifespanError
	 * when the app can't start or has stopped; what the function or a generator throws
	 * @example
	 * ```ts
	 * import { App, dependency } from "vivace";
	 *
	 * const numbers = dependency(async () => [1, 2, 3]);
	 * const app = new App();
	 *
	 * const sum = await app.scope({ numbers }, ({ numbers }) =>
	 * 	numbers.reduce((left, right) => left + right),
	 * );
	 * console.log(sum);
	 * ```
	 */
	scope(): Promise<Scope>;
	scope<Params extends Declarations, Result>(
		params: Params & WithoutRequest<Params>,
		work: (
			values: ValuesOf<Params>,
			scope: ScopeSignal,
		) => Result | Promise<Result>,
	): Promise<Result>;
	scope(params?: Declarations, work?: InjectedFunction): Promise<unknown> {
		return params === undefined && work === undefined
			? this.#life.scopes.open()
			: this.#life.scopes.run(params as Declarations, work as InjectedFunction); // checked there
	}

	/**
	 * Handles a web-standard request, for platforms and tests without a server of Vivace. If the app has resources, it must have been
	 * started.
	 *
	 * @param options.waitUntil gets the promise of the work after the response, for platforms that need it: in a Worker write
	 * `fetch: (request, env, ctx) => app.fetch(request, { waitUntil: (promise) => ctx.waitUntil(promise) })`
	 * @throws SetupError `VIV_OPTION` for further arguments of a platform, which would be ignored
	 */
	fetch(
		request: globalThis.Request,
		options?: FetchOptions,
	): Promise<globalThis.Response>;
	async fetch(
		request: globalThis.Request,
		options: FetchOptions = {},
		...others: readonly unknown[]
	): Promise<globalThis.Response> {
		assertFetch(request, options, others);
		const exchange = new WebExchange(request, options);
		options.waitUntil?.(exchange.over);
		const answer = await this.handle(exchange);
		// no web request is a handshake
		return toWebResponse(exchange, answer as Answer, (error) => {
			if (!request.signal.aborted) {
				this.#logger.error(bodyFailure(exchange.source, error), error);
			}
		});
	}

	handle<Served extends Exchange, Taken = Answer | undefined>(
		exchange: Served,
		taker?: AnswerTaker<Served, Taken | Promise<Taken>>,
	): Answer | undefined | Promise<Taken> {
		const life = this.#life;
		return (life.builtAssembly ?? life.assembly).handle(exchange, taker);
	}

	/**
	 * @internal Builds it as for its first request, and starts nothing.
	 *
	 * @throws SetupError for whatever a start would refuse before it acquires resources
	 */
	inspect(logger: Logger): void {
		this.#life.inspect(logger);
		for (const line of declaredInVain()) {
			logger.warn(line);
		}
	}

	beginShutdown(): void {
		this.#life.beginShutdown();
	}

	/** True when the app was told that it is about to stop. */
	get isShuttingDown(): boolean {
		return this.#life.isShuttingDown;
	}

	drain(timeoutMs: number): Promise<boolean> {
		return this.#life.drain(timeoutMs);
	}

	async stop(options: StopOptions = {}): Promise<StopReport> {
		assertOptions("app.stop()", options, stopRules);
		return this.#life.stop(options);
	}

	/** @internal True when a handler of `node:http` is mounted in it, or in what is. */
	get hasNodeHandlers(): boolean {
		return this.#someApp((app) =>
			app
				.mounts()
				.some(
					({ target }) =>
						!(target instanceof App) && typeof target === "function",
				),
		);
	}

	/** @internal True when it has sockets, or an app that is mounted in it. */
	get hasSockets(): boolean {
		return this.#someApp((app) => app.sockets().length > 0);
	}

	/** True when a claim is right for the app or for one that is mounted in it. */
	#someApp(claim: (app: App<never>) => boolean, seen = new Set()): boolean {
		seen.add(this);
		return (
			claim(this as unknown as App<never>) ||
			this.#mountedApps().some(
				(app) => !seen.has(app) && app.#someApp(claim, seen),
			)
		);
	}

	/** Directly, through another app or a router. */
	#mountsApp(app: unknown, seen: Set<unknown> = new Set([this])): boolean {
		return this.#mountedApps().some((target) => {
			if (target === app || seen.has(target)) {
				return target === app;
			}
			seen.add(target);
			return target.#mountsApp(app, seen);
		});
	}

	/** @internal */
	override thaw(app: object): void {
		super.thaw(app);
		this.#names = undefined;
	}

	// biome-ignore lint/suspicious/noExplicitAny: an app of any state can be mounted
	#mountedApps(): App<any>[] {
		return this.mounts().flatMap(({ target }) =>
			target instanceof App ? [target] : [],
		);
	}

	#use(): void {
		this.#tellUsed();
		this.markPlaced();
	}

	#assertOverridesReached(): void {
		this.overrides.assertReached();
		for (const target of this.#mountedApps()) {
			target.#assertOverridesReached();
		}
	}

	/** @param around the apps that it is mounted in */
	#parts(around: readonly unknown[] = []): AppParts {
		if (around.includes(this)) {
			throw mountedInItself(`App "${this.title}"`); // through a router that has grown
		}
		assertArgument("App", "app.openapi", this.openapi, "function");
		const documentation = documentationRouter(
			{ title: this.title, document: () => this.#document() },
			this.#options,
		);
		documentation.markPlaced();
		const operations = this.operations();
		this.#served = operations;
		for (const document of this.#options.documents ?? []) {
			partOperations(operations, document);
			const part = {
				title: document.title ?? this.title,
				document: () => this.#documents.written(document),
			};
			documentation.include(publishedRouter(part, document, this.#options));
		}
		if (around.length === 0) {
			documentation.include(lifespanRouter(this, this.#options));
		}
		return {
			isAppParts: true,
			app: this,
			state: this.#state,
			options: this.#options as AppOptions, // its parts do not depend on the state's type
			operations: [...documentation.operations(), ...operations],
			sockets: this.sockets(),
			frontends: this.frontends(),
			mounts: this.mounts().map(({ site, target }) => ({
				site,
				target:
					target instanceof App
						? target.#parts([...around, this])
						: (target as ForeignTarget), // an app is one of this class
			})),
			lifespans: [...this.#ownLifespan(), ...this.lifespans()],
			middleware: this.#middleware,
			handlers: this.#handlers,
			overrides: this.overrides,
			logger: this.#logger,
			isShuttingDown: () => this.#life.isShuttingDown,
		};
	}

	/** A function assigned to `openapi` is asked each time: it may look at more than the declarations. */
	#document(): WrittenDocument | Promise<WrittenDocument> {
		return this.openapi === App.prototype.openapi
			? this.#documents.written()
			: this.#documents.prepare().then(() => writtenAtOnce(this.openapi()));
	}

	#ownLifespan(): OwnedLifespan[] {
		const { lifespan } = this.#options;
		if (lifespan === undefined) {
			return [];
		}
		const call = () =>
			lifespanCall(lifespan, this as unknown as App, `App "${this.title}"`);
		return [{ name: `lifespan of "${this.title}"`, owner: this, call }];
	}
}

function mountedInItself(where: string): SetupError {
	return new SetupError(
		"VIV_ROUTE",
		`${where}: an app can't be mounted in itself, directly or through another.`,
	);
}
