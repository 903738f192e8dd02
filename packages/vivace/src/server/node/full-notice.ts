import type { ResolvedServeOptions } from "../lifecycle/serve-options.ts";

/** How often at most the log says that there are too many connections. */
const lineMs = 60_000;

/** Says in the log that connections are refused, now and then. */
export class FullNotice {
	readonly #options: Pick<ResolvedServeOptions, "log" | "maxConnections">;
	#toldMs = Number.NEGATIVE_INFINITY;

	constructor(options: Pick<ResolvedServeOptions, "log" | "maxConnections">) {
		this.#options = options;
	}

	readonly tell = (): void => {
		const now = performance.now();
		if (now - this.#toldMs < lineMs) {
			return;
		}
		this.#toldMs = now;
		const { log, maxConnections } = this.#options;
		log.warn(
			`${maxConnections} connections are open (maxConnections); further ones are closed`,
		);
	};
}
