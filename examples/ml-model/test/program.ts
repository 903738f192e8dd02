import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The example in a process of its own, on a free port. */
export class Program implements AsyncDisposable {
	readonly #child: ChildProcess;
	/** Its output so far, of both streams. */
	output = "";
	/** Resolves when it has ended and all it wrote has come: to its exit code, or the signal that killed it. */
	readonly ended: Promise<number | NodeJS.Signals | null>;

	constructor() {
		const path = fileURLToPath(new URL("../main.ts", import.meta.url));
		this.#child = spawn(process.execPath, [path], {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, PORT: "0" },
		});
		for (const stream of [this.#child.stdout, this.#child.stderr]) {
			stream?.setEncoding("utf8").on("data", (chunk: string) => {
				this.output += chunk;
				this.#child.emit("output");
			});
		}
		this.ended = once(this.#child, "close").then(
			([code, signal]) => code ?? signal,
		);
	}

	/** Resolves when it has written what is asked for; rejects when it ends without. */
	async writes(part: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			const match = part.exec(this.output);
			if (match !== null) {
				return match;
			}
			const ended = this.ended.then((code) => ({ code }));
			const next = await Promise.race([once(this.#child, "output"), ended]);
			if ("code" in next && !part.test(this.output)) {
				throw new Error(
					`ended with ${next.code} without ${part}:\n${this.output}`,
				);
			}
		}
	}

	/** Resolves when it listens, to its address. */
	async listens(): Promise<string> {
		return (await this.writes(/listening on (http:\S+)/))[1] ?? "";
	}

	kill(signal: NodeJS.Signals): void {
		this.#child.kill(signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#child.kill("SIGKILL");
		await this.ended;
	}
}
