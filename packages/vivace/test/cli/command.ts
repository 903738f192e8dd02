import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(
	new URL("../../src/cli/vivace.ts", import.meta.url),
);

/** A `vivace …` in a process of its own. */
export class Command implements AsyncDisposable {
	readonly #child: ChildProcess;
	readonly #changed = new EventTarget();
	#position = 0;
	stdout = "";
	stderr = "";
	/** Both, as they came. */
	output = "";
	/** Resolves when it has ended and all it wrote has come: to its exit code, or the signal that killed it. */
	readonly ended: Promise<number | NodeJS.Signals | null>;

	constructor(folder: string, ...words: readonly string[]) {
		const {
			NODE_OPTIONS: _,
			FORCE_COLOR: __,
			NODE_TEST_CONTEXT: ___,
			...env
		} = process.env;
		this.#child = spawn(process.execPath, [entry, ...words], {
			cwd: folder,
			env: { ...env, NO_COLOR: "1" },
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
			this.stdout += chunk;
			this.#add(chunk);
		});
		this.#child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
			this.stderr += chunk;
			this.#add(chunk);
		});
		this.ended = once(this.#child, "close").then(([code, signal]) => {
			this.#changed.dispatchEvent(new Event("change"));
			return code ?? signal;
		});
	}

	get pid(): number {
		return this.#child.pid as number; // it was started
	}

	/** Resolves when it has written this after what was waited for last; rejects when it ends without. */
	async writes(part: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			const match = part.exec(this.output.slice(this.#position));
			if (match !== null) {
				this.#position += match.index + match[0].length;
				return match;
			}
			if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
				await this.ended;
				if (part.test(this.output.slice(this.#position))) {
					continue;
				}
				throw new Error(`ended without ${part}:\n${this.output}`);
			}
			await once(this.#changed, "change");
		}
	}

	/** Resolves when it listens, to its URL. */
	async listens(): Promise<string> {
		const [, url] = await this.writes(/listening on (http:\/\/[\w.:]+).*\n/);
		return url as string; // matched
	}

	kill(signal: NodeJS.Signals): void {
		// not by `kill` of the child: Deno takes a signal that was sent so for what ended the process
		process.kill(this.pid, signal);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) {
			this.kill("SIGTERM");
			const timer = setTimeout(() => this.kill("SIGKILL"), 10_000);
			await this.ended;
			clearTimeout(timer);
		}
	}

	#add(chunk: string): void {
		this.output += chunk;
		this.#changed.dispatchEvent(new Event("change"));
	}
}

/** Runs a command to its end. */
export async function runVivace(
	folder: string,
	...words: readonly string[]
): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
	await using command = new Command(folder, ...words);
	const exitCode = await command.ended;
	const { stdout, stderr } = command;
	return { exitCode, stdout, stderr };
}
