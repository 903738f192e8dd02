import { LifespanError } from "../errors/setup-error.ts";
import { type Answer, completeAnswer } from "../http/answer.ts";
import type {
	StartOptions,
	StopOptions,
	StopReport,
} from "../http/app-port.ts";
import type { Exchange, ExchangeApp } from "../http/exchange.ts";
import { resolveLimits } from "../http/limits.ts";
import { MountedSource } from "../http/mounted-source.ts";
import { behindPrefix } from "../http/raw-path.ts";
import { Request, type RequestContext } from "../http/request.ts";
import { type Cell, empty } from "../inject/cell.ts";
import {
	type AnyDependency,
	buildGraph,
	type DependencyGraph,
	type Replacements,
} from "../inject/graph.ts";
import { LifespanRunner } from "../lifespan/lifespan-runner.ts";
import { lifespanReporter } from "../lifespan/report/default-reporter.ts";
import type { ResourceNode } from "../lifespan/resource.ts";
import { parsePathTemplate } from "../routing/path-template.ts";
import { type AppParts, isAppParts, namedRoutes } from "./app-parts.ts";
import type { AppContext, AppScopes } from "./app-scopes.ts";
import { type CompileContext, operationGraph } from "./compile.ts";
import { compileDispatch, type Dispatch, expected } from "./dispatch.ts";
import { assertHealthPathsFree, healthPaths, withHealth } from "./health.ts";
import { joinedState } from "./lifespan-state.ts";
import { ForeignRoute, type ForeignTarget, restOfPath } from "./mount.ts";
import { nestedOverrides } from "./overrides.ts";
import type { AppState, OwnedLifespan } from "./owned-lifespan.ts";
import type { PathOperation } from "./path-operation.ts";
import { Resources } from "./resources.ts";
import { OperationRoute, type Route } from "./route.ts";
import { UnitRoutes } from "./unit-routes.ts";

/** One app of an assembly: the outermost, or one that is mounted. */
interface Unit {
	readonly parts: AppParts;
	/** Where it is mounted, without a final slash; empty for the outermost. */
	readonly path: string;
	readonly overrides: Replacements;
	/** What each of its path operations reaches when it is built. */
	readonly graphs: ReadonlyMap<PathOperation, DependencyGraph>;
	readonly lifespans: readonly {
		readonly name: string;
		readonly node: ResourceNode;
	}[];
	readonly mounts: readonly {
		readonly path: string;
		readonly name: string;
		readonly unit: Unit | ForeignTarget;
	}[];
	readonly routes: UnitRoutes;
	/** What its requests know; changes when the lifespan has yielded the state. */
	context: RequestContext;
}

/** An app and what is mounted in it, built for one life: from before the start until after the stop. */
export class Assembly {
	readonly runner: LifespanRunner;
	readonly #dispatch: Dispatch;
	readonly #exchangeApp: ExchangeApp;
	readonly #units: Unit[] = [];
	readonly #resources = new Resources();
	readonly #routes: OperationRoute[] = [];
	readonly #watched: (() => void)[] = [];
	#scopeContext: AppContext | undefined = undefined;
	readonly #lifespanNodes = new Map<object, ResourceNode>();
	readonly #rootPath: string;
	readonly #root: Unit;

