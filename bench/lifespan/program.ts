import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { Exchange } from "./exchange.ts";
import type { Scenario } from "./peers/resource.ts";

const pollMs = 5;
const answerLimitMs = 15_000;
const unansweredMs = 2000;
/** Noted when a connection is accepted but its request gets no answer. */
export const unanswered = "client: GET / had no answer";

/** Something that was seen: a fact that the program wrote, what a client got, a signal, the end. */
export interface Seen {
	/** Milliseconds on the machine's clock. */
	readonly atMs: number;
	readonly text: string;
}

/** The command that starts a peer's program. */
export interface Command {
	readonly file: string;
	readonly args: (port: number) => readonly string[];
}

/** A program of a peer, in a process of its own, and everything that was seen of it. */
export class Program implements AsyncDisposable {
	readonly port: number;
	readonly seen: Seen[] = [];
	/** Its output beside facts. */
	output = "";
	readonly #child: ChildProcess;
	readonly #ended: Promise<string>;
	#wake = Promise.withResolvers<void>();

	private constructor(command: Command, port: number, scenario: Scenario) {
		this.port = port;
		this.#note("process started");
		this.#child = spawn(command.file, command.args(port), {
			env: {
				...process.env,
				NODE_ENV: "production",
				PORT: String(port),
				SCENARIO: JSON.stringify(scenario),
			},
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#read();
		this.#ended = once(this.#child, "close").then(([code, signal]) => {
			const how = signal === null ? `exit ${code}` : String(signal);
			this.#note(`process ended: ${how}`);
			return how;
		});
	}

	static async start(command: Command, scenario: Scenario): Promise<Program> {
		return new Program(command, await freePort(), scenario);
	}

	#read(): void {
		const { stdout, stderr } = this.#child;
		if (stdout === null || stderr === null) {
			return; // both are pipes
		}
		createInterface(stdout).on("line", (line) => {
			const [, atMs, text] = /^fact ([\d.]+) (.*)$/.exec(line) ?? [];
			if (text === undefined) {
				this.output += `${line}\n`;
			} else {
				this.#add({ atMs: Number(atMs), text });
			}
		});
		stderr.setEncoding("utf8").on("data", (chunk: string) => {
			this.output += chunk;
		});
	}

	#note(text: string): void {
		this.#add({ atMs: performance.timeOrigin + performance.now(), text });
	}

	#add(seen: Seen): void {
		this.seen.push(seen);
		this.#wake?.resolve();
		this.#wake = Promise.withResolvers();
	}

	/** When something was first seen, `undefined` if it was not. */
	timeOf(text: string): number | undefined {
		return this.seen.find((seen) => seen.text === text)?.atMs;
	}

	has(text: string): boolean {
		return this.timeOf(text) !== undefined;
	}

	/** Names of what has gone through a state ("acquired", "released"), in order. */
	names(state: string): string[] {
		return this.seen
			.filter(({ text }) => text.startsWith(`${state} `))
			.map(({ text }) => text.slice(state.length + 1));
	}

	/** Waits until something has been seen; false when the program ends, or the time, without. */
	async until(text: string, limitMs = 10_000): Promise<boolean> {
		const over = AbortSignal.timeout(limitMs);
		while (!this.has(text) && !over.aborted && !this.#hasEnded) {
			await Promise.race([this.#wake.promise, aborted(over)]);
		}
		return this.has(text);
	}

	get #hasEnded(): boolean {
		return this.#child.exitCode !== null || this.#child.signalCode !== null;
	}

	/** Asks for `/` until there is any answer; the first one, `undefined` if it ends, or the time, without. */
	async firstAnswer(limitMs = answerLimitMs): Promise<Exchange | undefined> {
		const endMs = performance.now() + limitMs;
		while (performance.now() < endMs && !this.#hasEnded) {
			const exchange = new Exchange(this.port, "GET", "/", {
				limitMs: unansweredMs,
			});
			await exchange.over;
			if (exchange.failure === "ABORT_ERR") {
				this.#note(unanswered);
			}
			if (exchange.status !== undefined) {
				this.#note(`client: GET / answered with ${exchange.status}`);
				return exchange;
			}
			await wait(pollMs);
		}
		return undefined;
	}

	request(method: string, path: string): Exchange {
		this.#note(`client: ${method} ${path}`);
		const exchange = new Exchange(this.port, method, path);
		void exchange.over.then(() =>
			this.#note(`client: ${method} ${path} ${exchange.result}`),
		);
		return exchange;
	}

	signal(): void {
		this.#note("signal: SIGTERM");
		this.#child.kill("SIGTERM");
	}

	/** How it ended: `exit 0`, or the signal that killed it; `undefined` if it still runs after the time. */
	async end(limitMs: number): Promise<string | undefined> {
		return Promise.race([
			this.#ended,
			wait(limitMs, undefined, { ref: false }),
		]);
	}

	/** Everything seen, a line each, with milliseconds since the start. */
	report(): string {
		const startMs = this.seen[0]?.atMs ?? 0;
		return this.seen
			.toSorted((one, other) => one.atMs - other.atMs)
			.map(
				({ atMs, text }) =>
					`${(atMs - startMs).toFixed(0).padStart(7)}  ${text}`,
			)
			.join("\n");
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#hasEnded) {
			this.#child.kill("SIGKILL");
		}
		await this.#ended;
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		signal.addEventListener("abort", () => resolve(), { once: true });
	});
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo; // it listens on a port
	server.close();
	await once(server, "close");
	return port;
}
