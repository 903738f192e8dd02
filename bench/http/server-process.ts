import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Usage } from "./control.ts";

const built = join(import.meta.dirname, "dist");
const startLimitMs = 30_000;

/** A server under measurement, in a process of its own. */
export class ServerProcess {
	readonly name: string;
	readonly port: number;
	/** From the start of the process to its first answer. */
	readonly startMs: number;
	readonly #child: ChildProcess;

	private constructor(
		name: string,
		port: number,
		startMs: number,
		child: ChildProcess,
	) {
		this.name = name;
		this.port = port;
		this.startMs = startMs;
		this.#child = child;
	}

	/** Starts `servers/<name>.ts`, as compiled, and waits until it answers. */
	static async start(name: string, port: number): Promise<ServerProcess> {
		const begin = performance.now();
		const child = fork(join(built, `servers/${name}.js`), {
			env: { ...process.env, PORT: String(port), NODE_ENV: "production" },
			execArgv: ["--import", join(built, "control.js")],
			stdio: ["ignore", "ignore", "inherit", "ipc"],
		});
		while (!(await isAnswering(port))) {
			if (child.exitCode !== null) {
				throw new Error(`${name} ended with ${child.exitCode}`);
			}
			if (performance.now() - begin > startLimitMs) {
				child.kill();
				throw new Error(`${name} does not answer`);
			}
			await wait(1);
		}
		return new ServerProcess(name, port, performance.now() - begin, child);
	}

	async usage(): Promise<Usage> {
		this.#child.send("usage");
		const [usage] = await once(this.#child, "message");
		return usage;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const gone = once(this.#child, "exit");
		this.#child.kill("SIGKILL");
		await gone;
	}
}

/** Whether a request for `/hello` is answered. */
function isAnswering(port: number): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const socket = connect(port, "127.0.0.1");
	socket.on("connect", () => {
		socket.write(
			"GET /hello HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n",
		);
	});
	socket.on("data", () => {
		resolve(true);
		socket.destroy();
	});
	socket.on("error", () => resolve(false));
	socket.on("close", () => resolve(false));
	return promise;
}
