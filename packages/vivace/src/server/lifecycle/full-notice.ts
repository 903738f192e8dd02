import type { ResolvedServeOptions } from "./serve-options.ts";

/** How often at most the log says so. */
const lineMs = 60_000;

/** Says in the log that too much is open, now and then. */
export class FullNotice {
	readonly #options: ResolvedServeOptions;
	readonly #things: string;
	readonly #outcome: string;
	#toldMs = Number.NEGATIVE_INFINITY;

	constructor(options: ResolvedServeOptions, things: string, outcome: string) {
		this.#options = options;
		this.#things = things;
		this.#outcome = outcome;
	}

	readonly tell = (): void => {
		const now = performance.now();
		if (now - this.#toldMs < lineMs) {
			return;
		}
		this.#toldMs = now;
		const { log, maxConnections } = this.#options;
		log.warn(
			`${maxConnections} ${this.#things} are open (maxConnections); further ones are ${this.#outcome}`,
		);
	};
}
