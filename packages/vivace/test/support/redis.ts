import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";

const startLimitMs = 30_000;

/** A Redis server of the test's own: its own data folder, a free port, gone at the end. */
export class RedisServer implements AsyncDisposable {
	readonly port: number;
	readonly #folder: string;
	readonly #flags: readonly string[];
	#process: ChildProcess | undefined;

	private constructor(folder: string, port: number, flags: readonly string[]) {
		this.#folder = folder;
		this.port = port;
		this.#flags = flags;
	}

	/** Why tests with a server can't run here; undefined if they can. For the `skip` of a test. */
	static get missing(): string | undefined {
		return findProgram("redis-server") || process.env.VIVACE_NO_SKIP === "1"
			? undefined
			: "install redis-server";
	}

	/** Starts a server that writes each command to its disk, with further options as flags. */
	static async start(...flags: readonly string[]): Promise<RedisServer> {
		const folder = await mkdtemp(join(tmpdir(), "vivace-redis-"));
		const server = new RedisServer(folder, await freePort(), flags);
		await server.resume();
		return server;
	}

	get url(): string {
		return `redis://127.0.0.1:${this.port}`;
	}

	/** Starts it again on the data that it has. */
	async resume(): Promise<void> {
		const options = ["--port", String(this.port), "--dir", this.#folder];
		const durable = ["--appendonly", "yes", "--appendfsync", "always"];
		const child = spawn(
			"redis-server",
			[...options, ...durable, "--save", "", ...this.#flags],
			{ stdio: "ignore" },
		);
		this.#process = child;
		const untilMs = performance.now() + startLimitMs;
		while (!(await this.#answers())) {
			if (child.exitCode !== null || performance.now() > untilMs) {
				throw new Error(`redis-server did not start (${child.exitCode})`);
			}
			await wait(20);
		}
	}

	/** Ends it at once, as a crash does. */
	async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
		const child = this.#process;
		if (child !== undefined && child.exitCode === null) {
			const ended = once(child, "exit");
			child.kill(signal);
			await ended;
		}
		this.#process = undefined;
	}

	/** Sends one command in the inline form, for what a test needs of the server. */
	async command(line: string): Promise<string> {
		const socket = connect(this.port, "127.0.0.1");
		try {
			await once(socket, "connect");
			socket.write(`${line}\r\n`);
			const [bytes] = await once(socket, "data");
			return String(bytes);
		} finally {
			socket.destroy();
		}
	}

	async #answers(): Promise<boolean> {
		return await this.command("PING").then(
			(answer) => answer.startsWith("+PONG"),
			() => false,
		);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.kill();
		await rm(this.#folder, { recursive: true, force: true });
	}
}
