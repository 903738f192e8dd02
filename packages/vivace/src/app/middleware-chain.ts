import { told } from "../errors/options.ts";
import { ownResponse } from "../http/complete-answer.ts";
import type { Middleware, Next } from "../http/middleware.ts";
import { Request } from "../http/request.ts";
import { Response } from "../http/response.ts";
import { endUnsent, isHeldBody } from "../http/response-body.ts";
import { fromWebResponse, isWebResponse } from "../http/web-response.ts";

/** Answers a request. */
type Answering = (request: Request) => Response | Promise<Response>;

/** Middleware around what answers; each `next` gives a promise. */
export function chainMiddleware(
	middleware: readonly Middleware[],
	innermost: Answering,
): Answering {
	return middleware.reduceRight<Answering>(
		(next, layer) => async (request) => {
			const inner = new InnerCall(next, layer, request);
			let response: unknown;
			try {
				response = await layer(request, inner.next);
			} finally {
				inner.leaveLayer();
			}
			if (response instanceof Response) {
				return ownResponse(response); // a middleware may keep what it returns, and what stands around it changes that
			}
			if (isWebResponse(response)) {
				return fromWebResponse(response);
			}
			throw new TypeError(
				`middleware "${layer.name}" must return the response of next(request) or one of its own, but returned ${typeof response}${
					typeof response === "function"
						? `; if it makes a middleware, write ${layer.name}() where it is added`
						: ""
				}`,
			);
		},
		innermost,
	);
}

/**
 * `next` as one layer may call it for one request: a second answer would be made of what the first has changed already. After a
 * rejection nothing of the first is left, and it may be called again: that is how a unit that has lost a conflict is run anew.
 */
class InnerCall {
	readonly #answer: Answering;
	readonly #layer: Middleware;
	readonly #request: Request;
	#isAnswered = false;
	#isRunning = false;
	#hasLeft = false;
	/** Lets the end of the request go on, which waits for this call. */
	#onEnd: (() => void) | undefined;

	constructor(answer: Answering, layer: Middleware, request: Request) {
		this.#answer = answer;
		this.#layer = layer;
		this.#request = request;
	}

	readonly next: Next = async (request = this.#request) => {
		this.#assertCallable();
		if (!(request instanceof Request)) {
			throw new TypeError(
				`middleware "${this.#layer.name}" called next() with ${told(request)}; give it the request, or nothing for the same one`,
			);
		}
		this.#isRunning = true;
		if (this.#hasLeft) {
			this.#letEndWait();
		}
		try {
			const response = await this.#answer(request);
			this.#isAnswered = true;
			this.#endUnsent(response);
			return response;
		} finally {
			this.#isRunning = false;
			this.#onEnd?.();
		}
	};

	/** The layer has answered or thrown, perhaps without waiting: what still runs keeps the request from being over. */
	leaveLayer(): void {
		this.#hasLeft = true;
		if (this.#isRunning) {
			this.#letEndWait();
		}
	}

	#letEndWait(): void {
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#onEnd = resolve;
		this.#request.exchange.whenSettled(() => promise);
	}

	/** A layer may answer with something else. */
	#endUnsent({ body }: Response): void {
		if (isHeldBody(body)) {
			const { exchange } = this.#request;
			exchange.whenSettled(() => endUnsent(exchange, body));
		}
	}

	#assertCallable(): void {
		const problem = this.#isRunning
			? "a second time while the first call is still running"
			: this.#isAnswered
				? "a second time after the first call has given a response"
				: this.#request.exchange.isOver
					? "after the request was over"
					: undefined;
		if (problem !== undefined) {
			throw new TypeError(
				`middleware "${this.#layer.name}" called next() ${problem}; ` +
					"call it once, and again only after it has rejected",
			);
		}
	}
}