	/**
	 * @param options how it is to live: in which process, and what of it is told
	 * @throws SetupError for whatever of the declarations does not fit together
	 */
	constructor(
		parts: AppParts,
		scopes: Pick<AppScopes, "track">,
		{ worker, summary = true }: StartOptions = {},
	) {
		this.#exchangeApp = {
			exitTimeoutMs: exitTimeoutMs(parts),
			logger: parts.logger,
			track: (end) => scopes.track(end),
		};
		this.#rootPath = parts.options.rootPath ?? "";
		this.#root = this.#addUnit(parts, undefined, "");
		this.runner = new LifespanRunner(this.#resources.nodes, {
			startupTimeoutMs: parts.options.startupTimeoutMs ?? 0,
			// what fails comes out of start() and stop(): whoever calls them tells it
			reporter: lifespanReporter(parts.logger, {
				failures: false,
				summary,
				...(worker && { worker }),
			}),
			...(worker && { worker }),
		});
		this.#dispatch = this.#compileOutermost();
	}

	/** What the requests of the outermost app know. */
	get context(): RequestContext {
		return this.#root.context;
	}

	handle(exchange: Exchange): Answer | Promise<Answer> {
		exchange.app = this.#exchangeApp;
		return this.#dispatch(new Request(exchange, this.#root.context)) as
			| Answer
			| Promise<Answer>; // the outermost dispatch has completed it
	}

	/** The app-scoped dependencies that can be reached. */
	get dependencies(): readonly AnyDependency[] {
		return this.#resources.dependencies;
	}

	/** What scopes without a request are compiled with: the outermost app's resources. */
	get scopeContext(): AppContext {
		this.#scopeContext ??= this.#compileContext(this.#root);
		return this.#scopeContext;
	}

	/** Overrides that change from now on are none of its business. */
	abandon(): void {
		for (const unwatch of this.#watched) {
			unwatch();
		}
	}

	async start({ rootPath, signal }: StartOptions): Promise<void> {
		await this.runner.start(signal && { signal });
		for (const unit of this.#units) {
			const state = joinedState(
				unit.lifespans.map(({ name, node }) => ({
					name,
					yielded: this.runner.valueOf(node),
				})),
			);
			unit.context = this.#contextOf(unit, state, rootPath);
		}
	}

	stop(options: StopOptions): Promise<StopReport> {
		this.abandon();
		return this.runner.stop(options);
	}

	#addUnit(parts: AppParts, outer: Unit | undefined, path: string): Unit {
		const lifespans = parts.lifespans.map((lifespan) => ({
			name: lifespan.name,
			node: this.#lifespanNode(lifespan, outer),
		}));
		const overrides =
			outer === undefined
				? parts.overrides
				: nestedOverrides(outer.overrides, parts.overrides);
		this.#watched.push(parts.overrides.watch(() => this.#recompile()));
		const graphs = new Map(
			parts.operations.map((operation) => [
				operation,
				operationGraph(operation, overrides),
			]),
		);
		const mounts: Unit["mounts"][number][] = [];
		const routes = new UnitRoutes(
			namedRoutes(parts),
			path,
			this.#units[0]?.routes,
		);
		const unit: Unit = {
			parts,
			path,
			overrides,
			graphs,
			lifespans,
			mounts,
			routes,
			context: this.#contextOf({ parts, path, routes }, {}),
		};
		this.#units.push(unit);
		this.#addResources(unit, outer);
		for (const { path: below, name, target } of parts.mounts) {
			const inner = isAppParts(target)
				? this.#addUnit(target, unit, path + below)
				: target;
			mounts.push({ path: below, name, unit: inner });
		}
		return unit;
	}

	/** One node for each owner, after those of the app around it. */
	#lifespanNode(
		lifespan: OwnedLifespan,
		outer: Unit | undefined,
	): ResourceNode {
		const known = this.#lifespanNodes.get(lifespan.owner);
		if (known !== undefined) {
			return known;
		}
		const node: ResourceNode = {
			name: lifespan.name,
			needs: lifespanNodes(outer),
			options: {},
			acquire: lifespan.call,
		};
		this.#lifespanNodes.set(lifespan.owner, node);
		this.#resources.addLifespan(node);
		return node;
	}

	#addResources(unit: Unit, outer: Unit | undefined): void {
		const around = lifespanNodes(outer).concat(lifespanNodes(unit));
		const { graphs, overrides, parts } = unit;
		const named = buildGraph({
			where: "resources",
			params: {},
			dependencies: parts.options.resources ?? [],
			pathNames: [],
			overrides,
		});
		this.#resources.add(named, "resources", around);
		for (const [{ where }, graph] of graphs) {
			this.#resources.add(graph, where, around);
		}
	}

	/** Overrides have changed. */
	#recompile(): void {
		this.#scopeContext = undefined;
		for (const route of this.#routes) {
			route.recompile();
		}
	}

	/** Where the value of a dependency is found; one that was not there at the start is told when it is asked for. */
	#cellOf(dependency: AnyDependency): Cell {
		const node = this.#resources.nodeOf(dependency);
		return node === undefined
			? { value: empty, whyEmpty: () => notAcquired(dependency) }
			: this.runner.cellOf(node);
	}

	#compileOutermost(): Dispatch {
		const { options, operations, isShuttingDown, logger } = this.#root.parts;
		const dispatch = this.#compile(this.#root);
		const paths = healthPaths(options.health);
		if (paths === undefined) {
			return dispatch;
		}
		assertHealthPathsFree(paths, operations);
		const { runner } = this;
		const source = {
			get isShuttingDown() {
				return isShuttingDown();
			},
			status: () => runner.status(),
			checkAll: (limits: { readonly timeoutMs: number }) =>
				runner.checkAll(limits),
		};
		return withHealth(dispatch, paths, source, logger);
	}

	#compile(unit: Unit): Dispatch {
		const { parts } = unit;
		const { table } = unit.routes;
		const context = this.#compileContext(unit);
		for (const [operation, graph] of unit.graphs) {
			const route = new OperationRoute(operation, graph, context, unit.path);
			this.#routes.push(route);
			table.add(operation.methods, operation.template, route);
		}
		for (const { path, name, unit: mounted } of unit.mounts) {
			const template = parsePathTemplate(`${path}/{${restOfPath}:path}`);
			const route =
				"parts" in mounted
					? this.#mountedRoute(mounted, path)
					: new ForeignRoute(path, mounted, {
							path: unit.path + path,
							name,
						});
			table.add(undefined, template, route);
		}
		return compileDispatch({
			table,
			middleware: parts.middleware,
			handlers: parts.handlers,
			logger: parts.logger,
			redirectSlashes: parts.options.redirectSlashes ?? true,
			complete: unit === this.#root ? completeAnswer : undefined,
		});
	}

	#compileContext(unit: Unit): CompileContext {
		const { options } = unit.parts;
		return {
			cellOf: (dependency) => this.#cellOf(dependency),
			exitTimeoutMs: exitTimeoutMs(unit.parts),
			strict: options.strict ?? false,
			limits: resolveLimits(options.limits),
			errorInput: options.errorInput ?? true,
			overrides: unit.overrides,
		};
	}

	#mountedRoute(unit: Unit, path: string): Route {
		const dispatch = this.#compile(unit);
		return {
			names: [restOfPath],
			match: (method, rawPath) =>
				unit.routes.match(method, behindPrefix(rawPath, path) || "/"),
			respond: (request) => {
				const source = new MountedSource(request, path);
				return dispatch(
					new Request(request.exchange, unit.context, source, request),
				);
			},
		};
	}

	/** @param rootPath what the server says of a proxy; the outermost app's own word goes before it */
	#contextOf(
		{ parts, path, routes }: Pick<Unit, "parts" | "path" | "routes">,
		state: AppState,
		rootPath = "",
	): RequestContext {
		const stripped = (this.#rootPath || rootPath).replace(/\/+$/, "");
		return {
			app: parts.app,
			state,
			limits: resolveLimits(parts.options.limits),
			rootPath: stripped + path,
			answer: (request, error) => expected(request, error, parts),
			routes,
		};
	}
}

function exitTimeoutMs({ options }: AppParts): number {
	return options.exitTimeoutMs ?? 10_000;
}

function notAcquired({ label }: AnyDependency): LifespanError {
	return new LifespanError(
		`"${label}" (app scope) was not acquired, for nothing needed it when the app started; ` +
			"name it in new App({ resources: […] }), or set the override before the start.",
	);
}

function lifespanNodes(unit: Unit | undefined): readonly ResourceNode[] {
	return unit?.lifespans.map(({ node }) => node) ?? [];
}
