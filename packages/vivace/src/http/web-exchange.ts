import { Exchange } from "./exchange.ts";
import type { RequestSource } from "./request-source.ts";
import {
	type SentLines,
	type WebRequestOptions,
	WebRequestSource,
} from "./web-request-source.ts";

/** An exchange of web-standard request and response: what `app.fetch` and the test client answer. */
export class WebExchange extends Exchange {
	override readonly source: RequestSource;
	readonly #over = Promise.withResolvers<void>();

	constructor(
		request: globalThis.Request,
		options?: WebRequestOptions,
		sent?: SentLines,
	) {
		super();
		this.source = new WebRequestSource(request, options, sent);
	}

	/** Resolves when all that the request held has ended. */
	get over(): Promise<void> {
		return this.#over.promise;
	}

	override settle(error?: unknown): Promise<void> | undefined {
		const ending = super.settle(error);
		this.#over.resolve(ending);
		return ending;
	}
}
