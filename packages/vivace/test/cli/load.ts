import { Agent } from "node:http";
import { readWith } from "./versioned-program.ts";

/** Clients that ask again and again, some on connections that they keep, some on a new one each time. */
export class Load implements AsyncDisposable {
	readonly versions = new Set<string>();
	readonly failures: unknown[] = [];
	readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
	readonly #clients: Promise<void>[];
	#isOver = false;

	constructor(url: string) {
		this.#clients = Array.from({ length: 32 }, (_, index) =>
			this.#ask(url, index % 2 === 0 ? this.#agent : false),
		);
	}

	async end(): Promise<void> {
		this.#isOver = true;
		await Promise.all(this.#clients);
		this.#agent.destroy();
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.end();
	}

	async #ask(url: string, agent: Agent | false): Promise<void> {
		while (!this.#isOver) {
			try {
				const { version, isOpen } = JSON.parse(await readWith(agent, url));
				this.versions.add(version);
				if (!isOpen) {
					this.failures.push(`${version} was used after its release`);
				}
			} catch (error) {
				this.failures.push(error);
			}
		}
	}
}
