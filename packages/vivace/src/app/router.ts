import { assertOptions, type OptionRules, told } from "../errors/options.ts";
import { SetupError } from "../errors/setup-error.ts";
import type { AppPort } from "../http/app-port.ts";
import { notePlace, type Place, takePlace } from "../http/unplaced.ts";
import {
	assertLifespanFunction,
	type LifespanFunction,
	lifespanCall,
} from "../lifespan/lifespan-function.ts";
import {
	type PathTemplate,
	parsePathTemplate,
} from "../routing/path-template.ts";
import type { FrontendOptions } from "../static/front-end.ts";
import {
	checkOperation,
	type Declared,
	declareOperation,
	resolveOperation,
	type Surroundings,
} from "./declared-operation.ts";
import {
	type DeclaredRoute,
	declaredRoutes,
	frontendRoute,
	mountRoute,
	socketRoute,
} from "./declared-routes.ts";
import { pathFirst, tellForeignMethods } from "./foreign-app.ts";
import {
	type DeclaredFrontend,
	declareFrontend,
	type PlacedFrontend,
	placeFrontend,
} from "./frontend.ts";
import {
	assertForeignTarget,
	type ForeignTarget,
	type MountOptions,
	mountRules,
} from "./mount.ts";
import { type MountPlace, MountSite, mountPath } from "./mount-site.ts";
import {
	type AppEvent,
	AppEvents,
	type AppState,
	type EventHandler,
	type OwnedLifespan,
} from "./owned-lifespan.ts";
import {
	type DeclaredOperation,
	type PathOperation,
	type SharedOptions,
	sharedRules,
} from "./path-operation.ts";
import type { PrefixNames, Register, RegisterMethods } from "./register.ts";
import type { RegisterSocket } from "./register-socket.ts";
import { assertPrefix, routerLabel } from "./router-prefix.ts";
import {
	checkSocket,
	type DeclaredSocket,
	type DeclaredSocketArguments,
	declareSocket,
	placeSocket,
	type SocketOperation,
} from "./socket-operation.ts";

/** Options of a {@link Router}; they apply to all of its routes. */
export interface RouterOptions<Prefix extends string = string>
	extends SharedOptions {
	/** Path before all of its paths; begins with a slash and doesn't end with one. Default: none. */
	readonly prefix?: Prefix;
	/**
	 * Runs before the first request of the app that includes the router and after the last one, inside the app's own lifespan. The
	 * yielded value is merged into `request.state`.
	 */
	readonly lifespan?: LifespanFunction<undefined, AppState | undefined>;
}

/** Options of `include`, for a router at this place. */
export interface IncludeOptions extends SharedOptions {
	/** Path before the router's own prefix. Default: none. */
	readonly prefix?: string;
}

const includeRules: OptionRules<IncludeOptions> = {
	...sharedRules,
	prefix: "text",
};

const routerRules: OptionRules<RouterOptions> = {
	...includeRules,
	lifespan: "any", // assertLifespanFunction
};

// biome-ignore lint/suspicious/noExplicitAny: a router made without knowing the app's state fits every app
type AnyRouter = Router<any, any>;

type Entry =
	| { readonly kind: "operation"; readonly operation: DeclaredOperation }
	| { readonly kind: "socket"; readonly socket: DeclaredSocket }
	| {
			readonly kind: "router";
			readonly router: AnyRouter;
			readonly options: IncludeOptions;
	  }
	| { readonly kind: "frontend"; readonly frontend: DeclaredFrontend }
	| {
			readonly kind: "mount";
			readonly place: MountPlace;
			readonly target: MountTarget;
	  };

/** An app, or what else can be mounted. */
export type MountTarget = (AnyRouter & AppPort) | ForeignTarget;

/**
 * A group of routes with a common prefix, tags, dependencies and responses. `include` adds it to an app or another router, as often as
 * you like.
 *
 * @typeParam State the type of `request.state`
 * @typeParam Prefix its prefix, whose path names its handlers receive; read from the options
 * @see FastAPI, "Bigger Applications - Multiple Files"
 */
export class Router<
	State = Readonly<Record<string, unknown>>,
	const Prefix extends string = string,
