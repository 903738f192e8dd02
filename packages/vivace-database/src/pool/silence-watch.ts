import type { PooledConnection } from "./pooled-connection.ts";
import type { Server } from "./server.ts";

/** The list of servers, as far as it matters here. */
interface Prober {
	/** Looks whether a server that does not answer can still be reached. */
	probe(server: Server): void;
}

/**
 * Notices that a server has fallen silent while statements wait for it: a frozen machine or a cut network closes no connection. Who
 * waits would otherwise wait for the deadline of its statement. A long statement is silent, too; so the server is only looked at.
 */
export class SilenceWatch {
	readonly #lent: ReadonlySet<PooledConnection>;
	readonly #intervalMs: number;
	readonly #servers: Prober;
	#timer: NodeJS.Timeout | undefined;
	/** How many answers a server had given when somebody was seen waiting for it. */
	#waitedFor = new Map<Server, number>();

	constructor(
		lent: ReadonlySet<PooledConnection>,
		intervalMs: number,
		servers: Prober,
	) {
		this.#lent = lent;
		this.#intervalMs = intervalMs;
		this.#servers = servers;
	}

	/** Watches as long as anything is lent. */
	start(): void {
		this.#timer ??= setInterval(() => this.#look(), this.#intervalMs).unref();
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#waitedFor.clear();
	}

	#look(): void {
		if (this.#lent.size === 0) {
			this.stop();
		}
		const waitedFor = new Map<Server, number>();
		for (const { isBusy, server } of this.#lent) {
			if (isBusy) {
				waitedFor.set(server, server.answers);
			}
		}
		for (const [server, answers] of waitedFor) {
			if (this.#waitedFor.get(server) === answers) {
				this.#servers.probe(server);
			}
		}
		this.#waitedFor = waitedFor;
	}
}
