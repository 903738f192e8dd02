import type { ErrorDetail } from "../errors/validation-error.ts";
import type { Incoming, OpenRequest } from "../http/incoming.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import type { InjectedFunction } from "./dependency.ts";
import { ExitStack, type Outcome } from "./exit-stack.ts";
import { bodySlot } from "./graph.ts";
import type { ProvideContext } from "./provided.ts";

/** The live values of one run of a plan, a request's or that of `app.scope()`, and the clean-up that is left when it is over. */
export class Run implements ProvideContext {
	/** In a scope without a request one that tells whoever reads it so. */
	readonly incoming: Incoming;
	/** The values of body, dependencies and classes, by their slot in the graph. */
	readonly values: unknown[] = [];
	/** The size of the body as it was sent. */
	bodyBytes = 0;
	/** The problems found so far. */
	errors: ErrorDetail[] | undefined;
	/** How many further problems were found that nobody is told of. */
	moreErrors = 0;
	/** There may be more of them: a large value was not validated to its end. */
	isUncounted = false;
	/** The `Response` that functions ask for, with all that they have set on it. */
	parameterResponse: Response | undefined;
	/** True when something must be left before the response is sent. */
	hasFunctionExits = false;
	/** True when something must run when the response has been sent. */
	hasRequestExits = false;
	/** The function at the end of a plan that has none of its own: that of `app.scope()`. */
	work: InjectedFunction = noWork;
	readonly #open: OpenRequest;
	readonly #exitTimeoutMs: number;
	readonly #status: number;
	#functionExits: ExitStack | undefined;
	#requestExits: ExitStack | undefined;
	#afterSent: (() => void | Promise<void>)[] | undefined;

	/**
	 * @param exitTimeoutMs how long one generator may take to clean up, in milliseconds; 0 is no limit
	 * @param status the status that the response will have if nothing changes it
	 * @param open gives the request, where that has not been made yet
	 */
	constructor(
		incoming: Incoming,
		exitTimeoutMs: number,
		status = 200,
		open: OpenRequest = asItIs,
	) {
		this.incoming = incoming;
		this.#open = open;
		this.#exitTimeoutMs = exitTimeoutMs;
		this.#status = status;
	}

	get request(): Request {
		return this.#open(this.incoming);
	}

	/** The parsed body; `undefined` while there is none. */
	get body(): unknown {
		return this.values[bodySlot];
	}

	/** The response that merges into the one that leaves; made at the first asking. */
	get response(): Response {
		this.parameterResponse ??= new Response(null, { status: this.#status });
		return this.parameterResponse;
	}

	get functionExits(): ExitStack {
		this.hasFunctionExits = true;
		this.#functionExits ??= new ExitStack(this.#exitTimeoutMs);
		return this.#functionExits;
	}

	get requestExits(): ExitStack {
		this.hasRequestExits = true;
		this.#requestExits ??= new ExitStack(this.#exitTimeoutMs);
		return this.#requestExits;
	}

	afterSent(task: () => void | Promise<void>): void {
		this.hasRequestExits = true;
		this.#afterSent ??= [];
		this.#afterSent.push(task);
	}

	/** Leaves function scope. */
	async leaveFunction(outcome?: Outcome): Promise<void> {
		await this.#functionExits?.leave(outcome);
	}

	/** Runs what waits for the end of the response, then leaves request scope. */
	async leaveRequest(outcome?: Outcome): Promise<void> {
		let current = outcome;
		if (this.#afterSent !== undefined) {
			try {
				for (const task of this.#afterSent) {
					await task();
				}
			} catch (error) {
				current ??= { error };
			}
			this.#afterSent = undefined;
		}
		if (this.#requestExits !== undefined) {
			await this.#requestExits.leave(current);
		} else if (current !== undefined && current !== outcome) {
			throw current.error;
		}
	}

	/** Leaves function scope, then request scope; what comes out of the first is told to the second. */
	async leave(): Promise<void> {
		try {
			await this.leaveFunction();
		} catch (error) {
			await this.fail(error);
		}
		await this.leaveRequest();
	}

	/** The end of the response: leaves what is still entered. Rejects with the error that came out, but for one that was known. */
	async end(outcome?: Outcome): Promise<void> {
		let current = outcome;
		if (this.#functionExits !== undefined) {
			try {
				await this.#functionExits.leave(current);
			} catch (error) {
				current = { error };
			}
		}
		try {
			await this.leaveRequest(current);
		} catch (error) {
			current = { error };
		}
		if (current !== undefined && current !== outcome) {
			if (current.error !== outcome?.error) {
				throw current.error;
			}
		}
	}

	/** Leaves both scopes with an error; background tasks do not run. Rejects with the error that came out. */
	async fail(error: unknown): Promise<never> {
		this.#afterSent = undefined;
		let outcome: Outcome = { error };
		for (const stack of [this.#functionExits, this.#requestExits]) {
			try {
				await stack?.leave(outcome);
			} catch (next) {
				outcome = { error: next };
			}
		}
		throw outcome.error;
	}
}

const asItIs: OpenRequest = (incoming) => incoming as Request; // whoever gives no other has made it

function noWork(): never {
	throw new TypeError("the plan has no function, nor has its run");
}
