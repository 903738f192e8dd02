import { LifespanError } from "../errors/setup-error.ts";
import type { StopReport } from "../http/app-port.ts";
import { Scope } from "../inject/detached-scope.ts";
import { currentLedger, placeIfKept } from "../inject/ledger.ts";
import type { ResourceValues } from "../inject/scope.ts";
import type { LiveScopes } from "./live-scopes.ts";
import type { Overrides } from "./overrides.ts";

/** What opening a scope needs of its app. */
export interface ScopeHost {
	readonly isStarted: boolean;
	/** Whether its resources are being released, or were by whoever had started it. */
	readonly isOver: boolean;
	readonly resources: ResourceValues;
	readonly overrides: Overrides;
	start(): Promise<void>;
	stop(): Promise<StopReport>;
}

/**
 * The scopes of an app that belong to no request. The first starts the app if nobody else has, and then the last stops it; the app
 * waits for those that are open before it releases what they may use.
 */
export class AppScopes {
	readonly #host: ScopeHost;
	readonly #live: LiveScopes;
	#notice = new AbortController();
	/** How many of the open scopes keep an app running that nobody else has started. */
	#keeperCount = 0;
	/** Starting and stopping for scopes, one after the other. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(host: ScopeHost, live: LiveScopes) {
		this.#host = host;
		this.#live = live;
	}

	/** @throws LifespanError when the app has stopped; what keeps it from starting */
	async open(): Promise<Scope> {
		const made = placeIfKept();
		const leaveApp = await this.#enterApp();
		const letGo = this.#live.hold();
		const close = currentLedger()?.open("scope", "app.scope()", made);
		return new Scope({
			resources: this.#host.resources,
			overrides: this.#host.overrides,
			signal: this.#notice.signal,
			onClosed: () => {
				letGo();
				close?.();
				return leaveApp();
			},
		});
	}

	/** Runs a function in a scope of its own, which hears of what it throws. */
	async run<Result>(
		work: (scope: Scope) => Result | Promise<Result>,
	): Promise<Result> {
		const scope = await this.open();
		let result: Result;
		try {
			result = await work(scope);
		} catch (error) {
			return scope.fail(error);
		}
		await scope.close();
		return result;
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
