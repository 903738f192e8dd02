import type { ErrorDetail } from "../errors/validation-error.ts";
import type { Incoming, OpenRequest } from "../http/incoming.ts";
import type { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import type { InjectedFunction } from "./dependency.ts";
import { ExitStack, type Left, type Outcome } from "./exit-stack.ts";
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

	/** Leaves function scope. Throws the error that came out; a promise only where something had to be waited for. */
	leaveFunction(outcome?: Outcome): void | Promise<void> {
		return this.#functionExits && thrown(this.#functionExits.leave(outcome));
	}

	/** Leaves function scope, then request scope; what comes out of the first is told to the second. */
	async leave(): Promise<void> {
		const left = await leaveAs(this.#functionExits, undefined);
		if (left !== undefined) {
			await this.fail(left.error);
		}
		const outcome = await this.#runTasks(undefined);
		await thrown(leaveAs(this.#requestExits, outcome));
	}

	/**
	 * The end of the response: leaves what is still entered. Throws the error that came out, but for one that was known; a promise only where
	 * something had to be waited for.
	 */
	end(outcome?: Outcome): void | Promise<void> {
		const left = leaveAs(this.#functionExits, outcome);
		return this.#afterSent === undefined && !(left instanceof Promise)
			? thrown(leaveAs(this.#requestExits, left), outcome)
			: this.#endLater(left, outcome);
	}

	/** {@link Run.end} from where function scope is being left. */
	async #endLater(left: Left, outcome: Outcome | undefined): Promise<void> {
		const last = await this.#runTasks(await left);
		await thrown(leaveAs(this.#requestExits, last), outcome);
	}

	/** Runs what waits for the end of the response; an error keeps the others from running. */
	async #runTasks(outcome: Outcome | undefined): Promise<Outcome | undefined> {
		try {
			for (const task of this.#afterSent ?? []) {
				await task();
			}
			return outcome;
		} catch (error) {
			return outcome ?? { error };
		} finally {
			this.#afterSent = undefined; // not before: a task may register another
		}
	}

	/** Leaves both scopes with an error; background tasks do not run. Rejects with the error that came out. */
	async fail(error: unknown): Promise<never> {
		this.#afterSent = undefined;
		const left = await leaveAs(this.#functionExits, { error });
		const last = await leaveAs(this.#requestExits, left);
		throw last?.error;
	}
}

/** Leaves what was entered; where nothing was, the outcome stays as it is. */
function leaveAs(
	exits: ExitStack | undefined,
	outcome: Outcome | undefined,
): Left {
	return exits === undefined ? outcome : exits.leave(outcome);
}

/** Throws the error with which a scope was left, but for one that was known. */
function thrown(left: Left, known?: Outcome): void | Promise<void> {
	if (left instanceof Promise) {
		return left.then((last) => thrown(last, known));
	}
	if (
		left !== undefined &&
		(known === undefined || left.error !== known.error)
	) {
		throw left.error;
	}
}

const asItIs: OpenRequest = (incoming) => incoming as Request; // whoever gives no other has made it

function noWork(): never {
	throw new TypeError("the plan has no function, nor has its run");
}
