import { isWrittenClass } from "../errors/is-class.ts";
import { isRecord } from "../errors/options.ts";
import { LifespanError, SetupError } from "../errors/setup-error.ts";
import type { StopReport } from "../http/app-port.ts";
import { resolveLimits } from "../http/limits.ts";
import { absentRequest } from "../inject/absent-request.ts";
import type { Declarations } from "../inject/declaration.ts";
import type { InjectedFunction } from "../inject/dependency.ts";
import { isGenerator } from "../inject/generator.ts";
import { buildGraph, type Replacements } from "../inject/graph.ts";
import { currentLedger, placeIfKept } from "../inject/ledger.ts";
import { compilePlan, type Ending, type Plan } from "../inject/plan.ts";
import type { RecordContext } from "../inject/record.ts";
import { Run } from "../inject/run.ts";
import { Scope } from "../inject/scope.ts";

/** The context that plans are compiled with in one life of an app; another object when the overrides have changed. */
export interface AppContext {
	readonly cellOf: RecordContext["cellOf"];
	readonly overrides: Replacements;
	/** How long one generator may take to clean up, in milliseconds; 0 is no limit. */
	readonly exitTimeoutMs: number;
}

/** The port of a scope to its app. */
export interface ScopeHost {
	readonly isStarted: boolean;
	/** True while its resources are being released, and after whoever had started it has stopped it. */
	readonly isOver: boolean;
	readonly context: AppContext;
	start(): Promise<void>;
	stop(): Promise<StopReport>;
}

/**
 * Keeps an app from releasing its resources too early: counts the ends of requests (background tasks, request scope) and the scopes that belong to
 * no request. The first of these starts the app if nobody else has, and then the last stops it.
 */
export class AppScopes {
	readonly #host: ScopeHost;
	/** How many have not ended yet; a Set of them takes 0.3 us more for each request that has an end. */
	#openCount = 0;
	/** Resolved when none is open any more; made when that is waited for. */
	#idle: PromiseWithResolvers<void> | undefined;
	/** By the record that they are compiled from. */
	readonly #plans = new WeakMap<
		Declarations,
		{ readonly context: AppContext; readonly plan: Plan }
	>();
	#notice = new AbortController();
	/** How many of the open scopes keep an app running that nobody else has started. */
	#keeperCount = 0;
	/** Starting and stopping for scopes, one after the other. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(host: ScopeHost) {
		this.#host = host;
	}

	/** Runs the end of a request, which neither throws nor rejects. */
	track(end: () => Promise<void> | undefined): Promise<void> | undefined {
		this.#openCount++;
		const ending = end();
		if (ending === undefined) {
			this.#close();
			return undefined;
		}
		return ending.then(this.#close);
	}

	readonly #close = (): void => {
		this.#openCount--;
		if (this.#openCount === 0) {
			this.#idle?.resolve();
			this.#idle = undefined;
		}
	};

	/** Resolves to true when nothing is open any more, to false after `timeoutMs`. */
	async drain(timeoutMs: number): Promise<boolean> {
		const { promise: timeout, resolve } = Promise.withResolvers<false>();
		const timer = setTimeout(() => resolve(false), timeoutMs);
		try {
			return await Promise.race([this.#allEnded(), timeout]);
		} finally {
			clearTimeout(timer);
		}
	}

	async #allEnded(): Promise<true> {
		while (this.#openCount > 0) {
			this.#idle ??= Promise.withResolvers();
			await this.#idle.promise;
		}
		return true;
	}

	/** @throws LifespanError when the app has stopped; what keeps it from starting */
	async open(): Promise<Scope> {
		const held = await this.#hold();
		return new Scope({
			...this.#host.context,
			signal: this.#notice.signal,
			onClosed: () => held.end(),
		});
	}

	/** Runs a function with the values of a record as a path operation's handler is run, without a request. */
	async run(params: Declarations, work: InjectedFunction): Promise<unknown> {
		assertWork(params, work);
		const held = await this.#hold();
		try {
			const { context } = this.#host;
			const { signal } = this.#notice;
			const request = absentRequest(work.name || "the function", signal);
			const run = new Run(request, context.exitTimeoutMs);
			run.work = work;
			return await this.#planOf(params, context).run(run, ending);
		} finally {
			await held.end();
		}
	}

	#planOf(params: Declarations, context: AppContext): Plan {
		const known = this.#plans.get(params);
		if (known?.context === context) {
			return known.plan;
		}
		const plan = compileScopePlan(params, context);
		this.#plans.set(params, { context, plan });
		return plan;
	}

