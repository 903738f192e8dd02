import { Agent, request } from "node:http";

/** Clients that write one line after the other until they are refused, and keep count. */
export class Crowd {
	/** The lines whose writing was acknowledged. */
	readonly written: string[] = [];
	/** The failures of connections that were there. */
	readonly failed: string[] = [];
	refusedCount = 0;
	readonly #port: number;
	readonly #name: string;
	readonly #agent: Agent | false;
	readonly #isOver: Promise<unknown>;
	readonly #milestones: {
		readonly count: number;
		readonly reach: () => void;
	}[] = [];

	constructor(port: number, options: { keepAlive: boolean; size: number }) {
		const { keepAlive, size } = options;
		this.#port = port;
		this.#name = keepAlive ? "kept" : "new";
		this.#agent = keepAlive
			? new Agent({ keepAlive: true, maxSockets: size })
			: false;
		this.#isOver = Promise.all(
			Array.from({ length: size }, (_, client) => this.#write(client)),
		);
	}

	/** Resolves when so many more lines have been written. */
	writes(count: number): Promise<void> {
		return new Promise((reach) => {
			this.#milestones.push({ count: this.written.length + count, reach });
		});
	}

	/** Resolves when every client was refused. */
	async over(): Promise<void> {
		await this.#isOver;
		if (this.#agent !== false) {
			this.#agent.destroy();
		}
	}

	async #write(client: number): Promise<void> {
		for (let number = 0; ; number++) {
			const line = `${this.#name}-${client}-${number}`;
			const end = await this.#post(line);
			if (end === "ECONNREFUSED") {
				this.refusedCount++;
				return;
			}
			if (end === "200") {
				this.#count(line);
			} else {
				this.failed.push(`${line}: ${end}`);
			}
		}
	}

	/** Resolves to the status of a complete answer, or to what went wrong. */
	#post(line: string): Promise<string> {
		return new Promise((resolve) => {
			const sent = request(
				{
					host: "127.0.0.1",
					port: this.#port,
					path: `/writes/${line}`,
					method: "POST",
					agent: this.#agent,
				},
				(answer) => {
					answer.on("error", (error) => resolve(`answer: ${error.message}`));
					answer.on("end", () => resolve(`${answer.statusCode}`));
					answer.resume();
				},
			);
			sent.on("error", (error: NodeJS.ErrnoException) =>
				resolve(`${error.code}${sent.reusedSocket ? ", kept alive" : ""}`),
			);
			sent.end();
		});
	}

	#count(line: string): void {
		this.written.push(line);
		for (const { count, reach } of this.#milestones) {
			if (count <= this.written.length) {
				reach();
			}
		}
	}
}
