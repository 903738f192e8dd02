import { SetupError } from "../errors/setup-error.ts";
import type {
	StartOptions,
	StopOptions,
	StopReport,
} from "../http/app-port.ts";
import type { AppParts } from "./app-parts.ts";
import { AppScopes } from "./app-scopes.ts";
import { Assembly } from "./assembly.ts";
import type { Logger } from "./logger.ts";
import { warnOfMinifiedNames } from "./minified-names.ts";

/** The port of a life to its app. */
export interface LivingApp {
	/** Its declarations by now. */
	parts(): AppParts;
	/** An assembly was built of its parts, and serves them. */
	freeze(): void;
	/** That is over. */
	thaw(): void;
	/** @throws SetupError `VIV_DEPENDENCY` when nothing needs what is overridden */
	assertOverridesReached(): void;
}

/** An app from its start to its stop, again and again: its assembly, and the scopes that belong to no request. */
export class AppLife {
	/** Keeps it from releasing its resources too early; a scope that belongs to no request may start it. */
	readonly scopes: AppScopes;
	/** `undefined` before the first need of it, and after the stop. */
	builtAssembly: Assembly | undefined;
	/** Whose start was the last and failed: it tells how, and answers nothing. */
	failedAssembly: Assembly | undefined;
	readonly #app: LivingApp;
	#isStarted = false;
	#isShuttingDown = false;
	/** True while its resources are being released, and after that was done by a server or a test. */
	#isOver = false;

	constructor(app: LivingApp) {
		this.#app = app;
		this.scopes = this.#openableScopes();
	}

	/** Built at the first need, so that an app without resources answers without having been started. */
	get assembly(): Assembly {
		if (this.builtAssembly === undefined) {
			this.builtAssembly = new Assembly(this.#app.parts(), this.scopes);
			this.#app.freeze();
		}
		return this.builtAssembly;
	}

	get isShuttingDown(): boolean {
		return this.#isShuttingDown;
	}

	/**
	 * @param isForRequests false for a scope of its own, which overrides need not reach
	 * @throws LifespanError, SetupError
	 */
	async start(options: StartOptions, isForRequests: boolean): Promise<void> {
		if (this.#isStarted) {
			throw new SetupError(
				"VIV_LIFESPAN",
				"the app has been started already: by another serve(app), whose server.stop() was not awaited, by a TestClient.start(app) without `await using`, or by app.scope(); stop it before it is started again.",
			);
		}
		const parts = this.#app.parts();
		const assembly = new Assembly(parts, this.scopes, options);
		if (isForRequests) {
			warnOfMinifiedNames(parts.operations, parts.logger);
			this.#app.assertOverridesReached();
		}
		this.builtAssembly?.abandon();
		this.builtAssembly = assembly;
		this.failedAssembly = undefined;
		this.#app.freeze();
		this.#isStarted = true;
		this.#isShuttingDown = false;
		this.#isOver = false;
		this.scopes.reset();
		try {
			await assembly.start(options);
		} catch (error) {
			this.#isStarted = false;
			this.builtAssembly = undefined;
			this.failedAssembly = assembly;
			this.#app.thaw();
			await assembly.stop({});
			throw error;
		}
	}

	/** Builds all as for requests and lets it go again; starts nothing. */
	inspect(logger: Logger): void {
		const parts = { ...this.#app.parts(), logger };
		const assembly = new Assembly(parts, this.scopes, {});
		assembly.abandon();
		this.#app.assertOverridesReached();
	}

	beginShutdown(): void {
		this.#isShuttingDown = true;
		this.scopes.tellShutdown();
	}

	drain(timeoutMs: number): Promise<boolean> {
		return this.scopes.drain(timeoutMs);
	}

	async stop(options: StopOptions): Promise<StopReport> {
		this.#isOver = this.#isStarted;
		const report = await this.builtAssembly?.stop(options);
		this.#isStarted = false;
		this.builtAssembly = undefined;
		this.#app.thaw();
		return report ?? { errors: [] };
	}

	#openableScopes(): AppScopes {
		const life = this;
		return new AppScopes({
			get isStarted() {
				return life.#isStarted;
			},
			get isOver() {
				return life.#isOver;
			},
			get context() {
				return life.assembly.scopeContext;
			},
			start: () => life.start({}, false),
			stop: async () => {
				const report = await life.stop({});
				life.#isOver = false; // another scope may start it again
				return report;
			},
		});
	}
}