> {
	readonly #entries: Entry[] = [];
	readonly #options: RouterOptions;
	readonly #events = new AppEvents();
	readonly #place: Place = notePlace(isApp(this) ? "App" : "Router");
	/** The apps that serve what is declared here, see {@link Router.freeze}. */
	readonly #servedBy = new Set<object>();

	readonly get: Register<State, PrefixNames<Prefix>> = this.#verb("GET");
	readonly post: Register<State, PrefixNames<Prefix>> = this.#verb("POST");
	readonly put: Register<State, PrefixNames<Prefix>> = this.#verb("PUT");
	readonly patch: Register<State, PrefixNames<Prefix>> = this.#verb("PATCH");
	readonly delete: Register<State, PrefixNames<Prefix>> = this.#verb("DELETE");
	readonly options: Register<State, PrefixNames<Prefix>> =
		this.#verb("OPTIONS");
	readonly head: Register<State, PrefixNames<Prefix>> = this.#verb("HEAD");
	readonly trace: Register<State, PrefixNames<Prefix>> = this.#verb("TRACE");

	/** Publishes a socket, see its call signatures. */
	readonly websocket: RegisterSocket<State, PrefixNames<Prefix>> = ((
		...declared: DeclaredSocketArguments
	) => {
		this.#addSocket(declared);
	}) as RegisterSocket<State, PrefixNames<Prefix>>; // the interface's overloads describe its arguments

	/** Publishes one handler for several methods. */
	readonly route: RegisterMethods<State, PrefixNames<Prefix>> = ((
		methods: readonly string[],
		...declared: Declared
	) => {
		this.#add(methods, declared);
	}) as RegisterMethods<State, PrefixNames<Prefix>>; // the interface's overloads describe `Declared`

	static {
		tellForeignMethods(Router.prototype);
	}

	constructor(options: RouterOptions<Prefix> = {}) {
		assertOptions("Router", options, routerRules);
		assertPrefix(options.prefix, "Router");
		if (options.lifespan !== undefined) {
			assertLifespanFunction(options.lifespan, routerLabel(options.prefix));
		}
		this.#options = options;
	}

	/**
	 * Adds the routes of a router at this place.
	 * @throws SetupError `VIV_ROUTE` when it would include itself, `VIV_PATH` when the prefix is invalid
	 */
	include(router: AnyRouter, options: IncludeOptions = {}): void {
		this.assertOpen("include()");
		if (typeof router === "string") {
			throw pathFirst(router);
		}
		assertOptions("include()", options, includeRules);
		assertPrefix(options.prefix, "include");
		if (!(router instanceof Router)) {
			throw new SetupError(
				"VIV_ROUTE",
				"include(): expected a Router; make one with new Router().",
			);
		}
		if (Object.hasOwn(router, "webhooks")) {
			throw new SetupError(
				"VIV_ROUTE",
				'include(): an App has middleware, exception handlers and resources of its own, which would be left out; write app.mount("/path", app), or make it a Router.',
			);
		}
		if (router === this || router.#reaches(this)) {
			throw new SetupError(
				"VIV_ROUTE",
				"include(): a router can't include itself, directly or through another.",
			);
		}
		router.markPlaced();
		this.#declare("what it includes", { kind: "router", router, options });
	}

	/** @internal Something has taken what is declared here. */
	markPlaced(): void {
		takePlace(this.#place);
	}

	/**
	 * Passes every request below a path to an app, to anything with `fetch(request)` or, on Node's own server, to a `node:http` handler
	 * (an Express app). The lifespan and resources of a mounted app start and stop inside those of the outer app. It has its own state,
	 * middleware, exception handlers and documentation. Options of a router or `include` don't apply to a mount, except for the prefix.
	 *
	 * @param path may have parameters, `/tenants/{tenant}`: in the mounted app `Path()` reads them, in routes and in dependencies, and
	 * `request.pathParams` contains them
	 * @throws SetupError `VIV_PATH` or `VIV_ROUTE` for a malformed path, and for a target that can't be mounted
	 * @example
	 * ```ts
	 * import { App, Path } from "vivace";
	 * import { z } from "zod";
	 *
	 * const shop = new App();
	 * shop.get("/items", { tenant: Path(z.string()) }, ({ tenant }) => [`an item of ${tenant}`]);
	 *
	 * const app = new App();
	 * app.mount("/tenants/{tenant}", shop, { name: "shop" });
	 * ```
	 * @see FastAPI, "Sub Applications - Mounts"
	 */
	mount(path: string, target: MountTarget, options: MountOptions = {}): void {
		const place = { path: mountPath(path), host: undefined };
		this.addMount(`mount("${path}")`, place, target, options);
	}

	/** @internal */
	addMount(
		where: string,
		place: Pick<MountPlace, "path" | "host">,
		target: MountTarget,
		options: MountOptions,
	): void {
		this.assertOpen(where);
		assertOptions(where, options, mountRules);
		if (isApp(target)) {
			target.markPlaced();
		} else {
			assertForeignTarget(target, where);
		}
		const { name = "", public: isPublic = false } = options;
		const whole = { ...place, name, isPublic, declared: new Error() };
		this.#declare(where, { kind: "mount", place: whole, target });
	}

	/** @internal What is mounted here and in what is included, in the order of its declaration. */
	mounts(prefix = ""): readonly {
		readonly site: MountSite;
		readonly target: MountTarget;
	}[] {
		const whole = prefix + (this.#options.prefix ?? "");
		return this.#entries.flatMap((entry) => {
			if (entry.kind === "router") {
				return entry.router.mounts(whole + (entry.options.prefix ?? ""));
			}
			if (entry.kind !== "mount") {
				return [];
			}
			const { place, target } = entry;
			const site = new MountSite({ ...place, path: whole + place.path });
			return [{ site, target }];
		});
	}

	/**
	 * Registers a function that is called before the first request of the app that includes it or after the last one; all of them in
	 * order, each awaited.
	 * @deprecated Use `lifespan` of the app or the router. If there is one, these functions are not called (with a warning).
	 */
	onEvent(event: AppEvent, handler: EventHandler): void {
		const where = `${this.#label}.onEvent()`;
		this.assertOpen(where);
		const { hasLifespan } = this;
		this.#events.add(event, handler, { where, hasLifespan });
	}

	/** @internal */
	protected get hasLifespan(): boolean {
		return this.#options.lifespan !== undefined;
	}

	/** @internal The path operations in the order of their declaration, with what `surroundings` and the routers add. */
	operations(surroundings: Surroundings = []): PathOperation[] {
		const around = [...surroundings, this.#options];
		return this.#entries.flatMap((entry) => {
			if (entry.kind === "operation") {
				return [resolveOperation(entry.operation, around)];
			}
			return entry.kind === "router"
				? entry.router.operations([...around, entry.options])
				: [];
		});
	}

	/** @internal The sockets in the order of their declaration, with what `surroundings` and the routers add. */
	sockets(surroundings: Surroundings = []): SocketOperation[] {
		const around = [...surroundings, this.#options];
		return this.#entries.flatMap((entry) => {
			if (entry.kind === "socket") {
				return [placeSocket(entry.socket, around)];
			}
			return entry.kind === "router"
				? entry.router.sockets([...around, entry.options])
				: [];
		});
	}

	/**
	 * Serves a front end that was built into a folder: its files, for GET and HEAD requests that no route, redirect or mount handles. Of
	 * several front ends the one with the longest path is used. The dependencies of the app and the routers around it run first.
	 *
	 * @param path below which the files are served; prefixes of routers precede it
	 * @throws SetupError `VIV_PATH` for a path with parameters, `VIV_OPTION` when the folder doesn't exist or an option is invalid
	 * @example
	 * ```ts
	 * import { App } from "vivace";
	 *
	 * const app = new App();
	 * app.get("/api/items", () => []);
	 * app.frontend("/", { directory: "dist", checkDirectory: false });
	 * ```
	 * @see FastAPI, "Frontend"
	 */
	frontend(path: string, options: FrontendOptions): void {
		this.assertOpen(`frontend(${told(path)})`);
		const frontend = declareFrontend(path, options);
		checkOperation(placeFrontend(frontend, [this.#options]).operation);
		this.#declare(`frontend("${path}")`, { kind: "frontend", frontend });
	}

	/** @internal The front ends of this router and those that it includes, in the order of their declaration. */
	frontends(surroundings: Surroundings = []): PlacedFrontend[] {
		const around = [...surroundings, this.#options];
		return this.#entries.flatMap((entry) => {
			if (entry.kind === "frontend") {
				return [placeFrontend(entry.frontend, around)];
			}
			return entry.kind === "router"
				? entry.router.frontends([...around, entry.options])
				: [];
		});
	}

	/** The routes that are declared so far, here and in the included routers, in the order in which they are tried. */
	get routes(): readonly DeclaredRoute[] {
		return [
			...declaredRoutes(this.operations()),
			...this.sockets().map(socketRoute),
			...this.mounts().map(({ site }) => mountRoute(site.place)),
			...this.frontends().map(frontendRoute),
		];
	}

	/** @internal How many path operations and mounts there are by now: a router may grow after it was included. */
	get operationCount(): number {
		return this.#entries.reduce(
			(count, entry) =>
				count + (entry.kind === "router" ? entry.router.operationCount : 1),
			0,
		);
	}

	/** @internal The lifespan functions of this router and those that it includes, outermost first. */
	lifespans(): OwnedLifespan[] {
		const { lifespan, prefix } = this.#options;
		const own: OwnedLifespan[] =
			lifespan === undefined
				? this.#eventLifespans()
				: [
						{
							name: `lifespan of router${prefix ? ` "${prefix}"` : ""}`,
							owner: this,
							call: () =>
								lifespanCall(lifespan, undefined, routerLabel(prefix)),
						},
					];
		const all = own.concat(
			this.#entries.flatMap((entry) =>
				entry.kind === "router" ? entry.router.lifespans() : [],
			),
		);
		// a router that is included twice has one lifespan
		return [...new Map(all.map((each) => [each.owner, each])).values()];
	}

	/** An app hands its own lifespan on itself. */
	#eventLifespans(): OwnedLifespan[] {
		return this.hasLifespan
			? []
			: this.#events.lifespans(
					this,
					`startup and shutdown handlers of ${this.#label}`,
				);
	}

	get #label(): string {
		return isApp(this) ? "app" : routerLabel(this.#options.prefix);
	}

	#reaches(router: AnyRouter): boolean {
		return this.#entries.some(
			(entry) =>
				entry.kind === "router" &&
				(entry.router === router || entry.router.#reaches(router)),
		);
	}

	#verb(method: string): Register<State, PrefixNames<Prefix>> {
		return ((...declared: Declared) => {
			this.#add([method], declared);
		}) as Register<State, PrefixNames<Prefix>>; // the interface's overloads describe `Declared`
	}

	/**
	 * @internal Until `thaw`, nothing can be declared here or in what is included: an app has been built of it, and would not serve it.
	 */
	freeze(app: object): void {
		this.#servedBy.add(app);
		for (const entry of this.#entries) {
			servedRouter(entry)?.freeze(app);
		}
	}

	/** @internal The app has stopped: what is declared from now on is served by its next life. */
	thaw(app: object): void {
		this.#servedBy.delete(app);
		for (const entry of this.#entries) {
			servedRouter(entry)?.thaw(app);
		}
	}

	/** @internal True while an app serves what is declared here. */
	get isFrozen(): boolean {
		return this.#servedBy.size > 0;
	}

	/**
	 * @internal
	 * @throws SetupError `VIV_ROUTE` when an app serves it already
	 */
	assertOpen(declared: string): void {
		if (this.isFrozen) {
			throw new SetupError(
				"VIV_ROUTE",
				`${declared} comes too late: the app has started or answered a request, and serves what was declared until then; declare it before.`,
			);
		}
	}

	#addSocket(declared: DeclaredSocketArguments): void {
		const socket = declareSocket(declared);
		this.assertOpen(`websocket("${socket.options.path}")`);
		const placed = placeSocket(socket, [this.#options], templateOfPart);
		checkSocket(placed);
		this.#declare(placed.operation.where, { kind: "socket", socket });
	}

	#add(methods: readonly string[], declared: Declared): void {
		const operation = declareOperation(methods, declared);
		this.assertOpen(
			`${operation.methods.join(", ")} ${operation.options.path}`,
		);
		const placed = resolveOperation(operation, [this.#options], templateOfPart);
		checkOperation(placed);
		this.#declare(placed.where, { kind: "operation", operation });
	}

	/** @param what the entry is, as messages name it */
	#declare(what: string, entry: Entry): void {
		this.#entries.push(entry);
		this.#place.declared.push(what);
	}
}

/** The router that is served with an entry: one that is included, or an app that is mounted. */
function servedRouter(entry: Entry): AnyRouter | undefined {
	if (entry.kind === "router") {
		return entry.router;
	}
	return entry.kind === "mount" && isApp(entry.target)
		? entry.target
		: undefined;
}

/** A router by itself can't be served. */
function isApp(target: unknown): target is AnyRouter & AppPort {
	return target instanceof Router && "handle" in target;
}

/** An empty path is that of a prefix, which `include` may bring. */
function templateOfPart(path: string): PathTemplate {
	return parsePathTemplate(path === "" ? "/" : path);
}
