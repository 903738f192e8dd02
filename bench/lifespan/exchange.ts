import { Agent, request } from "node:http";

/** Options of an {@link Exchange}. */
export interface ExchangeOptions {
	readonly agent?: Agent;
	/** How long the client waits for the whole answer, in milliseconds. Default: 40,000. */
	readonly limitMs?: number;
}

/** A request of a client and what came of it. */
export class Exchange {
	status: number | undefined;
	body = "";
	/** Why there was no whole answer; empty if there was. */
	failure = "";
	/** Resolves when the answer is there, or is known not to come. Never rejects. */
	readonly over: Promise<void>;

	constructor(
		port: number,
		method: string,
		path: string,
		{ agent, limitMs = 40_000 }: ExchangeOptions = {},
	) {
		const over = Promise.withResolvers<void>();
		this.over = over.promise;
		const fail = (error: Error): void => {
			this.failure = "code" in error ? String(error.code) : error.message;
		};
		const host = "127.0.0.1";
		const outgoing = request({
			host,
			port,
			method,
			path,
			agent: agent ?? new Agent({ keepAlive: false }),
			signal: AbortSignal.timeout(limitMs),
		});
		outgoing.on("response", (incoming) => {
			this.status = incoming.statusCode;
			incoming.setEncoding("utf8").on("data", (chunk: string) => {
				this.body += chunk;
			});
			incoming.on("error", fail).on("close", over.resolve);
		});
		outgoing.on("error", (error) => {
			fail(error);
			over.resolve();
		});
		outgoing.end();
	}

	/** Whether a whole answer came, with a status that says that all went well. */
	get isAnswered(): boolean {
		return this.failure === "" && this.status === 200;
	}

	get result(): string {
		const status = this.status === undefined ? "no answer" : this.status;
		return this.failure === "" ? `${status}` : `${status}, ${this.failure}`;
	}
}
