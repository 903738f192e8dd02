import { LifespanError } from "../errors/setup-error.ts";
import type { Answer } from "../http/answer.ts";
import type { AnswerTaker } from "../http/answer-taker.ts";
import type {
	StartOptions,
	StopOptions,
	StopReport,
} from "../http/app-port.ts";
import type { Exchange, ExchangeApp } from "../http/exchange.ts";
import { Request, type RequestContext } from "../http/request.ts";
import { type Cell, empty } from "../inject/cell.ts";
import type { AnyDependency } from "../inject/graph.ts";
import { LifespanRunner } from "../lifespan/lifespan-runner.ts";
import { lifespanReporter } from "../lifespan/report/default-reporter.ts";
import { exitTimeoutMs } from "./app-options.ts";
import type { AppParts } from "./app-parts.ts";
import type { AppContext, AppScopes } from "./app-scopes.ts";
import { compileUnit, unitContext } from "./compile-unit.ts";
import type { Dispatch } from "./dispatch.ts";
import { assertHealthPathsFree, healthPaths, withHealth } from "./health.ts";
import { addYielded, joinedState } from "./lifespan-state.ts";
import type { AppState } from "./owned-lifespan.ts";
import { Resources } from "./resources.ts";
import type { SocketDispatch } from "./socket-dispatch.ts";
import { Units } from "./unit.ts";

/** An app and what is mounted in it, built for one life: from before the start until after the stop. */
export class Assembly {
	readonly runner: LifespanRunner;
	readonly #dispatch: Dispatch;
	readonly #socketDispatch: SocketDispatch;
	readonly #exchangeApp: ExchangeApp & { rootPath: string };
	readonly #resources = new Resources();
	readonly #units: Units;
	readonly #routes: { recompile(): void }[] = [];
	readonly #watched: readonly (() => void)[];
	/** By the state of an app what its lifespans have added to it. */
	readonly #yielded = new Map<Record<string, unknown>, AppState>();
	#scopeContext: AppContext | undefined;

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
			exitTimeoutMs: exitTimeoutMs(parts.options),
			rootPath: "", // that of the context, once it is made
			logger: parts.logger,
			routePathOf: (exchange) =>
				new Request(exchange, this.context).route?.path,
			track: (end) => scopes.track(end),
		};
		this.#units = new Units(parts, this.#resources);
		this.#exchangeApp.rootPath = this.context.rootPath;
		this.#watched = this.#units.all.map((unit) =>
			unit.parts.overrides.watch(() => this.#recompile()),
		);
		this.runner = new LifespanRunner(this.#resources.nodes, {
			startupTimeoutMs: parts.options.startupTimeoutMs ?? 0,
			// a failure comes out of start() and stop(): whoever calls them tells it
			reporter: lifespanReporter(parts.logger, {
				failures: false,
				summary,
				hasResources: this.#resources.nodes.length > 0,
				...(worker && { worker }),
			}),
			...(worker && { worker }),
		});
		const { requests, sockets } = compileUnit(
			this.#units.outermost,
			{
				cellOf: (dependency) => this.#cellOf(dependency),
				onRoute: (route) => this.#routes.push(route),
			},
			true,
		);
		this.#dispatch = this.#withHealth(requests, parts);
		this.#socketDispatch = sockets;
	}

	/** The context of the outermost app's requests. */
	get context(): RequestContext {
		return this.#units.outermost.context;
	}

	handle<Served extends Exchange, Taken>(
		exchange: Served,
		taker?: AnswerTaker<Served, Taken | Promise<Taken>>,
	): Answer | undefined | Promise<Taken> {
		exchange.begin(this.#exchangeApp, taker);
		const answer =
			exchange.source.upgrade === undefined
				? this.#dispatch(exchange)
				: exchange.giveLater(
						this.#socketDispatch(new Request(exchange, this.context)),
					);
		return answer as Answer | Promise<Taken>; // the outermost dispatch completes answers, and has them taken
	}

	/** The app-scoped dependencies that can be reached. */
	get dependencies(): readonly AnyDependency[] {
		return this.#resources.dependencies;
	}

	/** The context of scopes without a request: the outermost app's resources. */
	get scopeContext(): AppContext {
		this.#scopeContext ??= unitContext(this.#units.outermost, (dependency) =>
			this.#cellOf(dependency),
		);
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
		for (const unit of this.#units.all) {
			const yielded = joinedState(
				unit.lifespans.map(({ name, node }) => ({
					name,
					yielded: this.runner.valueOf(node),
				})),
			);
			const { state, app } = unit.parts;
			// an app that is mounted twice has one state
			if (!this.#yielded.has(state)) {
				addYielded(state, yielded, app);
				this.#yielded.set(state, yielded);
			}
			unit.context = this.#units.contextOf(unit, rootPath);
		}
		this.#exchangeApp.rootPath = this.context.rootPath;
	}

	async stop(options: StopOptions): Promise<StopReport> {
		this.abandon();
		const report = await this.runner.stop(options);
		for (const [state, yielded] of this.#yielded) {
			for (const name of Object.keys(yielded)) {
				delete state[name];
			}
		}
		this.#yielded.clear();
		return report;
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

	/** The way of all requests, with what stands before the middleware of the outermost app. */
	#withHealth(
		dispatch: Dispatch,
		{ options, operations, isShuttingDown, logger, sockets }: AppParts,
	): Dispatch {
		const paths = healthPaths(options.health);
		if (paths === undefined) {
			return dispatch;
		}
		assertHealthPathsFree(paths, operations);
		const { runner } = this;
		const [count] = this.#units.outermost.socketCounts;
		const source = {
			get isShuttingDown() {
				return isShuttingDown();
			},
			status: () => runner.status(),
			openSockets: sockets.length === 0 ? undefined : () => count?.open ?? 0,
			checkAll: (limits: { readonly timeoutMs: number }) =>
				runner.checkAll(limits),
		};
		return withHealth(dispatch, paths, source, logger);
	}
}

function notAcquired({ label }: AnyDependency): LifespanError {
	return new LifespanError(
		`"${label}" (app scope) was not acquired, for nothing needed it when the app started; ` +
			"name it in new App({ resources: […] }), or set the override before the start.",
	);
}
