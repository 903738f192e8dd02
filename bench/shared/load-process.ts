import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadCommand, LoadResult } from "./load.ts";

/** The load generator as the bench sees it. */
export class LoadProcess {
	readonly #child: ChildProcess = fork(join(import.meta.dirname, "load.ts"));

	/** @throws Error when a server closes a connection or gives another status than expected */
	async ask(
		command: LoadCommand,
	): Promise<Extract<LoadResult, { type: "done" }>> {
		this.#child.send(command);
		const [result] = (await once(this.#child, "message")) as [LoadResult];
		if (result.type === "failed") {
			throw new Error(result.message);
		}
		return result;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode !== null) {
			return;
		}
		const gone = once(this.#child, "exit");
		this.#child.kill();
		await gone;
	}
}