	/** Tells those who look at {@link Scope.signal} that the app is about to stop. */
	tellShutdown(): void {
		this.#notice.abort("shutdown");
	}

	/** The app starts: scopes that are opened from now on have a signal of their own. */
	reset(): void {
		if (this.#notice.signal.aborted) {
			this.#notice = new AbortController();
		}
	}

	/** Keeps the app from being stopped until it is disposed of. */
	async #hold(): Promise<{ end(): Promise<void> }> {
		const made = placeIfKept();
		this.#openCount++; // before anything is waited for: a drain that ends in between would have resources released
		let leaveApp: () => Promise<void>;
		try {
			leaveApp = await this.#enterApp();
		} catch (error) {
			this.#close();
			throw error;
		}
		const close = currentLedger()?.open("scope", "app.scope()", made);
		return {
			end: () => {
				this.#close();
				close?.();
				return leaveApp();
			},
		};
	}

	async #enterApp(): Promise<() => Promise<void>> {
		if (this.#host.isOver) {
			throw new LifespanError(
				"app.scope(): the app has stopped; open scopes while it runs, or start it again.",
			);
		}
		if (this.#host.isStarted && this.#keeperCount === 0) {
			return async () => {};
		}
		this.#keeperCount++;
		const leave = () => this.#inTurn(() => this.#leaveApp());
		try {
			await this.#inTurn(async () => {
				if (!this.#host.isStarted) {
					await this.#host.start();
				}
			});
		} catch (error) {
			this.#keeperCount--;
			throw error;
		}
		return leave;
	}

	async #leaveApp(): Promise<void> {
		this.#keeperCount--;
		if (this.#keeperCount > 0) {
			return;
		}
		const { errors } = await this.#host.stop();
		if (errors.length === 1) {
			throw errors[0];
		}
		if (errors.length > 1) {
			throw new AggregateError(errors, "the app did not stop cleanly");
		}
	}

	#inTurn(step: () => Promise<void>): Promise<void> {
		const done = this.#turn.then(step);
		this.#turn = done.catch(() => {}); // whoever asked for the step is told
		return done;
	}
}

function compileScopePlan(
	params: Declarations,
	{ cellOf, overrides }: AppContext,
): Plan {
	const graph = buildGraph({
		where: "app.scope()",
		params,
		dependencies: [],
		pathNames: [],
		isPathOpen: true,
		overrides,
	});
	return compilePlan(graph, {
		cellOf,
		isWithoutRequest: true,
		strict: false,
		strictContentType: true,
		errorInput: true,
		limits: resolveLimits(undefined),
	});
}

/** Gives what the function returned when everything was left; an error goes into the generators, as a request's does. */
const ending: Ending<Run, Promise<unknown>> = {
	async complete(run, result) {
		let value: unknown;
		try {
			value = await result;
			if (isGenerator(value)) {
				throw new SetupError(
					"VIV_SCOPE",
					"app.scope(): the function gave a generator, which would run after its scope was left; go through it inside of the function.",
				);
			}
		} catch (error) {
			return run.fail(error);
		}
		await run.leave();
		return value;
	},
	async fail(run, error) {
		return run.fail(error);
	},
};

function assertWork(params: unknown, work: unknown): void {
	if (isRecord(params) && typeof work === "function" && !isWrittenClass(work)) {
		return;
	}
	throw new SetupError(
		"VIV_DEPENDENCY",
		"app.scope(): expected a record of dependencies and a function that receives their values; " +
			"write app.scope({ name }, ({ name }) => …).",
	);
}
