import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Longer than the time in which a second signal counts as an echo of the first. */
const afterEchoMs = 150;

/** How long a program is given to say that it has heard a signal. */
const hearingMs = 1000;

/** A program of `fixtures/` in a process of its own. */
export class Program implements AsyncDisposable {
	readonly #child: ChildProcess;
	/** Its output so far, of both streams. */
	output = "";
	/** Resolves when it has ended and all it wrote has come: to its exit code, or the signal that killed it. */
	readonly ended: Promise<number | NodeJS.Signals | null>;

	/**
	 * @param file of `fixtures/`
	 * @param args what it is given; `under` is the command line of a program that is to run it
	 */
	constructor(
		file:
			| string
			| {
					readonly file: string;
					readonly under: readonly string[];
					/** Of this process, for it to inherit as the first after its streams. */
					readonly descriptor?: number;
					/** The command line of a runtime, where it is not the one that runs this. */
					readonly runtime?: readonly string[];
			  },
		...args: readonly string[]
	) {
		const {
			file: name,
			under,
			descriptor,
			runtime = [process.execPath],
		} = typeof file === "string" ? { file, under: [] } : file;
		const path = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
		const command = [...under, ...runtime, path, ...args];
		// one pipe for both streams: lines stay in the order in which they were written
		this.#child = spawn("/bin/sh", ["-c", 'exec "$0" "$@" 2>&1', ...command], {
			stdio: [
				...(["ignore", "pipe", "inherit"] as const),
				...(descriptor === undefined ? [] : [descriptor]),
			],
		});
		this.#child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
			this.output += chunk;
			this.#child.emit("output");
		});
		this.ended = once(this.#child, "close").then(
			([code, signal]) => code ?? signal,
		);
	}

	get pid(): number {
		return this.#child.pid ?? 0;
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

	/** Resolves when it listens, to its port. */
	async listens(): Promise<number> {
		const [, port] = await this.writes(
			/listening on http:\/\/127\.0\.0\.1:(\d+)/,
		);
		return Number(port);
	}

	kill(signal: NodeJS.Signals): void {
		const { pid, exitCode, signalCode } = this.#child;
		if (pid === undefined || exitCode !== null || signalCode !== null) {
			return;
		}
		// not by `kill` of the child: Deno takes a signal that was sent so for what ended the process
		process.kill(pid, signal);
	}

	/**
	 * Sends a signal as a second one, and again until the program says that it has heard it: what follows another closely counts as its echo,
	 * and when the program has heard the one before is not known.
	 */
	async insist(signal: NodeJS.Signals, heard: RegExp): Promise<void> {
		const told = this.writes(heard);
		for (let isHeard = false; !isHeard; ) {
			await wait(afterEchoMs); // not a wait for an event: the time is what is tested
			this.kill(signal);
			isHeard = await Promise.race([
				told.then(() => true),
				wait(hearingMs).then(() => false),
			]);
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.kill("SIGKILL");
		await this.ended;
	}
}
